// One probe: a connection of its own, one GET, one answer, all within the target's time-out.
#pragma once
#include <cstddef>
#include <string>

#include "director/ports.h"
#include "health/probe_result.h"
#include "net/async.h"
#include "net/tls.h"

namespace sy::probe {

inline constexpr std::size_t head_bytes_max = 16 * 1024;

struct Attempted {
  health::ProbeResult result;
  bool observed = true;  // false: we failed, not the target (out of descriptors, no memory)
};

// References outlive the call. `at` of the result is left to the caller.
[[nodiscard]] net::Awaitable<Attempted> attempt(net::Executor executor,
                                                const director::ProbeTarget& target,
                                                const net::ClientTls& tls,
                                                const std::string& user_agent,
                                                const TimeSource& time);

}  // namespace sy::probe
