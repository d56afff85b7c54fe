// A verdict in words: what fails where, how often, and what that is worth.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/color.h"
#include "tally/evidence.h"

namespace sy::verdict {

// Charged failures of one route.
struct Failing {
  std::string service;
  std::string route;
  std::uint64_t failures = 0;
};

using Routes = std::vector<tally::RouteCount>;

// What failed on the candidate since `before`.
struct Breakdown {
  Color candidate;
  const std::vector<Failing>& failing;
  const Routes& before;
  const Routes& now;
};

// "green fails POST /api/claims 6 of 6; all other routes agree".
[[nodiscard]] std::string fails(const Breakdown& breakdown);
// "1 failure", "12 failures".
[[nodiscard]] std::string counted(std::uint64_t count, const char* thing);
// "1 %", "0.52 %": two digits that matter.
[[nodiscard]] std::string in_percent(double rate);
// "10^7.1" of a natural logarithm.
[[nodiscard]] std::string power(double log);
// "12 ms".
[[nodiscard]] std::string in_milliseconds(Duration duration);

}  // namespace sy::verdict
