// The interlocks of docs/rollout.md that a state alone decides, each named after its sentence.
#include <gtest/gtest.h>

#include "rollout_rig.h"

namespace sy::rollout {
namespace {

using namespace std::chrono_literals;

constexpr PerColor<int> all_blue{10'000, 0};
constexpr PerColor<int> all_green{0, 10'000};

// 10 %, 50 % and a bake, a minute each, with approval before the bake.
Plan asking() {
  return Plan{.name = "asking",
              .holds = {{1'000, 1min, 10}, {5'000, 1min, 10}, {10'000, 1min, 10}},
              .approval = Approval{.before = 10'000, .timeout = 24h}};
}

// Green at 50 %, waiting for approval of the bake.
Rig held_for_approval() {
  Rig rig;
  EXPECT_TRUE(rig.take(Rig::start(asking())));
  EXPECT_EQ(rig.pass(1min, 10).action, "hold");
  EXPECT_EQ(rig.pass(1min, 10).action, "approval");
  EXPECT_EQ(rig.state.weight, (PerColor<int>{5'000, 5'000}));
  return rig;
}

Rig baking() {
  Rig rig = held_for_approval();
  EXPECT_TRUE(rig.take(Approve{two, "ann"}));
  EXPECT_EQ(rig.pass(1s).action, "hold");
  EXPECT_EQ(rig.state.weight, all_green);
  return rig;
}

void expect_reverted(const Rig& rig, const std::string& why) {
  EXPECT_EQ(rig.last.action, "reverted");
  EXPECT_FALSE(rig.last.forward);
  EXPECT_EQ(rig.state.weight, all_blue);
  EXPECT_EQ(rig.state.live, Color::blue);
  EXPECT_FALSE(rig.state.rollout);
  ASSERT_TRUE(rig.state.last);
  EXPECT_EQ(rig.state.last->outcome, "reverted");
  EXPECT_EQ(rig.state.last->why, why);
  EXPECT_EQ(rig.state.last->at, rig.now);
}

TEST(Interlock1, NeverGivesWeightToAColorWhoseOwnGateIsShut) {
  Rig rig;
  rig.facts.open.green = false;
  ASSERT_TRUE(rig.take(Rig::start()));
  EXPECT_EQ(rig.state.rollout->phase, Phase::gating);
  EXPECT_EQ(rig.state.weight, all_blue);
  EXPECT_EQ(rig.pass(1min, 300).action, "");
  EXPECT_EQ(rig.take(Promote{}).error().status, 409);
  EXPECT_EQ(rig.state.weight, all_blue);
  Start at_once = Rig::start(asking());
  at_once.plan->gate_timeout = 0s;
  Rig fresh;
  fresh.facts.open.green = false;
  EXPECT_EQ(fresh.take(at_once).error().status, 409);
  EXPECT_EQ(fresh.take(Switch{Color::green}).error().status, 409);
  EXPECT_EQ(fresh.take(SetWeights{{9'900, 100}}).error().status, 409);
}

TEST(Interlock3, AutoRevertStaysArmedWhileHeldAtAnApproval) {
  Rig rig = held_for_approval();
  rig.seen = {.breach = true, .why = "green fails POST /api/claims 6 of 6"};
  rig.pass(100ms);
  expect_reverted(rig, "green fails POST /api/claims 6 of 6");
}

TEST(Interlock3, AutoRevertStaysArmedWhilePaused) {
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start()));
  ASSERT_TRUE(rig.take(Pause{}));
  rig.seen = {.breach = true, .why = "fails"};
  rig.pass(100ms);
  expect_reverted(rig, "fails");
}

TEST(Interlock3, AutoRevertStaysArmedWhilePausedAtAnApproval) {
  Rig rig = held_for_approval();
  ASSERT_TRUE(rig.take(Pause{}));
  rig.facts.open.green = false;
  rig.pass(100ms);
  expect_reverted(rig, "the gate of green is shut");
}

TEST(Interlock3, AutoRevertStaysArmedWhileBaking) {
  Rig rig = baking();
  rig.seen = {.breach = true, .why = "fails"};
  rig.pass(100ms, 10'000);
  expect_reverted(rig, "fails");
}

TEST(Interlock3, AutoRevertStaysArmedForWeightsSetByHand) {
  Rig rig;
  ASSERT_TRUE(rig.take(SetWeights{{9'000, 1'000}}));
  rig.seen = {.breach = true, .why = "fails"};
  rig.pass(100ms);
  expect_reverted(rig, "fails");
  ASSERT_TRUE(rig.state.last);
  EXPECT_EQ(rig.state.last->id, "");
  EXPECT_EQ(rig.state.last->version, two);
}

TEST(Interlock4, AnApprovalNobodyGivesRevertsAndNeverSucceeds) {
  Rig rig = held_for_approval();
  EXPECT_EQ(rig.pass(24h - 1s, 100'000).action, "");
  EXPECT_EQ(rig.state.weight, (PerColor<int>{5'000, 5'000}));
  rig.pass(1s);
  expect_reverted(rig, "nobody approved in time");
}

TEST(Interlock4, AnApprovalTimesOutWhilePausedToo) {
  Rig rig = held_for_approval();
  ASSERT_TRUE(rig.take(Pause{}));
  rig.pass(24h);
  expect_reverted(rig, "nobody approved in time");
}

TEST(Interlock4, AnApprovalGivenAheadExpires) {
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start(asking())));
  ASSERT_TRUE(rig.take(Approve{two, "ann"}));
  rig.pass(24h);
  EXPECT_EQ(rig.pass(1s, 10).action, "hold");
  EXPECT_EQ(rig.pass(1min, 10).action, "approval");
  rig.pass(24h);
  expect_reverted(rig, "nobody approved in time");
}

TEST(Interlock5, HoldsStillAndSaysWhyWhenTheColorToRevertToIsShut) {
  for (Rig rig : {held_for_approval(), baking()}) {
    const State before = rig.state;
    rig.facts.open.blue = false;
    rig.seen = {.breach = true, .why = "fails"};
    for (int ticks = 0; ticks < 100; ++ticks) {
      EXPECT_EQ(rig.pass(1min, 300).action, "");
      EXPECT_EQ(rig.last.what, "would revert (fails), but the gate of blue is shut");
    }
    EXPECT_EQ(rig.state, before);
    rig.facts.open.blue = true;
    rig.pass(100ms);
    expect_reverted(rig, "fails");
  }
}

TEST(Interlock5, KeepsAQuietCandidateWhenTheColorToRevertToIsShut) {
  Plan plan = asking();
  plan.when_quiet = WhenQuiet::revert;
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start(plan)));
  rig.facts.open.blue = false;
  EXPECT_EQ(rig.pass(1min).action, "");
  EXPECT_EQ(rig.last.what,
            "would revert (quiet: 0 of 10 requests in the time of the hold), but the gate of blue "
            "is shut");
  EXPECT_EQ(rig.state.weight.green, 1'000);
}

TEST(Interlock5, DoesNotMoveTrafficOntoADeadColorByHandEither) {
  Rig rig = baking();
  rig.facts.open.blue = false;
  const State before = rig.state;
  for (const Command& command : {Command{Abort{}}, Command{Rollback{}}, Command{Switch{}}}) {
    EXPECT_EQ(rig.take(command).error().status, 409);
  }
  EXPECT_EQ(rig.state, before);
}

TEST(Interlock6, NoDataHoldsTheWeightAndIsNeitherGoodNorBad) {
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start()));
  const PerColor<int> held = rig.state.weight;
  for (int hours = 0; hours < 24 * 7; ++hours) EXPECT_EQ(rig.pass(1h).action, "");
  EXPECT_EQ(rig.state.weight, held);
  ASSERT_TRUE(rig.state.rollout);
  EXPECT_EQ(standing(*rig.state.rollout), "hold 1 of 4 at 1 %: 300 requests to go");
  EXPECT_EQ(rig.pass(1s, 300).action, "hold");
}

TEST(Interlock6, NoDataAdvancesOrRevertsOnlyWhenThePlanSaysSo) {
  Plan plan = asking();
  plan.when_quiet = WhenQuiet::advance;
  Rig advances;
  ASSERT_TRUE(advances.take(Rig::start(plan)));
  EXPECT_EQ(advances.pass(1min).action, "hold");
  plan.when_quiet = WhenQuiet::revert;
  Rig reverts;
  ASSERT_TRUE(reverts.take(Rig::start(plan)));
  EXPECT_EQ(reverts.pass(59s, 9).action, "");
  reverts.pass(1s);
  expect_reverted(reverts, "quiet: 9 of 10 requests in the time of the hold");
}

TEST(Interlock7, TheGateOpensOnlyWhileTheVersionExpectedIsReported) {
  Rig rig;
  rig.facts.open.green = false;
  ASSERT_TRUE(rig.take(Rig::start()));
  rig.facts.open.green = true;
  for (const Version& reported : {one, Version{"mixed"}, Version{}}) {
    rig.facts.version.green = reported;
    EXPECT_EQ(rig.pass(1s).action, "");
    EXPECT_EQ(rig.take(Promote{}).error().status, 409);
  }
  rig.facts.version.green = two;
  EXPECT_EQ(rig.pass(1s).action, "gated");
}

TEST(Interlock7, AnotherVersionReportedAtTheStartIsRefusedAtOnce) {
  Rig rig;
  rig.facts.version.green = one;
  const auto refused = rig.take(Rig::start());
  EXPECT_EQ(refused.error().status, 409);
  EXPECT_EQ(refused.error().what,
            "green reports v20260101-aaaaaaa, not v20260201-bbbbbbb: deploy the version named, or "
            "name the one it reports");
}

TEST(Interlock7, AColorThatSilentlyChangesItsVersionIsTakenOut) {
  for (const Rig& start : {held_for_approval(), baking()}) {
    for (const Version& reported : {one, Version{"mixed"}, Version{}}) {
      Rig rig = start;
      rig.facts.version.green = reported;
      rig.pass(100ms);
      expect_reverted(
          rig, "green reports " + (reported.empty() ? "no version" : reported) + ", not " + two);
    }
  }
}

TEST(Interlock7, AnyVersionIsBoundToTheOneThatCame) {
  Rig rig;
  rig.facts.open.green = false;
  ASSERT_TRUE(rig.take(Start{.any_version = true}));
  rig.facts.open.green = true;
  EXPECT_EQ(rig.pass(1s).action, "gated");
  EXPECT_EQ(rig.state.rollout->version, two);
  rig.facts.version.green = one;
  rig.pass(100ms);
  expect_reverted(rig, "green reports v20260101-aaaaaaa, not v20260201-bbbbbbb");
}

TEST(Interlock7, AnyVersionIsBoundToTheFirstOneThatAllEndpointsReport) {
  Rig rig;
  rig.facts.version.green = "mixed";
  ASSERT_TRUE(rig.take(Start{.any_version = true}).has_value());
  EXPECT_EQ(rig.state.rollout->version, "");
  rig.facts.version.green = two;
  rig.pass(100ms);
  ASSERT_TRUE(rig.state.rollout.has_value());
  EXPECT_EQ(rig.state.rollout->version, two);
  rig.facts.version.green = one;
  EXPECT_EQ(rig.pass(100ms).action, "reverted");
}

TEST(Interlock9, AfterARestartLiveHasItsTrafficAndTheCandidateIsGatedWithTheTimeItHeld) {
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start()));
  rig.pass(1min, 300);
  rig.pass(2min, 120);
  const State before = rig.state;
  rig.restart();
  EXPECT_EQ(rig.state.weight, all_blue);
  EXPECT_EQ(rig.state.rollout->phase, Phase::gating);
  EXPECT_EQ(rig.state.generation, before.generation + 1);
  EXPECT_EQ(rig.pass(1s).action, "gated");
  EXPECT_EQ(rig.state.weight, before.weight);
  EXPECT_EQ(rig.state.deploy, before.deploy);
  EXPECT_EQ(rig.state.rollout->hold, 1U);
  EXPECT_EQ(rig.state.rollout->held, 2min);
  EXPECT_EQ(rig.state.rollout->requests, 120U);
  EXPECT_EQ(rig.pass(3min, 180).action, "hold");
}

TEST(Interlock9, ARestartWhileWaitingForApprovalGoesOnWaitingEvenWhenItWasGiven) {
  Rig rig = held_for_approval();
  rig.pass(20h);
  ASSERT_TRUE(rig.take(Pause{}));
  ASSERT_TRUE(rig.take(Approve{two, "ann"}));
  rig.restart();
  EXPECT_EQ(rig.pass(1s).action, "approval");
  EXPECT_EQ(rig.state.weight, (PerColor<int>{5'000, 5'000}));
  EXPECT_EQ(rig.state.rollout->waited, 20h);
  EXPECT_EQ(rig.pass(1s).action, "");
  ASSERT_TRUE(rig.take(Resume{}));
  EXPECT_EQ(rig.pass(1s).action, "hold");
}

TEST(Interlock9, ACandidateThatDoesNotComeBackAfterARestartIsReverted) {
  Rig rig = baking();
  rig.state.rollout->plan.gate_timeout = 0s;
  rig.restart();
  rig.facts.open.green = false;
  EXPECT_EQ(rig.pass(5min - 1s).action, "");
  rig.pass(1s);
  expect_reverted(rig, "gating timed out: the gate of green is shut");
}

TEST(Interlock9, AHoldThatWasApprovedNeedsNoNewApprovalAfterARestart) {
  Rig rig = baking();
  rig.pass(30s, 5);
  rig.state.rollout->approved->until = rig.now;
  rig.restart();
  EXPECT_EQ(rig.pass(1s).action, "gated");
  EXPECT_EQ(rig.state.weight, all_green);
  EXPECT_EQ(rig.state.rollout->held, 30s);
}

}  // namespace
}  // namespace sy::rollout
