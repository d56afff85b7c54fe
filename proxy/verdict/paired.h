// Test C: the same request, failed on the candidate and replayed on live. SPRT (Wald 1945) of "live
// answers 30 % of them well" against 95 %.
#pragma once
#include <cmath>
#include <cstdint>

namespace sy::verdict {

class Paired {
 public:
  void observe(bool live_well) {
    static const double well = std::log(against / expected);
    static const double failed = std::log((1 - against) / (1 - expected));
    log_ += live_well ? well : failed;
    ++(live_well ? well_ : failed_);
  }
  [[nodiscard]] double value() const { return log_; }
  [[nodiscard]] std::uint64_t well() const { return well_; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }
  void clear() { *this = {}; }

 private:
  static constexpr double expected = 0.3;
  static constexpr double against = 0.95;
  double log_ = 0;
  std::uint64_t well_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace sy::verdict
