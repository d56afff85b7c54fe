// The tests A, B, C and D one by one, and whether live fails alike.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "verdict/absolute.h"
#include "verdict/hard.h"
#include "verdict/paired.h"
#include "verdict/relative.h"
#include "verdict/span.h"

namespace sy::verdict {
namespace {

Absolute tolerating(double rate) {
  Absolute absolute;
  absolute.tolerate(rate);
  return absolute;
}

TEST(Absolute, TakesRunsOfSuccessesAsIfEachWereTold) {
  std::mt19937 random{5};
  auto at_once = tolerating(0.01);
  auto one_by_one = tolerating(0.01);
  for (int round = 0; round < 500; ++round) {
    const auto run = random() % 90;
    at_once.succeed(run);
    for (auto n = run; n > 0; --n) one_by_one.succeed(1);
    at_once.fail();
    one_by_one.fail();
    EXPECT_NEAR(at_once.value(), one_by_one.value(), 1e-9) << round;
  }
}

TEST(Absolute, AlarmsAtTheFourthFailureInARowAndNotBefore) {
  auto absolute = tolerating(0.01);
  for (int n = 0; n < 3; ++n) absolute.fail();
  EXPECT_LT(absolute.value(), absolute_alarm);
  absolute.fail();
  EXPECT_GT(absolute.value(), absolute_alarm);
  const double four = std::pow(3, 4) + std::pow(6, 4) + std::pow(12, 4) + std::pow(25, 4) +
                      std::pow(50, 4) + std::pow(90, 4);
  EXPECT_NEAR(absolute.value(), std::log(four / 6), 1e-9);
}

TEST(Absolute, ForgetsAFailureAfterFiftyFourSuccesses) {
  auto absolute = tolerating(0.01);
  EXPECT_TRUE(absolute.calm());
  absolute.fail();
  absolute.succeed(53);
  EXPECT_FALSE(absolute.calm());
  absolute.succeed(1);
  EXPECT_TRUE(absolute.calm());
  EXPECT_EQ(absolute.value(), 0);
}

TEST(Absolute, StaysFiniteAndClearsWithinAFewHundredSuccesses) {
  auto absolute = tolerating(0.01);
  for (int n = 0; n < 1'000'000; ++n) absolute.fail();
  EXPECT_TRUE(std::isfinite(absolute.value()));
  absolute.succeed(500);
  EXPECT_LT(absolute.value(), absolute_alarm);
  absolute.succeed(std::uint64_t{1} << 62);
  EXPECT_EQ(absolute.value(), 0);
}

// The mean number of requests between alarms is at least 10^6 at the tolerated rate: 30 are
// expected at the most, and far fewer at half of it.
TEST(Absolute, HardlyEverAlarmsAtTheToleratedRate) {
  for (const double part : {1.0, 0.5}) {
    std::mt19937 random{17};
    auto absolute = tolerating(0.01);
    std::geometric_distribution<std::uint64_t> gap{0.01 * part};
    int alarms = 0;
    for (std::uint64_t requests = 0; requests < 30'000'000;) {
      const auto run = gap(random);
      requests += run + 1;
      absolute.succeed(run);
      absolute.fail();
      if (absolute.value() < absolute_alarm) continue;
      ++alarms;
      absolute.clear();
    }
    EXPECT_LE(alarms, part == 1.0 ? 30 : 1) << part;
  }
}

TEST(Absolute, RaisesItsLevelWithTheRequestsJudgedAndNotForEver) {
  EXPECT_EQ(level_rise(0), 0);
  EXPECT_EQ(level_rise(500), 0);
  EXPECT_NEAR(level_rise(5'000), std::log(10), 1e-9);
  EXPECT_NEAR(level_rise(std::uint64_t{1} << 60), std::log(100), 1e-9);
  auto absolute = tolerating(0.01);
  for (int n = 0; n < 5; ++n) absolute.fail();
  EXPECT_GT(absolute.value(), absolute_alarm + level_rise(std::uint64_t{1} << 60));
}

// Under equal rates the next e-value is, on the mean, the present one: nothing is gained by luck.
TEST(Relative, IsAFairBetWhateverTheShare) {
  for (const double share : {0.01, 0.1, 0.5, 0.9, 0.99}) {
    Relative before;
    for (const bool candidate : {true, false, true, true}) before.observe(candidate, 0.3);
    Relative hit = before;
    Relative miss = before;
    hit.observe(true, share);
    miss.observe(false, share);
    const double mean = share * std::exp(hit.value()) + (1 - share) * std::exp(miss.value());
    EXPECT_NEAR(mean, std::exp(before.value()), 1e-9) << share;
  }
}

TEST(Relative, LearnsNothingWhereOneColorHasEverything) {
  Relative relative;
  for (int n = 0; n < 50; ++n) {
    relative.observe(true, 1);
    relative.observe(true, 0);
  }
  EXPECT_EQ(relative.value(), 0);
}

TEST(Relative, NeedsFourFailuresAtTenPercent) {
  Relative relative;
  for (int n = 0; n < 3; ++n) relative.observe(true, 0.1);
  EXPECT_LT(relative.value(), std::log(1'000));
  relative.observe(true, 0.1);
  EXPECT_GT(relative.value(), std::log(1'000));
}

// 2 000 outages of both with traffic that swings: E reaches 1/alpha in at most alpha of them.
TEST(Relative, IsNotMisledByAnOutageOfBoth) {
  std::mt19937 random{23};
  std::uniform_real_distribution<double> unit;
  int reached = 0;
  for (int outage = 0; outage < 2'000; ++outage) {
    Relative relative;
    bool once = false;
    for (int n = 0; n < 300; ++n) {
      const double share = n % 50 < 25 ? 0.1 : 0.5;
      relative.observe(unit(random) < share, share);
      once = once || relative.value() >= std::log(1'000);
    }
    reached += once ? 1 : 0;
  }
  EXPECT_LE(reached, 5);
}

TEST(Paired, NeedsFourSixOrEightRepliesOfLiveInARow) {
  constexpr std::array<std::pair<double, int>, 3> all{{{1e-2, 4}, {1e-3, 6}, {1e-4, 8}}};
  for (const auto& [alpha, expected] : all) {
    Paired paired;
    int n = 0;
    for (; paired.value() < -std::log(alpha); ++n) paired.observe(true);
    EXPECT_EQ(n, expected) << alpha;
  }
}

TEST(Paired, IsSetBackTwoStepsByAReplayThatFailed) {
  Paired paired;
  for (int n = 0; n < 3; ++n) paired.observe(true);
  paired.observe(false);
  EXPECT_LT(paired.value(), std::log(0.95 / 0.3));
  EXPECT_EQ(paired.well(), 3u);
  EXPECT_EQ(paired.failed(), 1u);
}

TEST(Hard, TripsAtTheThirdInARow) {
  Hard hard;
  hard.candidate_failed();
  hard.candidate_failed();
  hard.candidate_answered();
  hard.candidate_failed();
  hard.candidate_failed();
  EXPECT_FALSE(hard.tripped());
  hard.candidate_failed();
  EXPECT_TRUE(hard.tripped());
  EXPECT_EQ(hard.in_a_row(), 3u);
}

TEST(Hard, DoesNotTripWhileLiveIsCutOffAsWell) {
  Hard hard;
  hard.live_failed();
  for (int n = 0; n < 40; ++n) {
    hard.candidate_failed();
    hard.live_failed();
    EXPECT_FALSE(hard.tripped()) << n;
  }
}

Span span(double failures, double requests, double live_failures, double live_requests) {
  Span all;
  all.requests = requests;
  all.failures = all.charged = failures;
  all.live_requests = live_requests;
  all.live_failures = live_failures;
  return all;
}

TEST(LiveMeanwhile, IsUnseenWhereItAnsweredNothing) {
  EXPECT_EQ(live_meanwhile(span(9, 9, 0, 0), 0.01), Live::unseen);
}

TEST(LiveMeanwhile, IsWellWhenItAnswersAsManyAsTheCandidateFails) {
  EXPECT_EQ(live_meanwhile(span(4, 4, 0, 4), 0.01), Live::unclear);
  EXPECT_EQ(live_meanwhile(span(5, 5, 0, 5), 0.01), Live::well);
  EXPECT_EQ(live_meanwhile(span(4, 4, 0, 36), 0.01), Live::well);
}

TEST(LiveMeanwhile, NeedsMoreAnswersWhereTheCandidateFailsOnlySome) {
  EXPECT_EQ(live_meanwhile(span(6, 20, 0, 10), 0.01), Live::unclear);
  EXPECT_EQ(live_meanwhile(span(6, 20, 0, 180), 0.01), Live::well);
  EXPECT_EQ(live_meanwhile(span(17, 333, 3, 3'000), 0.01), Live::well);
}

TEST(LiveMeanwhile, FailsWhenItFailsAlike) {
  EXPECT_EQ(live_meanwhile(span(6, 20, 54, 180), 0.01), Live::failing);
  EXPECT_EQ(live_meanwhile(span(5, 5, 1, 5), 0.01), Live::failing);
  EXPECT_EQ(live_meanwhile(span(30, 100, 20, 100), 0.01), Live::failing);
}

TEST(LiveMeanwhile, CountsReplaysOnceWhetherOrNotLivesCountsHoldThem) {
  auto with = span(5, 5, 0, 5);
  with.replays = 5;
  auto without = span(5, 5, 0, 0);
  without.replays = 5;
  EXPECT_EQ(ln_alike(with, 0.01), ln_alike(without, 0.01));
  EXPECT_EQ(live_meanwhile(without, 0.01), Live::well);
}

TEST(LiveMeanwhile, IsTakenForWellAfterFortyFailuresWithoutOneOfItsOwn) {
  EXPECT_EQ(live_meanwhile(span(39, 400, 0, 3), 0.01), Live::unclear);
  EXPECT_EQ(live_meanwhile(span(40, 400, 0, 3), 0.01), Live::well);
}

}  // namespace
}  // namespace sy::verdict
