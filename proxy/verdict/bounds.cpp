#include "verdict/bounds.h"

#include <algorithm>
#include <cmath>

namespace sy::verdict {
namespace {

// The continued fraction of the incomplete beta function by Lentz's method (NIST DLMF 8.17.22).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto away_from_zero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= 500; ++m) {
    const double k = m;
    const double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < 1e-14) break;
  }
  return fraction;
}

// The regularized incomplete beta function I_x(a, b).
double beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// The upper 95 % bound of a Poisson mean: Wilson and Hilferty (1931), exact to 1 % from one failure
// on; with none it is the rule of three.
double poisson_bound(double failures) {
  if (failures <= 0) return 3;
  const double n = failures + 1;
  const double root = 1 - 1 / (9 * n) + 1.6449 / (3 * std::sqrt(n));
  return n * root * root * root;
}

}  // namespace

double upper_bound(double requests, double failures, double confidence) {
  if (requests <= 0 || failures >= requests) return 1;
  double low = std::max(0.0, failures / requests);
  double high = 1;
  for (int step = 0; step < 60 && high - low > 1e-12; ++step) {
    const double middle = (low + high) / 2;
    if (beta(failures + 1, requests - failures, middle) < confidence) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

std::uint64_t requests_to_clear(std::uint64_t failures, double tolerated) {
  const double needed = poisson_bound(static_cast<double>(failures)) / tolerated;
  return static_cast<std::uint64_t>(std::ceil(needed - 1e-6));
}

double rate_left(std::uint64_t requests, std::uint64_t failures) {
  if (requests == 0) return 1;
  return std::min(1.0,
                  poisson_bound(static_cast<double>(failures)) / static_cast<double>(requests));
}

}  // namespace sy::verdict
