// What both colors did since the failures of the candidate began, and whether live fails alike: a
// dependency of both is down, and moving traffic would help nobody.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace sy::verdict {

struct Span {
  // Of the candidate, what the guards let through; replays that failed on live are failures too.
  double requests = 0;
  double failures = 0;
  double charged = 0;
  // Of live, replays included.
  double live_requests = 0;
  double live_failures = 0;
  double replays = 0;
  double replays_failed = 0;
  std::optional<Instant> first{};
  std::optional<Instant> last{};
};

// Whether or not live's own counts hold the replays.
[[nodiscard]] inline double live_asked(const Span& span) {
  return std::max(span.live_requests, span.replays);
}
[[nodiscard]] inline double live_failed(const Span& span) {
  return std::max(span.live_failures, span.replays_failed);
}

enum class Live : std::uint8_t {
  unseen,   // it answered nothing meanwhile
  well,     // too good for an outage of both
  unclear,  // no failure, but too few requests to tell
  failing,  // as an outage of both would have it
};

// ln of how likely the span is when both fail at one and the same rate, against live failing no
// more than tolerated; each at the rate that suits it best.
[[nodiscard]] double ln_alike(const Span& span, double tolerated);
[[nodiscard]] Live live_meanwhile(const Span& span, double tolerated);

}  // namespace sy::verdict
