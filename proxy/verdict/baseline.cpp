#include <cmath>

#include "verdict/bounds.h"
#include "verdict/judge.h"

namespace sy::verdict {
namespace {

constexpr double half_life = 50'000;  // requests
constexpr double confidence = 0.95;

}  // namespace

double Baseline::upper_bound() const {
  return verdict::upper_bound(requests, failures, confidence);
}

void Baseline::learn(std::uint64_t more, std::uint64_t failed, WallTime now) {
  if (more == 0) return;
  const double kept = std::exp2(-static_cast<double>(more) / half_life);
  requests = requests * kept + static_cast<double>(more);
  failures = failures * kept + static_cast<double>(failed);
  learned = now;
}

}  // namespace sy::verdict
