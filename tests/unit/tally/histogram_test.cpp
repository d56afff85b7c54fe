#include "tally/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tally/outcome.h"

namespace sy::tally {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, PutsEachUpperBoundIntoTheNextBucketAndWhatIsUnderIntoItsOwn) {
  for (std::size_t at = 0; at + 1 < Histogram::size; ++at) {
    const Duration bound = Histogram::upper_bound(at);
    EXPECT_EQ(Histogram::bucket(bound - 1ns), at) << at;
    EXPECT_EQ(Histogram::bucket(bound), at + 1) << at;
  }
}

TEST(Histogram, HasBoundsThatGrowByAQuarterAtMost) {
  EXPECT_EQ(Histogram::upper_bound(0), 64us);
  EXPECT_EQ(Histogram::upper_bound(4), 128us);
  for (std::size_t at = 1; at < Histogram::size; ++at) {
    const auto before = Histogram::upper_bound(at - 1).count();
    const auto bound = Histogram::upper_bound(at).count();
    EXPECT_GT(bound, before) << at;
    EXPECT_LE(bound * 4, before * 5) << at;
  }
}

TEST(Histogram, PutsEveryDurationSomewhere) {
  EXPECT_EQ(Histogram::bucket(Duration::min()), 0u);
  EXPECT_EQ(Histogram::bucket(-1ns), 0u);
  EXPECT_EQ(Histogram::bucket(0ns), 0u);
  EXPECT_EQ(Histogram::bucket(24h), Histogram::size - 1);
  EXPECT_EQ(Histogram::bucket(Duration::max()), Histogram::size - 1);
}

TEST(Histogram, FindsQuantilesNoMoreThanAQuarterOver) {
  std::mt19937_64 random{7};
  std::lognormal_distribution<double> milliseconds{2.0, 1.5};
  Histogram histogram;
  std::vector<Duration> all;
  for (int n = 0; n < 20'000; ++n) {
    const auto duration = std::clamp<Duration>(
        Duration{static_cast<std::int64_t>(milliseconds(random) * 1e6)}, 64us, 60s);
    histogram.add(duration);
    all.push_back(duration);
  }
  std::sort(all.begin(), all.end());
  for (const int percent : {1, 10, 50, 90, 95, 99, 100}) {
    const auto rank = all.size() * static_cast<std::size_t>(percent) / 100;
    const Duration exact = all[rank - 1];
    const Duration found = histogram.quantile(percent / 100.0);
    EXPECT_GE(found, exact) << percent;
    EXPECT_LE(found.count() * 4, exact.count() * 5) << percent;
  }
}

TEST(Histogram, HasNoQuantileWhenEmpty) {
  EXPECT_EQ(Histogram{}.quantile(0.5), Duration::zero());
  EXPECT_EQ(Histogram{}.count(), 0u);
}

TEST(Histogram, MergesExactlyAndTakesTheDifferenceBack) {
  Histogram first;
  Histogram second;
  Histogram both;
  for (const Duration duration : {10us, 70us, 900us, 5'000us}) {
    first.add(duration);
    both.add(duration);
  }
  const Histogram earlier = first;
  for (const Duration duration : {Duration{1ms}, Duration{90s}, Duration{-1ns}}) {
    second.add(duration);
    both.add(duration);
  }
  first += second;
  EXPECT_EQ(first, both);
  EXPECT_EQ(first.count(), 7u);
  EXPECT_EQ(first.sum(), 10us + 70us + 900us + 5'000us + 1ms + 90s);
  first -= earlier;
  EXPECT_EQ(first, second);
}

TEST(Summary, SortsOutcomesByTheClassOfTheirStatus) {
  Summary summary;
  for (const int status : {0, 101, 200, 204, 301, 404, 503, 999}) {
    Outcome outcome;
    outcome.status = status;
    outcome.bytes_in = 2;
    outcome.bytes_out = 3;
    outcome.retries = 1;
    summary.add(outcome);
  }
  EXPECT_EQ(summary.by_class, (std::array<std::uint64_t, 6>{1, 1, 2, 1, 1, 2}));
  EXPECT_EQ(summary.requests(), 8u);
  EXPECT_EQ(summary.bytes_in, 16u);
  EXPECT_EQ(summary.bytes_out, 24u);
  EXPECT_EQ(summary.retries, 8u);
  EXPECT_EQ(summary.latency.count(), 8u);
}

TEST(Summary, TakesCountsApartAndLeavesLevelsAsTheyAre) {
  Summary earlier;
  earlier.by_class[2] = 5;
  earlier.failures[3] = 1;
  earlier.connects = 4;
  earlier.in_flight = 9;
  Summary later = earlier;
  later.by_class[2] = 12;
  later.failures[3] = 3;
  later.connects = 6;
  later.in_flight = 2;
  later.pooled = 7;

  const Summary between = later.since(earlier);
  EXPECT_EQ(between.by_class[2], 7u);
  EXPECT_EQ(between.failures[3], 2u);
  EXPECT_EQ(between.connects, 2u);
  EXPECT_EQ(between.in_flight, 2);
  EXPECT_EQ(between.pooled, 7);

  Summary again = earlier;
  again += between;
  EXPECT_EQ(again.by_class, later.by_class);
  EXPECT_EQ(again.failures, later.failures);
  EXPECT_EQ(again.in_flight, 11);
}

}  // namespace
}  // namespace sy::tally
