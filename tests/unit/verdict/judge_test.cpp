#include "verdict/judge.h"

#include <gtest/gtest.h>

#include "unit/verdict/world.h"

namespace sy::verdict::test {
namespace {

TEST(Judge, HasNobodyToJudgeUntilACandidateBegins) {
  Judge judge;
  EXPECT_EQ(judge.verdict(true).kind, Kind::none);
  EXPECT_EQ(judge.verdict(true).words, "nobody to judge");
  judge.begin(Color::green, quiet);
  EXPECT_EQ(judge.candidate(), Color::green);
  judge.end();
  EXPECT_EQ(judge.candidate(), std::nullopt);
  EXPECT_EQ(judge.verdict(true).kind, Kind::none);
}

TEST(Judge, IsInconclusiveAndSaysHowManyRequestsAreMissing) {
  World world;
  EXPECT_EQ(world.verdict().words,
            "inconclusive, n=0, 0 failures, needs 300 more for 95 % that p < 1 %");
  world.answer(Color::green, 12);
  const auto verdict = world.verdict();
  EXPECT_EQ(verdict.kind, Kind::inconclusive);
  EXPECT_EQ(verdict.words, "inconclusive, n=12, 0 failures, needs 288 more for 95 % that p < 1 %");
  EXPECT_EQ(verdict.needed, 288u);
  EXPECT_EQ(verdict.requests, 12u);
}

TEST(Judge, IsHealthyFromThreeHundredRequestsOn) {
  World world;
  world.answer(Color::green, 299);
  EXPECT_EQ(world.verdict().kind, Kind::inconclusive);
  world.answer(Color::green, 1);
  EXPECT_EQ(world.verdict().kind, Kind::healthy);
  EXPECT_EQ(world.verdict().words, "healthy, n=300, 0 failures: 95 % that p < 1 %");
  EXPECT_EQ(world.verdict().needed, 0u);
}

TEST(Judge, TakesOutACandidateThatFailsEverythingWithinFiveFailures) {
  for (const double share : {0.01, 0.1, 0.5}) {
    const auto live = static_cast<std::uint64_t>((1 - share) / share + 0.5);
    World with_replays{share};
    const auto shielded = with_replays.failures_to_breach(9, live + 1, Replay::live_well);
    EXPECT_TRUE(shielded >= 3 && shielded <= 5) << share << " " << shielded;
    World posts{share};
    const auto plain = posts.failures_to_breach(9, live);
    EXPECT_TRUE(plain >= 3 && plain <= 5) << share << " " << plain;
  }
}

TEST(Judge, TakesOutABakedCandidateWithinFiveFailuresWhenReplaysGoWell) {
  World world{1.0};
  EXPECT_EQ(world.failures_to_breach(9, 1, Replay::live_well), 5u);
}

TEST(Judge, ActsOnTheAbsoluteTestAloneWhereLiveAnswersNothing) {
  World world{1.0};
  EXPECT_EQ(world.failures_to_breach(9), 4u);
  EXPECT_EQ(world.verdict().test, 'A');
}

// Live has no traffic while the candidate bakes: nothing would ever clear it.
TEST(Judge, HoldsNothingAgainstLiveThatItHasNotDoneForTenMinutes) {
  World world{0.5};
  for (int i = 0; i < 30; ++i) world.fail(world.mishap(Color::blue));
  ASSERT_TRUE(world.judge.live_alarming());
  world.share = 1;
  world.judge.begin(Color::green, quiet);
  world.now += std::chrono::minutes{9};
  world.answer(Color::green, 10);
  EXPECT_TRUE(world.judge.live_alarming());
  world.now += std::chrono::minutes{2};
  world.answer(Color::green, 10);
  EXPECT_FALSE(world.judge.live_alarming());
  EXPECT_GT(world.failures_to_breach(20), 0u);
}

}  // namespace
}  // namespace sy::verdict::test
