// Whether an open claim may be taken over. Pure.
#pragma once
#include <functional>
#include <string>

#include "control/records/ledger.h"

namespace sy::control::records {

struct Self {
  std::string host{};  // as Claim::host
  std::int64_t pid = 0;
  std::string run{};  // GITHUB_RUN_ID/attempt, or empty
};

enum class Takeover {
  // Released, expired, its process is gone on this machine, or an earlier attempt of this run.
  free,
  locked,  // somebody is at work, or may be
};

// `alive` says whether a process of this machine still runs.
[[nodiscard]] Takeover takeover(const Claim& held, const Self& self, WallTime now,
                                const std::function<bool(std::int64_t pid)>& alive);

// "locked by arn:… since 10:02 (8 min), deploy of v…, at step rollout, on host x": for people.
[[nodiscard]] Failure locked_by(const Claim& held, const std::string& env, WallTime now);

}  // namespace sy::control::records
