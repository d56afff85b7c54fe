#include "verdict/absolute.h"

namespace sy::verdict {
namespace {

constexpr Logs times{3, 6, 12, 25, 50, 90};  // as many failures as tolerated
constexpr double rate_most = 0.9;
// No sum grows over this, some e over the highest alarm: a color that is well again is cleared
// within a few hundred requests, however long it had failed.
constexpr double sum_most = 24;

}  // namespace

void Absolute::tolerate(double rate) {
  if (rate == tolerated_) return;
  tolerated_ = rate;
  for (std::size_t i = 0; i < parts; ++i) {
    const double alternative = std::min(rate_most, times[i] * rate);
    up_[i] = std::log(alternative / rate);
    down_[i] = std::log1p(-rate) - std::log1p(-alternative);
  }
}

void Absolute::succeed(std::uint64_t requests) {
  const auto n = static_cast<double>(requests);
  for (std::size_t i = 0; i < parts; ++i) sums_[i] = std::max(0.0, sums_[i] - n * down_[i]);
}

void Absolute::fail() {
  for (std::size_t i = 0; i < parts; ++i) sums_[i] = std::min(sum_most, sums_[i] + up_[i]);
}

bool Absolute::calm() const {
  return std::all_of(sums_.begin(), sums_.end(), [](double sum) { return sum == 0; });
}

double level_rise(std::uint64_t requests) {
  constexpr double from = 500;
  constexpr double most = 100;
  return std::log(std::clamp(static_cast<double>(requests) / from, 1.0, most));
}

}  // namespace sy::verdict
