// Test A: does one color fail more than is tolerated? A mixture of six CUSUMs (Page 1954; as an
// e-detector: Shin, Ramdas, Rinaldo, arXiv 2203.03532), exact for runs of successes.
#pragma once
#include <cstdint>

#include "verdict/mixture.h"

namespace sy::verdict {

class Absolute {
 public:
  // The rate that is tolerated, over 0 and at most 0.1. Evidence so far is kept.
  void tolerate(double rate);
  [[nodiscard]] double tolerated() const { return tolerated_; }
  void succeed(std::uint64_t requests);
  void fail();
  // ln of the mean of e^S; 0 when nothing speaks against the color.
  [[nodiscard]] double value() const { return ln_mean_exp(sums_); }
  // True while nothing is held against the color any more: what went before is forgotten.
  [[nodiscard]] bool calm() const;
  void clear() { sums_ = {}; }

 private:
  double tolerated_ = 0;
  Logs sums_{};
  Logs up_{};    // of a failure
  Logs down_{};  // of a success, as a positive number
};

// The alarm, ln 10^6, and what is added once the color has answered more than 1 000 requests, so
// that a long candidacy has hardly more chances of a false alarm than a short one.
inline constexpr double absolute_alarm = 13.815510557964274;
[[nodiscard]] double level_rise(std::uint64_t requests);

}  // namespace sy::verdict
