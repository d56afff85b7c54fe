// Ends that must not make things worse: claims that were lost, traffic that others moved, half of a
// rollback, records that cannot be written.
#include <gtest/gtest.h>

#include "support/deploy_world.h"

namespace sy::testing {
namespace {

using ct::ExitCode;
using ct::deploy::Ended;
using namespace std::chrono_literals;

void give_all_to(DeployWorld& world, Color color) {
  api::WeightsBody all;
  all.weight[color] = 10'000;
  for (auto& proxy : world.proxies)
    std::ignore = proxy->call({.method = "PUT", .target = "/v1/weights", .body = api::encode(all)});
}

// As after a deploy that died at its record, without health checks before it.
void die_at_the_record(DeployWorld& world) {
  world.options.health.for_ = 0s;
  for (int point = 0;; ++point) {
    world.crashes.kill_at(point);
    try {
      std::ignore = world.deploy();
      FAIL() << "it never came to its record";
    } catch (const Killed&) {
      world.crashes.kill_at(-1);
    }
    if (!world.store.claim) continue;
    const auto journal = ct::deploy::decode_journal(world.store.claim->journal);
    if (journal && journal->step == ct::deploy::Step::record) return;
  }
}

TEST(AClaimThatWasLost, AndEndedByAnotherLeavesItsWorkAlone) {
  DeployWorld world;
  world.pace.at(35s, [&world] {  // stopped for long, it was carried on and recorded by another
    auto record = *world.store.record;
    record.epoch = 8;
    record.nonce = "another";
    record.current->version = new_version;
    record.current->color = Color::green;
    world.store.record = record;
    world.store.claim.reset();
  });

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::refused) << end.what;
  EXPECT_TRUE(world.all_on(Color::green));
  EXPECT_EQ(world.tasks(Color::green), 2);
  EXPECT_EQ(world.store.record->nonce, "another");
}

TEST(AClaimThatWasLost, AtTheRecordLeavesItsWorkAlone) {
  DeployWorld world;
  world.fail_commit = ct::Failure{ExitCode::locked, "staging is locked by another", ""};

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::locked) << end.what;
  EXPECT_TRUE(world.all_on(Color::green));
  EXPECT_EQ(world.tasks(Color::green), 2);
}

TEST(AClaimThatWasLost, WhileARolloutRanLeavesTheNextOneAlone) {
  DeployWorld world;
  world.pace.at(35s, [&world] {
    std::ignore = world.proxies[0]->call({.method = "POST", .target = "/v1/rollout/abort"});
    world.store.claim->nonce = "another";
    ++world.store.claim->generation;
  });

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::locked) << end.what;
  EXPECT_EQ(world.tasks(Color::green), 2) << "they may be another's by now";
}

TEST(HalfARollback, IsLeftForTheSameCommandNeverUndone) {
  DeployWorld world{2};
  ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::record}).exit, ExitCode::done);
  world.on_call = [&world] {
    for (const auto& call : world.proxies[0]->calls)
      if (call == "POST /v1/rollback") world.proxies[1]->down = true;
  };

  const Ended half = world.rollback();

  EXPECT_EQ(half.exit, ExitCode::failed) << half.what;
  EXPECT_EQ(world.proxies[0]->view.live, Color::blue) << "it was sent back to what was left";
  world.on_call = {};
  world.proxies[1]->down = false;
  const Ended end = world.rollback();
  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
  EXPECT_TRUE(world.all_on(Color::blue));
  EXPECT_EQ(world.current(), old_version);
}

TEST(ADeployThatIsCarriedOn, NeedsNoApprovalWhereItHasCompleted) {
  DeployWorld world{2};
  ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::rollout}).outcome, "left");
  world.pace.advance(10min);

  const Ended end = world.deploy({.approve = new_version});

  EXPECT_EQ(end.exit, ExitCode::done) << end.what;
  EXPECT_TRUE(world.all_on(Color::green));
}

TEST(TakingBack, NeverTakesTasksFromAColorThatHasTraffic) {
  DeployWorld world;
  ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::gate}).outcome, "left");
  give_all_to(world, Color::green);

  const Ended end = world.rollback();

  EXPECT_EQ(end.exit, ExitCode::refused) << end.what;
  EXPECT_EQ(world.tasks(Color::green), 2);
  EXPECT_TRUE(world.store.claim);

  give_all_to(world, Color::blue);
  EXPECT_EQ(world.rollback().exit, ExitCode::done);
  EXPECT_EQ(world.tasks(Color::green), 0);
}

TEST(TakingBack, ThatCannotBeRecordedIsNotDone) {
  DeployWorld world;
  ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::rollout}).outcome, "left");
  world.fail_commit = ct::Failure{ExitCode::forbidden, "ssm:PutParameter is denied", ""};

  const Ended end = world.rollback();

  EXPECT_NE(end.exit, ExitCode::done) << end.what;
  EXPECT_TRUE(world.store.claim);
  EXPECT_TRUE(world.all_on(Color::blue));
}

TEST(ARecord, IsNotWrittenOfAVersionThatHasLostItsTraffic) {
  DeployWorld world;
  die_at_the_record(world);
  give_all_to(world, Color::blue);

  const Ended end = world.deploy();

  EXPECT_EQ(end.exit, ExitCode::rolled_back) << end.what;
  EXPECT_EQ(world.current(), old_version);
  EXPECT_TRUE(world.all_on(Color::blue));
}

TEST(KeepingWarm, EndsWhenTheTimeGivenHasPassed) {
  DeployWorld world;
  const Instant began = world.pace.now();

  const Ended end = world.deploy({.until = began + 5min});

  EXPECT_EQ(end.exit, ExitCode::timed_out) << end.what;
  EXPECT_LE(world.pace.now() - began, 6min);
  EXPECT_EQ(world.current(), new_version);
  EXPECT_EQ(world.tasks(Color::blue), 2);
}

}  // namespace
}  // namespace sy::testing
