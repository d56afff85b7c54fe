// lock and unlock.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;

Args with_reason(Verb verb, const std::string& reason) {
  Args args;
  args.verb = verb;
  args.reason = reason;
  return args;
}

TEST(Lock, HoldsUntilItIsUnlocked) {
  ControlWorld world;
  EXPECT_EQ(world.run(with_reason(Verb::lock, "migration")), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "staging is locked by arn:aws:iam::123456789012:user/ci: migration; only switchctl "
            "unlock staging opens it\n");
  ASSERT_TRUE(world.store.claim);
  EXPECT_EQ(world.store.claim->op, "lock");
  EXPECT_FALSE(world.store.claim->expires);

  Args scale;
  scale.verb = Verb::scale;
  scale.service = "backend";
  scale.count = 3;
  EXPECT_EQ(world.run(scale), ExitCode::locked);
  EXPECT_EQ(world.run(with_reason(Verb::lock, "again")), ExitCode::locked);

  EXPECT_EQ(world.run(with_reason(Verb::unlock, "done")), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "lock of arn:aws:iam::123456789012:user/ci, begun 2024-01-01 10:00 UTC, at step lock, "
            "is given up\n");
  EXPECT_FALSE(world.store.claim);
  EXPECT_EQ(world.store.record->op, "lock");
  EXPECT_EQ(world.store.record->result, "released");
  EXPECT_EQ(world.store.record->reason,
            "unlocked by arn:aws:iam::123456789012:user/ci at step lock: done");
  EXPECT_EQ(world.run(scale), ExitCode::done);
}

TEST(Lock, ADryRunLocksNothing) {
  ControlWorld world;
  auto args = with_reason(Verb::lock, "");
  args.dry_run = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_FALSE(world.store.claim);
  EXPECT_EQ(world.out.str(),
            "would do: staging is locked by arn:aws:iam::123456789012:user/ci; only switchctl "
            "unlock staging opens it; nothing was changed\n");
}

TEST(Unlock, ADeployKeepsItsJournalAndSaysWhoGaveItUpAndWhy) {
  ControlWorld world;
  world.store.claim = sy::testing::claim_of("deploy", v2, "rollout");
  world.store.claim->journal = "steps";
  EXPECT_EQ(world.run(with_reason(Verb::unlock, "runner died")), ExitCode::done);
  ASSERT_TRUE(world.store.claim);
  EXPECT_EQ(world.store.claim->phase, "released");
  EXPECT_EQ(world.store.claim->journal, "steps");
  EXPECT_EQ(world.store.claim->op, "deploy");
  EXPECT_EQ(world.store.claim->generation, 2);
  EXPECT_EQ(world.store.claim->reason,
            "unlocked by arn:aws:iam::123456789012:user/ci at step rollout: runner died");
  EXPECT_EQ(world.store.record->epoch, 12U) << "what stopped can still be carried on";
  EXPECT_EQ(world.run(Verb::unlock), ExitCode::done);
  EXPECT_EQ(world.out.str(), "staging is not locked\n");
}

TEST(Unlock, WhereNothingIsLockedNothingHappens) {
  ControlWorld world;
  EXPECT_EQ(world.run(Verb::unlock), ExitCode::done);
  EXPECT_EQ(world.out.str(), "staging is not locked\n");
  EXPECT_EQ(world.store.record->epoch, 12U);
}

}  // namespace
}  // namespace sy::control
