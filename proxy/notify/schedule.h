// What an answer means and when to try again; numbers only.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "notify/options.h"

namespace sy::notify {

enum class Answer : std::uint8_t {
  delivered,  // 2xx
  again,      // the receiver's trouble, which may pass
  never,      // it does not want this: sending it again would change nothing
};
// Redirects are not followed, since a body signed for one receiver is no other's.
[[nodiscard]] Answer meaning(int status);

// How long to wait after this many failures in a row, at least 1: doubled each time up to the most,
// then drawn from the upper half, so that many proxies do not come back at once.
[[nodiscard]] Duration back_off(const Retry& retry, int failures, std::uint64_t entropy);

// Retry-After (RFC 9110 section 10.2.3): seconds or a date. Nothing when it is neither.
[[nodiscard]] std::optional<Duration> retry_after(std::string_view value, WallTime now);

// The longer of the two waits, but never over the most.
[[nodiscard]] Duration wait_for(const Retry& retry, Duration back_off,
                                std::optional<Duration> asked);

}  // namespace sy::notify
