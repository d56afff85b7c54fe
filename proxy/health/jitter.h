// Spreads probes of many targets, so that they do not march in step.
#pragma once
#include <cstdint>

#include "base/time.h"

namespace sy::health {

// `interval` moved by up to 10 % either way; `random` is uniform over its whole range.
[[nodiscard]] constexpr Duration jittered(Duration interval, std::uint32_t random) {
  const double from_minus_one_to_one = static_cast<double>(random) / 2147483648.0 - 1.0;
  const auto whole = static_cast<double>(interval.count());
  return Duration{static_cast<Duration::rep>(whole * (1.0 + 0.1 * from_minus_one_to_one))};
}

}  // namespace sy::health
