// What the commands of rollouts do, refuse and say.
#include <gtest/gtest.h>

#include "rollout_rig.h"

namespace sy::rollout {
namespace {

using namespace std::chrono_literals;

Plan asking() {
  return Plan{.holds = {{1'000, 1min, 10}, {5'000, 1min, 10}, {10'000, 1min, 10}},
              .approval = Approval{.before = 5'000, .timeout = 2h}};
}

std::string refusal(Rig rig, const Command& command, int status = 409) {
  const State before = rig.state;
  const auto refused = rig.take(command);
  if (refused) return "taken: " + refused->what;
  EXPECT_EQ(refused.error().status, status);
  EXPECT_EQ(refused.error().blame, Blame::client);
  EXPECT_EQ(rig.state, before);
  return refused.error().what;
}

Rig running() {
  Rig rig;
  rig.state.generation = 6;
  EXPECT_TRUE(rig.take(Rig::start()));
  return rig;
}

TEST(Start, KeepsWhoWhyAndFromWhichCommit) {
  Rig rig;
  rig.state.generation = 6;
  Start start = Rig::start();
  start.committed = WallTime{5ms};
  ASSERT_TRUE(rig.take(start));
  const Rollout& rollout = *rig.state.rollout;
  EXPECT_EQ(rollout.id, "r7");
  EXPECT_EQ(rig.state.generation, 7U);
  EXPECT_EQ(rollout.actor, "ci");
  EXPECT_EQ(rollout.reason, "release");
  EXPECT_EQ(rollout.committed, WallTime{5ms});
  EXPECT_EQ(rollout.started, rig.now);
  EXPECT_EQ(rollout.plan, named_plans().at("canary"));
  EXPECT_EQ(rig.last.what,
            "rollout r7 of green to v20260201-bbbbbbb by plan canary: green enters hold 1 of 4 at "
            "1 %");
  EXPECT_TRUE(rig.last.forward);
}

TEST(Start, SaysWhatIsTrueAndWhatToDoWhenRefused) {
  const Rig rig;
  Start start = Rig::start();
  start.color = Color::blue;
  EXPECT_EQ(refusal(rig, start), "blue is live already: name green");
  EXPECT_EQ(refusal(rig, Rig::start("slow"), 422),
            "no plan \"slow\"; there are: canary, linear, rehearsal, switch");
  EXPECT_EQ(refusal(rig, Start{}, 422), "name a version, or say any_version");
  EXPECT_EQ(refusal(rig, Start{.version = two, .any_version = true}, 422),
            "name a version, or say any_version");
  Start ancient = Rig::start();
  ancient.committed = WallTime{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
  EXPECT_EQ(refusal(rig, ancient, 422),
            "committed: before 1970; leave it out when it is not known");
  EXPECT_EQ(refusal(rig, Rig::start(Plan{}), 422),
            "holds: at least one is needed, the last at 100 %");
  EXPECT_EQ(refusal(running(), Rig::start()),
            "rollout r7 of green to v20260201-bbbbbbb (shifting, hold 1 of 4 at 1 %) runs: promote "
            "or abort it first");
  Rig split;
  ASSERT_TRUE(split.take(SetWeights{{9'000, 1'000}}));
  EXPECT_EQ(refusal(split, Rig::start()), "weights are split by hand: set blue to 100 first");
  Rig shut;
  shut.facts.open.green = false;
  EXPECT_EQ(refusal(shut, Rig::start("switch")),
            "the gate of green is shut, and plan switch does not wait for it: start it once it is "
            "ready");
}

TEST(Start, WaitsForAColorThatReportsSeveralVersionsOrNone) {
  for (const Version& reported : {Version{"mixed"}, Version{}}) {
    Rig rig;
    rig.facts.version.green = reported;
    ASSERT_TRUE(rig.take(Rig::start()));
    EXPECT_EQ(rig.state.rollout->phase, Phase::gating);
    EXPECT_EQ(refusal(Rig{.facts = rig.facts}, Rig::start("switch")),
              "green reports " + (reported.empty() ? "no version" : reported) + ", not " + two +
                  ", and plan switch does not wait for it: start it once it is ready");
  }
}

TEST(Start, UsesThePlanNamedTheOneGivenOrTheStandardOne) {
  const auto plan_of = [](Start start) {
    Rig rig;
    rig.facts.options.standard = "rehearsal";
    EXPECT_TRUE(rig.take(start));
    return rig.state.rollout->plan.name;
  };
  EXPECT_EQ(plan_of(Rig::start("linear")), "linear");
  EXPECT_EQ(plan_of(Rig::start("")), "rehearsal");
  EXPECT_EQ(plan_of(Rig::start(asking())), "given");
}

TEST(Start, BeginsADeployOfItsOwn) {
  Rig rig;
  std::string before = rig.state.deploy;
  for (int times = 0; times < 3; ++times) {
    ASSERT_TRUE(rig.take(Rig::start()));
    EXPECT_NE(rig.state.deploy, before);
    before = rig.state.deploy;
    ASSERT_TRUE(rig.take(Abort{}));
    EXPECT_EQ(rig.state.deploy, before);
  }
}

TEST(Start, KeepsTheColorToGoBackToUntilTheCandidateHasTraffic) {
  Rig rig;
  rig.state.previous = Color::green;
  rig.facts.open.green = false;
  ASSERT_TRUE(rig.take(Rig::start()));
  EXPECT_EQ(rig.state.previous, Color::green);
  rig.facts.open.green = true;
  rig.pass(1s);
  EXPECT_EQ(rig.state.previous, std::nullopt);
}

TEST(Start, AsksForApprovalBeforeTheFirstHoldWhenThePlanSaysSo) {
  Plan plan = asking();
  plan.approval->before = 1;
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start(plan)));
  EXPECT_EQ(rig.state.rollout->phase, Phase::approval);
  EXPECT_EQ(rig.state.weight.green, 0);
  ASSERT_TRUE(rig.take(Promote{{}, true, "ann"}));
  EXPECT_EQ(rig.state.weight.green, 1'000);
}

TEST(Start, AsksForApprovalBesideWhatThePlanSays) {
  const auto asked = [](std::optional<Approval> of_plan, Approval of_call) {
    Plan plan = asking();
    plan.approval = of_plan;
    Start start = Rig::start(plan);
    start.approval = of_call;
    Rig rig;
    EXPECT_TRUE(rig.take(start));
    return *rig.state.rollout->plan.approval;
  };
  const Approval call{.before = 5'000, .timeout = 1h};

  EXPECT_EQ(asked(std::nullopt, call), call);
  EXPECT_EQ(asked(Approval{.before = 10'000, .timeout = 2h}, call), call);
  EXPECT_EQ(asked(Approval{.before = 100, .timeout = 2h}, call),
            (Approval{.before = 100, .timeout = 1h}));
}

TEST(ASwitch, IsARolloutBoundToTheVersionReportedNow) {
  Rig rig;
  ASSERT_TRUE(rig.take(Switch{.color = Color::green, .actor = "ann", .reason = "now"}));
  const Rollout& rollout = *rig.state.rollout;
  EXPECT_EQ(rollout.phase, Phase::baking);
  EXPECT_EQ(rollout.version, two);
  EXPECT_EQ(rollout.plan.name, "switch");
  EXPECT_EQ(rollout.actor, "ann");
  EXPECT_EQ(rollout.reason, "now");
  EXPECT_EQ(rig.state.live, Color::blue);
  EXPECT_TRUE(rig.state.guarded);
  EXPECT_EQ(rig.pass(10min, 300).action, "completed");
}

TEST(ASwitch, FromWeightsByHandNeverGoesThroughLess) {
  Rig rig;
  ASSERT_TRUE(rig.take(SetWeights{{5'000, 5'000}}));
  const std::string deploy = rig.state.deploy;
  rig.facts.options.plans["switch"].holds = {{1'000}, {10'000}};
  EXPECT_EQ(refusal(rig, Switch{Color::green}), "weights are split by hand: set blue to 100 first");
  rig.facts.options.plans["switch"] = named_plans().at("switch");
  rig.facts.options.plans["switch"].approval.emplace();
  EXPECT_EQ(refusal(rig, Switch{Color::green}), "weights are split by hand: set blue to 100 first");
  rig.facts.options = {};
  ASSERT_TRUE(rig.take(Switch{Color::green}));
  EXPECT_EQ(rig.state.weight.green, 10'000);
  EXPECT_EQ(rig.state.deploy, deploy);
}

TEST(ASwitch, FromWeightsByHandIsRefusedWhileTheVerdictIsAgainstThem) {
  Rig rig;
  ASSERT_TRUE(rig.take(SetWeights{{9'000, 1'000}, true}).has_value());
  rig.facts.alarm = true;
  rig.facts.why = "green fails GET / 9 of 9";
  const auto refused = rig.take(Switch{.color = Color::green});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().status, 409);
  EXPECT_TRUE(refused.error().what.starts_with("green fails GET / 9 of 9: "))
      << refused.error().what;
}

TEST(Promote, SkipsTimeAndRequestsButNoAlarmGateOrVersion) {
  Rig rig = running();
  rig.facts.alarm = true;
  rig.facts.why = "green may be failing";
  EXPECT_EQ(refusal(rig, Promote{}),
            "green may be failing: promote skips time and requests only; wait or abort");
  rig.facts.alarm = false;
  rig.facts.open.green = false;
  EXPECT_EQ(refusal(rig, Promote{}),
            "the gate of green is shut: promote skips time and requests only; wait or abort");
  rig.facts.open.green = true;
  rig.facts.version.green = one;
  EXPECT_EQ(refusal(rig, Promote{}),
            "green reports v20260101-aaaaaaa, not v20260201-bbbbbbb: promote skips time and "
            "requests only; wait or abort");
  rig.facts.version.green = two;
  ASSERT_TRUE(rig.take(Promote{}));
  EXPECT_EQ(rig.last.what, "promoted: green enters hold 2 of 4 at 10 %");
}

TEST(Promote, OfTheBakeCompletes) {
  Rig rig;
  ASSERT_TRUE(rig.take(Switch{Color::green}));
  ASSERT_TRUE(rig.take(Promote{}));
  EXPECT_EQ(rig.state.live, Color::green);
  EXPECT_EQ(rig.state.last->why, "promoted by hand");
}

TEST(Promote, AtAnApprovalNeedsTheRoleApproverAndIsOne) {
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start(asking())));
  ASSERT_TRUE(rig.take(Promote{{}, true, "ann"}));
  EXPECT_EQ(rig.state.rollout->approved, (Approved{"ann", rig.now + 2h}));
  Rig other;
  ASSERT_TRUE(other.take(Rig::start(asking())));
  ASSERT_TRUE(other.take(Promote{}));
  EXPECT_EQ(other.last.what, "promoted: green waits at 10 % for an approver before 50 %");
  EXPECT_EQ(refusal(other, Promote{{}, false, "ci"}, 403),
            "needs the role approver: rollout r1 of green to v20260201-bbbbbbb (approval, hold 2 "
            "of 3 at 50 %) waits for approval");
  EXPECT_EQ(refusal(other, Promote{one, true, "ann"}),
            "rollout r1 of green to v20260201-bbbbbbb (approval, hold 2 of 3 at 50 %) runs, not "
            "one to v20260101-aaaaaaa");
  ASSERT_TRUE(other.take(Promote{two, true, "ann"}));
  EXPECT_EQ(other.state.weight.green, 5'000);
}

TEST(Promote, ByAnApproverApprovesOnlyWhatItPasses) {
  Plan plan = asking();
  plan.approval->before = 10'000;
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start(plan)));
  ASSERT_TRUE(rig.take(Promote{{}, true, "ann"}));
  EXPECT_FALSE(rig.state.rollout->approved);
}

TEST(Approve, IsBoundToTheVersionAndGoodForItsTime) {
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start(asking())));
  EXPECT_EQ(refusal(rig, Approve{one, "ann"}),
            "rollout r1 of green to v20260201-bbbbbbb (shifting, hold 1 of 3 at 10 %) runs, not "
            "one to v20260101-aaaaaaa: approve the version that runs");
  ASSERT_TRUE(rig.take(Approve{two, "ann"}));
  EXPECT_TRUE(rig.last.forward);
  EXPECT_EQ(rig.state.rollout->approved, (Approved{"ann", rig.now + 2h}));
  EXPECT_EQ(rig.pass(1min, 10).action, "hold");
  EXPECT_EQ(rig.pass(1min, 10).action, "hold");
}

TEST(Approve, OfARolloutWhoseVersionIsNotKnownYetIsRefused) {
  Rig rig;
  rig.facts.open.green = false;
  ASSERT_TRUE(rig.take(Start{.any_version = true, .plan = asking()}));
  EXPECT_EQ(refusal(rig, Approve{two, "ann"}),
            "green has reported no version that could be approved: wait, or promote");
  rig.facts.open.green = true;
  rig.pass(1s);
  EXPECT_TRUE(rig.take(Approve{two, "ann"}));
}

TEST(Approve, OfAPlanThatNeedsNoneChangesNothing) {
  Rig rig = running();
  const State before = rig.state;
  ASSERT_TRUE(rig.take(Approve{two, "ann"}));
  EXPECT_EQ(rig.state, before);
  EXPECT_EQ(rig.last.what, "plan canary needs no approval");
}

TEST(APause, StopsTimeCountsRequestsAndWorksWithPromote) {
  Rig rig = running();
  ASSERT_TRUE(rig.take(Pause{}));
  EXPECT_FALSE(rig.last.forward);
  EXPECT_EQ(rig.pass(1h, 200).action, "");
  EXPECT_EQ(rig.state.rollout->held, 0s);
  EXPECT_EQ(rig.state.rollout->requests, 200U);
  ASSERT_TRUE(rig.take(Promote{}));
  EXPECT_TRUE(rig.state.rollout->paused);
  ASSERT_TRUE(rig.take(Resume{}));
  EXPECT_TRUE(rig.last.forward);
  EXPECT_EQ(rig.pass(5min, 300).action, "hold");
}

TEST(Maintenance, StopsTheTimeOfAHoldSinceNothingIsServed) {
  Rig rig = running();
  ASSERT_TRUE(rig.take(SetMaintenance{true}));
  EXPECT_EQ(rig.pass(1h, 300).action, "");
  EXPECT_EQ(rig.state.rollout->held, 0s);
  rig.seen.breach = true;
  EXPECT_EQ(rig.pass(1s).action, "reverted");
}

TEST(CommandsByHand, AreRefusedWhileARolloutRunsWithWhatToDo) {
  const std::string why =
      "rollout r7 of green to v20260201-bbbbbbb (shifting, hold 1 of 4 at 1 %) runs: promote, "
      "pause or abort it, or force to take over by hand";
  const SetUpstreams upstreams{Color::green, {{"backend", {"http://h:1"}}}, false};
  EXPECT_EQ(refusal(running(), SetWeights{{9'000, 1'000}}), why);
  EXPECT_EQ(refusal(running(), Switch{Color::green}), why);
  EXPECT_EQ(refusal(running(), upstreams), why);
  EXPECT_EQ(refusal(running(), SetWeights{{9'000, 2'000}}, 422),
            "weights must sum to 100 %, got 110 %");
}

TEST(CommandsByHand, WithForceEndTheRolloutAndAreNotGuarded) {
  for (const Command& command :
       {Command{SetWeights{{9'000, 1'000}, true}}, Command{Switch{Color::green, true}},
        Command{SetUpstreams{Color::green, {{"backend", {"http://h:1"}}}, true}}}) {
    Rig rig = running();
    ASSERT_TRUE(rig.take(command));
    EXPECT_FALSE(rig.state.rollout);
    EXPECT_FALSE(rig.state.guarded);
    EXPECT_EQ(rig.state.last->outcome, "aborted");
    EXPECT_EQ(rig.state.last->why, "taken over by hand");
    const PerColor<int> weight = rig.state.weight;
    rig.seen.breach = true;
    EXPECT_EQ(rig.pass(1s).action, "");
    EXPECT_EQ(rig.state.weight, weight);
  }
}

TEST(CommandsByHand, AreGuardedAgainOnceNotForced) {
  Rig rig;
  ASSERT_TRUE(rig.take(SetWeights{{9'000, 1'000}, true}));
  EXPECT_FALSE(rig.state.guarded);
  ASSERT_TRUE(rig.take(SetWeights{{8'000, 2'000}}));
  EXPECT_TRUE(rig.state.guarded);
}

TEST(GoingBack, NamesWhoEndedTheRollout) {
  const auto why = [](const Command& command) {
    Rig rig = running();
    EXPECT_TRUE(rig.take(command));
    EXPECT_FALSE(rig.last.forward);
    EXPECT_EQ(rig.state.weight, (PerColor<int>{10'000, 0}));
    EXPECT_EQ(rig.state.last->outcome, "aborted");
    return rig.state.last->why;
  };
  EXPECT_EQ(why(Abort{}), "aborted by hand");
  EXPECT_EQ(why(Rollback{}), "rolled back by hand");
  EXPECT_EQ(why(Switch{Color::blue}), "switched back to blue by hand");
}

TEST(WithoutARollout, ItsCommandsAreRefused) {
  for (const Command& command : {Command{Promote{}}, Command{Approve{two, "ann"}}, Command{Pause{}},
                                 Command{Resume{}}, Command{Abort{}}}) {
    EXPECT_EQ(refusal(Rig{}, command), "no rollout runs: start one first");
  }
}

TEST(Standing, SaysWhatHoldsARollout) {
  Rollout rollout{.id = "r1", .version = two, .plan = asking()};
  EXPECT_EQ(standing(rollout),
            "gating: waits for the gate of green to open with v20260201-bbbbbbb, reverts in 5 min");
  rollout.phase = Phase::shifting;
  rollout.held = 19s;
  EXPECT_EQ(standing(rollout), "hold 1 of 3 at 10 %: 41 s and 10 requests to go");
  rollout.requests = 11;
  EXPECT_EQ(standing(rollout), "hold 1 of 3 at 10 %: 41 s to go");
  rollout.held = 61s;
  EXPECT_EQ(standing(rollout), "hold 1 of 3 at 10 %: waits for the verdict");
  rollout.paused = true;
  EXPECT_EQ(standing(rollout), "paused in hold 1 of 3 at 10 %: resume to go on");
  rollout.paused = false;
  rollout.requests = 9;
  EXPECT_EQ(standing(rollout), "hold 1 of 3 at 10 %: 1 request to go");
  rollout.phase = Phase::approval;
  rollout.hold = 1;
  rollout.waited = 30s;
  EXPECT_EQ(standing(rollout),
            "approval: waits for an approver before 50 %, reverts in 1 h 59 min");
  rollout.phase = Phase::baking;
  rollout.hold = 2;
  rollout.held = 100ms;
  EXPECT_EQ(standing(rollout), "hold 3 of 3 at 100 %: 1 min and 1 request to go");
}

}  // namespace
}  // namespace sy::rollout
