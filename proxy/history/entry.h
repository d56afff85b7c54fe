// One line of the audit trail, as a value.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "base/time.h"

namespace sy::history {

struct Entry {
  std::uint64_t sequence = 0;  // from 1, without gaps
  WallTime at{};
  std::string actor;    // a token's name, "local", or "switchyard" itself
  std::string action;   // "weights", "switch", "rollback", "maintenance", "upstreams", "gate",
                        // "start", "stop", "reload", "undone"; of rollouts: "rollout" (it began),
                        // "gated", "hold", "approval", "approve", "promote", "pause", "resume",
                        // "abort", "completed", "reverted", "gating" (put back by a restart),
                        // "stays" (would revert and cannot), "restored" (stays ended)
  std::string reason;   // as given by the actor
  std::string detail;   // in words: what changed, or what a gate saw
  std::string request;  // the idempotency key, if one was given
  std::uint64_t generation = 0;
  // What `timeline` reads, absent where it says nothing: weights after the change in 0.01 %
  // ("blue", "green"), "live", and of each color that has weight "blue_version", "blue_built" (ISO
  // 8601), …. Entries of a rollout also have "rollout" (its id), "candidate" (a color), "version"
  // (the one expected), "plan", "candidate_built" and "committed" (ISO 8601) where known; the one
  // that ends it "outcome" ("completed", "reverted", "aborted"), and a revert "test", "requests",
  // "failures", "first_failure" and "last_failure" (ISO 8601) where known.
  std::map<std::string, std::string> fields;
  std::string previous;  // hash of the entry before, hex; 64 zeros for the first
  std::string hash;      // SHA-256 over the canonical text of everything above, hex
  bool operator==(const Entry&) const = default;
};

}  // namespace sy::history
