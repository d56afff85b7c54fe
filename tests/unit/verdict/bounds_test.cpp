#include "verdict/bounds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "verdict/judge.h"

namespace sy::verdict {
namespace {

// P(at most `failures` of `requests`) at `rate`, added up term by term.
double binomial(int requests, int failures, double rate) {
  double sum = 0;
  for (int k = 0; k <= failures; ++k) {
    sum += std::exp(std::lgamma(requests + 1.0) - std::lgamma(k + 1.0) -
                    std::lgamma(requests - k + 1.0) + k * std::log(rate) +
                    (requests - k) * std::log1p(-rate));
  }
  return sum;
}

TEST(Bounds, AreThoseOfClopperAndPearson) {
  EXPECT_NEAR(upper_bound(300, 0, 0.95), 1 - std::pow(0.05, 1.0 / 300), 1e-9);
  EXPECT_NEAR(upper_bound(10, 1, 0.95), 0.394163, 1e-6);
  std::mt19937 random{11};
  for (int round = 0; round < 300; ++round) {
    const int requests = 1 + static_cast<int>(random() % 5'000);
    const int failures = static_cast<int>(random() % static_cast<unsigned>(requests));
    const double bound = upper_bound(requests, failures, 0.95);
    EXPECT_NEAR(binomial(requests, failures, bound), 0.05, 1e-6) << failures << " " << requests;
  }
}

TEST(Bounds, AreOneWhereNothingIsKnown) {
  EXPECT_EQ(upper_bound(0, 0, 0.95), 1);
  EXPECT_EQ(upper_bound(5, 5, 0.95), 1);
  EXPECT_EQ(upper_bound(5, 9, 0.95), 1);
  EXPECT_EQ(rate_left(0, 0), 1);
}

TEST(Bounds, TakeFractionsAndHugeCounts) {
  EXPECT_NEAR(upper_bound(50'000.5, 49.5, 0.95), 0.00126, 2e-5);
  EXPECT_NEAR(upper_bound(1e12, 1e6, 0.95), 1e-6, 2e-9);
}

TEST(Bounds, KnowHowManyRequestsClearACandidate) {
  EXPECT_EQ(requests_to_clear(0, 0.01), 300u);
  EXPECT_EQ(requests_to_clear(0, 0.001), 3'000u);
  for (std::uint64_t failures = 1; failures < 50; failures += 7) {
    const auto needed = static_cast<double>(requests_to_clear(failures, 0.01));
    EXPECT_NEAR(upper_bound(needed, static_cast<double>(failures), 0.95), 0.01, 2e-4) << failures;
  }
}

TEST(Baseline, IsUnknownUntilSomethingIsLearned) {
  Baseline baseline;
  EXPECT_EQ(baseline.upper_bound(), 1);
  baseline.learn(0, 0, WallTime{std::chrono::seconds{9}});
  EXPECT_EQ(baseline, Baseline{});
}

TEST(Baseline, ForgetsHalfInFiftyThousandRequests) {
  Baseline baseline{.requests = 10'000, .failures = 1'000};
  for (int n = 0; n < 50'000; n += 100) {
    baseline.learn(100, 0, WallTime{std::chrono::seconds{n}});
  }
  EXPECT_NEAR(baseline.failures, 500, 1e-6);
  EXPECT_EQ(baseline.learned, WallTime{std::chrono::seconds{49'900}});
  EXPECT_NEAR(baseline.requests, 5'000 + 36'092, 100);
  for (int n = 0; n < 1'000'000; n += 100) baseline.learn(100, 1, WallTime{});
  EXPECT_NEAR(baseline.upper_bound(), 0.0107, 2e-4);
}

}  // namespace
}  // namespace sy::verdict
