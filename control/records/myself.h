// Who we are on this machine, for claims: so that another process can tell whether we still run.
#pragma once
#include <cstdint>
#include <string>

#include "control/records/takeover.h"

namespace sy::control::records {

// Host is the machine's name, and after a space what tells this start of it and this container from
// any other; empty when the system does not say. `run`: GITHUB_RUN_ID/attempt, or empty.
[[nodiscard]] Self myself(std::string run);

// Whether a process of that number runs here; true when that cannot be known.
[[nodiscard]] bool alive(std::int64_t pid);

// 32 hex digits that nobody else has.
[[nodiscard]] std::string fresh_nonce();

}  // namespace sy::control::records
