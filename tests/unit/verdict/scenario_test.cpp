// What a judge says of whole situations.
#include <gtest/gtest.h>

#include <cmath>

#include "unit/verdict/world.h"

namespace sy::verdict::test {
namespace {

TEST(Judge, ForgetsACandidateWhenTheNextBegins) {
  World world{1.0};
  world.failures_to_breach(9);
  world.judge.begin(Color::green, quiet);
  EXPECT_EQ(world.verdict().kind, Kind::inconclusive);
  EXPECT_EQ(world.verdict().failures, 0u);
  EXPECT_EQ(world.verdict().first_failure, std::nullopt);
}

TEST(Judge, ToleratesThreeTimesTheBoundOfLiveAndTenPercentAtTheMost) {
  EXPECT_NEAR((World{0.5, 0.001}.verdict().tolerated), 0.01, 1e-12);
  EXPECT_NEAR((World{0.5, 0.02}.verdict().tolerated), 0.06, 1e-12);
  EXPECT_NEAR((World{0.5, unlearned}.verdict().tolerated), 0.1, 1e-12);
}

TEST(Judge, LearnsABoundFromLiveMeanwhileWhereNoneWasKnown) {
  World world{0.5, unlearned};
  world.answer(Color::blue, 1'000);
  EXPECT_NEAR(world.verdict().tolerated, 0.01, 1e-12);
  World failing{0.5, unlearned};
  Batch batch;
  batch.requests.blue = 1'000;
  batch.failures.blue = 500;
  failing.observe(batch);
  EXPECT_NEAR(failing.verdict().tolerated, 0.1, 1e-12);
}

TEST(Judge, NeverBreachesOnPairsOfACandidateThatHardlyEverFails) {
  World world{0.1};
  world.answer(Color::green, 300);
  for (int n = 0; n < 200; ++n) {
    auto mishap = world.mishap();
    mishap.replay = Replay::live_well;
    world.fail(mishap, 1);
    Batch batch;
    batch.requests = {4'500, 500};
    world.observe(batch);
    ASSERT_EQ(world.verdict().kind, Kind::healthy) << n;
  }
  EXPECT_EQ(world.verdict().pairs_for, 200u);
  EXPECT_GT(world.verdict().relative, std::log(1'000)) << "worse than live, but tolerated";
}

TEST(Judge, DoesNotChargeWhatLiveFailedToo) {
  World world{1.0};
  for (int n = 0; n < 20; ++n) {
    auto mishap = world.mishap();
    mishap.replay = Replay::live_failed;
    world.fail(mishap);
  }
  const auto verdict = world.verdict();
  EXPECT_EQ(verdict.kind, Kind::inconclusive);
  EXPECT_EQ(verdict.charged, 0u);
  EXPECT_EQ(verdict.pairs_against, 20u);
  EXPECT_EQ(verdict.words.substr(verdict.words.find(';')),
            "; 20 failures not charged, live failed them too");
}

// Both colors fail three of ten.
Batch outage(World& world, int n) {
  Batch batch;
  batch.requests = {10, 1};
  for (int live = 0; live < 3; ++live) batch.mishaps.push_back(world.mishap(Color::blue));
  batch.failures.blue = 3;
  if (n % 3 != 0) return batch;
  batch.mishaps.push_back(world.mishap());
  batch.failures.green = 1;
  return batch;
}

TEST(Judge, HoldsWhenBothFailAlikeAndRecoversWithTime) {
  World world{0.1};
  bool shared = false;
  for (int n = 0; n < 300; ++n) {
    world.observe(outage(world, n));
    const auto kind = world.verdict().kind;
    ASSERT_NE(kind, Kind::breach) << n;
    shared = shared || kind == Kind::shared;
  }
  EXPECT_TRUE(shared);
  EXPECT_EQ(world.verdict().kind, Kind::shared);
  EXPECT_TRUE(world.judge.live_alarming());
  world.answer(Color::blue, 500);
  EXPECT_FALSE(world.judge.live_alarming());
  world.answer(Color::green, 2'000);
  EXPECT_EQ(world.verdict().kind, Kind::healthy);
}

TEST(Judge, SaysThatLiveFailsAlike) {
  World world{0.5};
  Batch batch;
  batch.requests = {8, 8};
  batch.failures = {3, 7};
  for (int n = 0; n < 3; ++n) batch.mishaps.push_back(world.mishap(Color::blue));
  for (int n = 0; n < 7; ++n) batch.mishaps.push_back(world.mishap());
  batch.mishaps[0].successes = 5;
  batch.mishaps[3].successes = 1;
  world.observe(batch);
  const auto verdict = world.verdict();
  EXPECT_EQ(verdict.kind, Kind::shared);
  EXPECT_EQ(verdict.words,
            "green fails GET /a 7 times (A: absolute, 10^10.0), and live fails alike, 3 of 7 "
            "requests meanwhile: a dependency of both?");
}

TEST(Judge, DoesNotMoveOntoALiveColorWhoseGateIsShut) {
  World world{1.0};
  world.failures_to_breach(4);
  EXPECT_EQ(world.verdict(true).kind, Kind::breach);
  const auto shut = world.verdict(false);
  EXPECT_EQ(shut.kind, Kind::suspect);
  EXPECT_EQ(shut.words,
            "live is not well: its gate is shut; green fails GET /a 4 times (A: absolute, 10^7.1)");
}

TEST(Judge, DoesNotMoveOntoALiveColorThatAlarms) {
  World world{0.1};
  Batch batch;
  batch.requests.blue = batch.failures.blue = 6;
  world.observe(batch);
  EXPECT_TRUE(world.judge.live_alarming());
  for (int n = 0; n < 3; ++n) {
    auto mishap = world.mishap();
    mishap.hard = true;
    mishap.failure = tally::Failure::connect_refused;
    world.fail(mishap);
  }
  EXPECT_EQ(world.verdict().kind, Kind::shared);
  EXPECT_EQ(world.verdict().words,
            "live is not well: it fails more than is tolerated; green refuses or resets "
            "connections, 3 in a row (D: hard)");
}

TEST(Judge, TripsOnThreeRefusedConnectionsEvenOfOneClient) {
  World world{0.1};
  for (int n = 0; n < 3; ++n) {
    EXPECT_NE(world.verdict().kind, Kind::breach);
    auto mishap = world.mishap();
    mishap.client = 7;
    mishap.hard = true;
    mishap.failure = tally::Failure::connect_refused;
    world.fail(mishap, 9);
  }
  EXPECT_EQ(world.verdict().kind, Kind::breach);
  EXPECT_EQ(world.verdict().test, 'D');
  EXPECT_EQ(world.verdict().hard_in_a_row, 3u);
}

TEST(Judge, TripsWhenTheReplayBudgetIsSpentByMoreThanOneClient) {
  for (const bool one_client : {true, false}) {
    World world{1.0};
    Batch batch;
    batch.requests = {12, 5};
    batch.failures.green = 5;
    batch.replay_budget_spent = true;
    for (int n = 0; n < 5; ++n) {
      batch.mishaps.push_back(world.mishap());
      batch.mishaps.back().replay = Replay::live_well;
      if (one_client) batch.mishaps.back().client = 7;
    }
    world.observe(batch);
    EXPECT_EQ(world.verdict().kind == Kind::breach, !one_client);
    EXPECT_EQ(world.verdict().test, one_client ? 0 : 'D');
  }
}

TEST(Judge, NamesTheRouteThatFailsAndSaysThatOthersAgree) {
  World world{1.0};
  Batch batch;
  batch.requests.green = 56;
  batch.failures.green = 6;
  batch.routes = {
      {.service = "api", .route = "GET /", .requests = {0, 50}},
      {.service = "api", .route = "POST /api/claims", .requests = {0, 6}, .failures = {0, 6}}};
  for (int n = 0; n < 6; ++n) {
    batch.mishaps.push_back(world.mishap());
    batch.mishaps.back().route = "POST /api/claims";
  }
  batch.mishaps.front().successes = 50;
  world.observe(batch);
  EXPECT_EQ(world.verdict().words,
            "green fails POST /api/claims 6 of 6; all other routes agree (A: absolute, 10^9.8)");
}

TEST(Judge, IsTheSameForTheSameEvidenceInOneBatchOrMany) {
  World at_once{1.0};
  World one_by_one{1.0};
  Batch all;
  for (int n = 0; n < 3; ++n) {
    one_by_one.answer(Color::green, 17);
    const auto mishap = one_by_one.mishap();
    one_by_one.fail(mishap);
    all.mishaps.push_back(mishap);
    all.mishaps.back().successes = 17;
  }
  all.requests.green = 54;
  all.failures.green = 3;
  at_once.observe(all);
  EXPECT_NEAR(at_once.verdict().absolute, one_by_one.verdict().absolute, 1e-9);
  EXPECT_EQ(at_once.verdict().words, one_by_one.verdict().words);
}

TEST(Judge, KnowsWhenTheFailuresBeganAndEnded) {
  World world{1.0};
  const auto first = world.now;
  world.failures_to_breach(3);
  EXPECT_EQ(world.verdict().first_failure, first);
  EXPECT_EQ(world.verdict().last_failure, first + std::chrono::milliseconds{200});
}

// The sequence of a breakage elsewhere: the failures of live are not the candidate's.
TEST(Judge, IsNotMovedByFailuresOfLive) {
  World world{0.5};
  for (int n = 0; n < 50; ++n) {
    world.fail(world.mishap(Color::blue));
    world.answer(Color::green, 20);
    ASSERT_NE(world.verdict().kind, Kind::breach) << n;
  }
  EXPECT_EQ(world.verdict().kind, Kind::healthy);
  EXPECT_TRUE(world.verdict().live_alarming);
}

}  // namespace
}  // namespace sy::verdict::test
