// Exact bounds of a failure rate.
#pragma once
#include <cstdint>

namespace sy::verdict {

// The upper end of the one-sided interval of Clopper and Pearson (1934) for a rate of which
// `failures` of `requests` were seen; at most 1, and 1 when nothing was seen. Counts may be
// fractions: old requests weigh less.
[[nodiscard]] double upper_bound(double requests, double failures, double confidence);

// The requests that show at 95 % that a rate is under
// `tolerated` although some of them failed; 3 / tolerated when none did.
[[nodiscard]] std::uint64_t requests_to_clear(std::uint64_t failures, double tolerated);

// The rate that so many failures of so many requests leave possible at 95 %.
[[nodiscard]] double rate_left(std::uint64_t requests, std::uint64_t failures);

}  // namespace sy::verdict
