// Six simple bets kept side by side: the logarithm of their mean is the evidence of the mixture.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace sy::verdict {

inline constexpr std::size_t parts = 6;
using Logs = std::array<double, parts>;

// ln(mean e^x), without overflow.
[[nodiscard]] inline double ln_mean_exp(const Logs& logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double log : logs) sum += std::exp(log - most);
  return most + std::log(sum / static_cast<double>(parts));
}

}  // namespace sy::verdict
