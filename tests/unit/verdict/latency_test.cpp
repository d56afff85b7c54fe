#include "verdict/latency.h"

#include <gtest/gtest.h>

#include "unit/verdict/world.h"

namespace sy::verdict::test {
namespace {

using namespace std::chrono_literals;

// Requests of both colors, one batch a second: one in twenty of live's takes 40 ms, others 10 ms.
struct Traffic {
  Judge judge{};
  Instant now = start;
  std::uint64_t slow_each = 20;  // of the candidate
  Duration slow = 40ms;
  Duration usual = 10ms;
  std::uint64_t live_slow_each = 20;

  explicit Traffic(int known_seconds = 30) {
    for (int n = 0; n < known_seconds; ++n) second(100, 0);
    judge.begin(Color::green, quiet);
  }
  void second(std::uint64_t live, std::uint64_t candidate) {
    Batch batch;
    batch.requests = {live, candidate};
    for (std::uint64_t n = 1; n <= live; ++n) {
      batch.latency.blue.add(n % live_slow_each == 0 ? 40ms : 10ms);
    }
    for (std::uint64_t n = 1; n <= candidate; ++n) {
      batch.latency.green.add(n % slow_each == 0 ? slow : usual);
    }
    judge.observe(batch, now);
    now += 1s;
  }
  // Seconds until breach, or 0.
  int until_breach(int most, std::uint64_t live, std::uint64_t candidate) {
    for (int n = 1; n <= most; ++n) {
      second(live, candidate);
      if (judge.verdict(true).kind == Kind::breach) return n;
    }
    return 0;
  }
};

TEST(Latency, LeavesACandidateAloneThatIsAsSlowAsLive) {
  Traffic traffic;
  EXPECT_EQ(traffic.until_breach(600, 100, 20), 0);
  EXPECT_LT(traffic.judge.verdict(true).slower, std::log(1'000));
}

TEST(Latency, TakesOutACandidateFiveTimesAsSlow) {
  Traffic traffic;
  traffic.usual = 50ms;
  traffic.slow = 200ms;
  const int seconds = traffic.until_breach(60, 100, 20);
  EXPECT_GE(seconds, 3);
  EXPECT_LE(seconds, 6);
  const auto verdict = traffic.judge.verdict(true);
  EXPECT_EQ(verdict.test, 'E');
  EXPECT_EQ(verdict.words,
            "green is slow: 100 % of 80 requests take longer than live's p95 of 10.2 ms, of live's "
            "5 %; p95 57.3 ms (E: latency, 10^10.4)");
}

TEST(Latency, NeedsFiftyRequestsOfTheCandidate) {
  Traffic traffic;
  traffic.usual = 50ms;
  EXPECT_EQ(traffic.until_breach(49, 100, 1), 0);
  EXPECT_EQ(traffic.until_breach(5, 100, 1), 1);
}

TEST(Latency, DoesNotMindADifferenceOfTwoMilliseconds) {
  Traffic traffic;
  traffic.usual = 14ms;
  traffic.slow = 43ms;
  EXPECT_EQ(traffic.until_breach(300, 100, 20), 0);
}

TEST(Latency, DoesNotRevertWhenBothBecomeSlow) {
  Traffic traffic;
  traffic.slow_each = traffic.live_slow_each = 2;
  EXPECT_EQ(traffic.until_breach(300, 100, 20), 0);
}

TEST(Latency, UsesWhatWasKnownOfLiveWhereItAnswersNothingMore) {
  Traffic traffic;
  EXPECT_EQ(traffic.until_breach(300, 0, 100), 0);
  traffic.usual = 60ms;
  const int seconds = traffic.until_breach(60, 0, 100);
  EXPECT_GE(seconds, 3);
  EXPECT_LE(seconds, 8);
}

TEST(Latency, SaysNothingWhileLiveIsUnknown) {
  Traffic traffic{0};
  traffic.usual = 5s;
  EXPECT_EQ(traffic.until_breach(100, 0, 100), 0);
}

TEST(Latency, IsOffAtAFactorOfZero) {
  Traffic traffic;
  traffic.judge.set_options({.latency_factor = 0});
  traffic.usual = 500ms;
  EXPECT_EQ(traffic.until_breach(100, 100, 20), 0);
}

}  // namespace
}  // namespace sy::verdict::test
