// Random numbers that are the same everywhere and cost little: splitmix64 (Steele, Lea, Flood
// 2014).
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>

namespace sy::decision {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}
  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Over 0 and under 1.
  double unit() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
  bool chance(double probability) { return unit() < probability; }
  std::uint64_t below(std::uint64_t count) { return bits() % count; }
  // Trials up to and with the first that succeeds.
  std::uint64_t trials(double probability) {
    if (probability >= 1) return 1;
    if (probability <= 0) return never;
    const double count = std::ceil(std::log(unit()) / std::log1p(-probability));
    return count < 1e15 ? static_cast<std::uint64_t>(std::fmax(1, count)) : never;
  }
  double normal() {
    constexpr double turn = 6.283185307179586;
    const double radius = std::sqrt(-2 * std::log(unit()));
    return radius * std::cos(turn * unit());
  }
  static constexpr std::uint64_t never = std::uint64_t{1} << 50;

 private:
  std::uint64_t state_;
};

}  // namespace sy::decision
