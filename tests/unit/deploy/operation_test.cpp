#include <gtest/gtest.h>

#include "support/deploy_world.h"

namespace sy::testing {
namespace {

using ct::ExitCode;
using ct::deploy::Ended;
using ct::deploy::Limits;
using namespace std::chrono_literals;

TEST(ADeploy, EndsWithTrafficRecordAndTheOldColorPutAway) {
  DeployWorld world;

  const Ended end = world.deploy({.reason = "release"});

  EXPECT_EQ(end.exit, ExitCode::done) << end.what << "\n" << world.notes.text();
  EXPECT_EQ(end.what, "v20240102-bbbbbbb answers in green");
  EXPECT_EQ(end.previous, old_version);
  EXPECT_TRUE(world.all_on(Color::green));
  EXPECT_EQ(world.current(), new_version);
  EXPECT_EQ(world.last(), "deploy v20240102-bbbbbbb succeeded");
  EXPECT_EQ(world.store.record->previous->version, old_version);
  EXPECT_EQ(world.store.record->current->services.at("backend").count, 2);
  EXPECT_EQ(world.store.record->epoch, 8U);
  EXPECT_FALSE(world.store.claim);
  EXPECT_EQ(world.platform.acts,
            (std::vector<std::string>{"start backend green v20240102-bbbbbbb 2",
                                      "scale backend blue 0"}));
}

TEST(ADeploy, TheFirstOfAllKnowsWhatAnsweredBefore) {
  DeployWorld world;
  world.store.record.reset();

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
  EXPECT_EQ(end.previous, old_version);
  EXPECT_EQ(world.store.record->previous->version, old_version);
  EXPECT_EQ(world.store.record->epoch, 1U);
}

TEST(ADeploy, OfTheVersionThatRunsDoesNothing) {
  DeployWorld world;

  const Ended end = world.run({.op = "deploy", .version = old_version});

  EXPECT_EQ(end.exit, ExitCode::done);
  EXPECT_EQ(end.what, "staging runs v20240101-aaaaaaa already, in blue: nothing to do");
  EXPECT_TRUE(world.platform.acts.empty());
  EXPECT_EQ(world.store.record->epoch, 7U);
}

TEST(ADeploy, KilledAfterItsRecordIsFinishedByTheSameCommand) {
  DeployWorld world;
  ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::record}).exit, ExitCode::done);
  ASSERT_EQ(world.tasks(Color::blue), 2);
  world.pace.advance(5min);
  const Instant began = world.pace.now();

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
  EXPECT_EQ(end.what,
            "staging runs v20240102-bbbbbbb already, in green: nothing to do; blue keeps 2 tasks "
            "of backend for a rollback");
  EXPECT_EQ(world.tasks(Color::blue), 0);
  EXPECT_NEAR(std::chrono::duration<double>(world.pace.now() - began).count(), 600, 10);
  EXPECT_EQ(world.store.record->epoch, 8U);
}

TEST(ABadDeploy, IsTakenBackCleanedUpAndRecorded) {
  DeployWorld world;
  world.proxies[0]->breach_at = 1;

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::rolled_back);
  EXPECT_EQ(end.outcome, "rolled_back");
  EXPECT_EQ(end.what, "reverted: breach: 5 of 20 requests failed");
  EXPECT_TRUE(world.all_on(Color::blue));
  EXPECT_EQ(world.tasks(Color::green), 0);
  EXPECT_EQ(world.current(), old_version);
  EXPECT_EQ(world.last(), "deploy v20240102-bbbbbbb rolled_back");
  EXPECT_EQ(world.store.record->reason, end.what);
  EXPECT_FALSE(world.store.claim);
}

TEST(ABadDeploy, OnOneProxyIsAbortedOnAll) {
  DeployWorld world{2};
  world.proxies[1]->breach_at = 1;

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::rolled_back);
  EXPECT_EQ(end.what, "http://proxy-2:9900: reverted: breach: 5 of 20 requests failed");
  EXPECT_TRUE(world.all_on(Color::blue));
  EXPECT_EQ(world.proxies[0]->view.last_rollout->outcome, "aborted");
}

TEST(ABadDeploy, ThatNeverComesUpHasNoTraffic) {
  DeployWorld world;
  world.platform.never_up[new_version] = "backend: 3 tasks stopped: exit code 1";

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::rolled_back);
  EXPECT_EQ(end.what, "backend: 3 tasks stopped: exit code 1");
  EXPECT_EQ(world.tasks(Color::green), 0);
  for (const auto& call : world.proxies[0]->calls) EXPECT_NE(call, "POST /v1/rollouts");
}

TEST(ARefusedDeploy, ChangesNothing) {
  const auto refused = [](DeployWorld& world, const Ended& end) {
    EXPECT_TRUE(world.platform.acts.empty());
    EXPECT_EQ(world.store.record->epoch, 7U);
    EXPECT_FALSE(world.store.claim && world.store.claim->epoch != 8);
    return std::to_string(static_cast<int>(end.exit)) + " " + end.what;
  };
  DeployWorld missing;
  EXPECT_EQ(refused(missing, missing.run({.op = "deploy", .version = "v20990101-fffffff"})),
            "4 there is no image backend:v20990101-fffffff");
  DeployWorld split;
  split.proxies[0]->view.colors.blue.weight = 9'000;
  split.proxies[0]->view.colors.green.weight = 1'000;
  EXPECT_EQ(refused(split, split.deploy()),
            "4 http://proxy-1:9900: weights are split by hand, blue 90 % green 10 %");
  DeployWorld other_color;
  other_color.store.record->current->color = Color::green;
  EXPECT_EQ(refused(other_color, other_color.deploy()),
            "4 the proxies send all traffic to blue, but the record says that v20240101-aaaaaaa "
            "answers in green");
  DeployWorld unreachable{2};
  unreachable.proxies[1]->down = true;
  EXPECT_EQ(refused(unreachable, unreachable.deploy()),
            "1 http://proxy-2:9900 does not answer: connection refused");
  DeployWorld short_lived;
  short_lived.platform.who.expires = short_lived.pace.wall() + 10min;
  EXPECT_EQ(refused(short_lived, short_lived.deploy()),
            "6 the credentials expire in 10 min, the deploy may take 36 min, and they cannot be "
            "renewed");
  DeployWorld locked;
  ASSERT_EQ(locked.deploy({.stop_after = ct::deploy::Step::start}).outcome, "left");
  locked.store.claim->phase = "start";
  locked.store.claim->expires = locked.pace.wall() + 1h;
  locked.platform.acts.clear();
  locked.alive = true;
  EXPECT_TRUE(refused(locked, locked.deploy()).starts_with("5 "));
}

TEST(ADeploy, ThatMayNotStartKeepsItsOwnExitCode) {
  DeployWorld world;
  world.platform.fail_start = ct::Failure{ExitCode::forbidden, "ecs:UpdateService is denied", ""};

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::forbidden);
  EXPECT_EQ(end.outcome, "failed");
  EXPECT_EQ(world.last(), "deploy v20240102-bbbbbbb failed");
  EXPECT_FALSE(world.store.claim);
}

TEST(ADeploy, WhoseProxyIsGoneTakesTheOthersBackAndNamesIt) {
  DeployWorld world{2};
  world.pace.at(30s, [&world] { world.proxies[1]->down = true; });
  const Instant began = world.pace.now();

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::failed);
  EXPECT_NE(end.what.find("http://proxy-2:9900 does not answer"), std::string::npos) << end.what;
  EXPECT_EQ(world.proxies[0]->view.colors.blue.weight, 10'000);
  EXPECT_LT(world.pace.now() - began, 100s);
  EXPECT_TRUE(world.store.claim);  // for whoever ends it once the proxy is back
}

TEST(ADeploy, OutOfTimeIsLeftForTheSameCommandToCarryOn) {
  DeployWorld world;
  world.proxies[0]->hold_time = 10min;

  const Ended left = world.deploy({.until = world.pace.now() + 5min});

  EXPECT_EQ(left.exit, ExitCode::timed_out);
  EXPECT_EQ(left.next, "The same command carries on; switchctl rollback staging takes it back.");
  ASSERT_TRUE(world.store.claim);
  EXPECT_EQ(world.store.claim->phase, "released");
  EXPECT_TRUE(world.proxies[0]->view.rollout);

  const Ended end = world.deploy();
  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
  EXPECT_EQ(world.current(), new_version);
  EXPECT_TRUE(world.all_on(Color::green));
}

TEST(ADeploy, ThatWasLeftIsTakenBackByARollback) {
  DeployWorld world;
  ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::rollout}).outcome, "left");

  const Ended end = world.rollback();

  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
  EXPECT_EQ(end.what, "the deploy of v20240102-bbbbbbb, stopped at step rollout was taken back");
  EXPECT_TRUE(world.all_on(Color::blue));
  EXPECT_EQ(world.tasks(Color::green), 0);
  EXPECT_EQ(world.last(), "deploy v20240102-bbbbbbb rolled_back");
}

TEST(ADeploy, WhoseRecordCannotBeWrittenIsTakenBack) {
  DeployWorld world;
  world.fail_commit = ct::Failure{ExitCode::forbidden, "ssm:PutParameter is denied", ""};

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::rolled_back);
  EXPECT_TRUE(world.all_on(Color::blue));
  EXPECT_EQ(world.tasks(Color::green), 0);
  EXPECT_TRUE(world.store.claim);
}

TEST(AnApproval, IsWaitedForAndNamed) {
  DeployWorld world;
  world.proxies[0]->approval = true;

  const Ended left = world.deploy({.until = world.pace.now() + 10min});
  EXPECT_EQ(left.exit, ExitCode::timed_out);
  EXPECT_NE(world.notes.text().find("it needs: switchctl approve staging v20240102-bbbbbbb"),
            std::string::npos);

  const Ended end = world.deploy({.approve = new_version});
  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
}

TEST(ARollback, ToAWarmColorMovesOnlyTraffic) {
  DeployWorld world;
  ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::record}).exit, ExitCode::done);
  world.platform.acts.clear();
  const Instant began = world.pace.now();

  const Ended end = world.rollback();

  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
  EXPECT_TRUE(world.platform.acts.empty());
  EXPECT_TRUE(world.all_on(Color::blue));
  EXPECT_EQ(world.current(), old_version);
  EXPECT_EQ(world.store.record->previous->version, new_version);
  EXPECT_LE(world.pace.now() - began, 3s);
}

TEST(ARollback, ToAColdColorStartsItFirstWithTheRecordedDefinition) {
  DeployWorld world;
  ASSERT_EQ(world.deploy().exit, ExitCode::done);
  world.platform.acts.clear();
  world.platform.publish(old_version, {"backend"});

  const Ended end = world.rollback(old_version);

  EXPECT_EQ(end.exit, ExitCode::done) << end.what << world.notes.text();
  EXPECT_EQ(world.platform.acts,
            (std::vector<std::string>{"start backend blue v20240101-aaaaaaa 2"}));
  EXPECT_TRUE(world.all_on(Color::blue));
}

TEST(ARollback, WithoutAPreviousVersionIsRefused) {
  DeployWorld world;

  const Ended end = world.rollback();

  EXPECT_EQ(end.exit, ExitCode::refused);
  EXPECT_EQ(end.what, "the record of staging knows no version before this one");
}

}  // namespace
}  // namespace sy::testing
