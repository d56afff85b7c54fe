// A deploy that is killed between any two of its acts, or told by a signal to stop at any second:
// traffic is safe at once, and the next command ends it well, either way.
#include <gtest/gtest.h>

#include "support/deploy_world.h"

namespace sy::testing {
namespace {

using ct::ExitCode;
using namespace std::chrono_literals;

// How often an undisturbed deploy passes a point at which it could be killed.
int points_of_a_deploy() {
  DeployWorld world{2};
  world.crashes.kill_at(-1);
  EXPECT_EQ(world.deploy().exit, ExitCode::done);
  return world.crashes.passed();
}

bool killed_at(DeployWorld& world, int point) {
  world.crashes.kill_at(point);
  try {
    std::ignore = world.deploy();
  } catch (const Killed&) {
    world.crashes.kill_at(-1);
    return true;
  }
  world.crashes.kill_at(-1);
  return false;
}

// Every proxy has all traffic on a color that runs, or a rollout that it guards itself.
void expect_safe(DeployWorld& world) {
  for (const auto& proxy : world.proxies) {
    const auto& view = proxy->view;
    if (view.rollout) continue;
    EXPECT_EQ(view.colors[view.live].weight, 10'000);
    EXPECT_GT(world.platform.now["backend"][view.live].running, 0);
  }
}

TEST(ADeployKilledAtAnyPoint, IsCarriedOnByTheSameCommand) {
  const int points = points_of_a_deploy();
  ASSERT_GT(points, 20);
  for (int point = 0; point < points; ++point) {
    SCOPED_TRACE(::testing::Message() << "point " << point);
    DeployWorld world{2};
    ASSERT_TRUE(killed_at(world, point));
    expect_safe(world);

    const auto end = world.deploy();

    ASSERT_EQ(end.exit, ExitCode::done) << end.what << "\n" << world.notes.text();
    EXPECT_TRUE(world.all_on(Color::green));
    EXPECT_EQ(world.current(), new_version);
    EXPECT_FALSE(world.store.claim);
  }
}

TEST(ADeployKilledAtAnyPoint, IsTakenBackByARollback) {
  const int points = points_of_a_deploy();
  for (int point = 0; point < points; ++point) {
    SCOPED_TRACE(::testing::Message() << "point " << point);
    DeployWorld world{2};
    ASSERT_TRUE(killed_at(world, point));
    const bool begun = world.store.claim.has_value();
    const bool recorded = world.current() == new_version;
    world.platform.publish(old_version, {"backend"});

    const auto end = world.rollback();

    if (!begun && !recorded) {
      EXPECT_EQ(end.exit, ExitCode::refused) << end.what;  // there is nothing to go back to
    } else {
      ASSERT_EQ(end.exit, ExitCode::done) << end.what << "\n" << world.notes.text();
    }
    EXPECT_TRUE(world.all_on(Color::blue));
    EXPECT_EQ(world.current(), old_version);
    EXPECT_FALSE(world.store.claim);
    EXPECT_TRUE(recorded || world.tasks(Color::green) == 0);
  }
}

TEST(ARollbackKilledAtAnyPoint, IsFinishedByWhateverComesNext) {
  for (int point = 0;; ++point) {
    SCOPED_TRACE(::testing::Message() << "point " << point);
    DeployWorld world{2};
    ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::record}).exit, ExitCode::done);
    world.crashes.kill_at(point);
    bool killed = false;
    try {
      std::ignore = world.rollback();
    } catch (const Killed&) {
      killed = true;
    }
    world.crashes.kill_at(-1);
    if (!killed) {
      EXPECT_GT(point, 5);
      break;
    }
    const bool begun = world.store.claim.has_value();
    const bool moved = world.all_on(Color::blue);
    for (auto& proxy : world.proxies) proxy->calls.clear();

    const auto end = point % 2 == 0 ? world.rollback() : world.rollback(old_version);

    ASSERT_EQ(end.exit, ExitCode::done) << end.what << "\n" << world.notes.text();
    if (point % 2 == 0 && !begun && world.current() != old_version) continue;  // a second one
    EXPECT_TRUE(world.all_on(Color::blue));
    EXPECT_EQ(world.current(), old_version);
    for (const auto& proxy : world.proxies)
      for (const auto& call : proxy->calls)
        EXPECT_FALSE(moved && call.starts_with("P") && !call.ends_with("dry_run=true")) << call;
  }
}

TEST(ARollbackInterruptedAtAnyMoment, NeverSendsTrafficForwardAgain) {
  for (int moment = 1; moment < 40; ++moment) {
    SCOPED_TRACE(::testing::Message() << "moment " << moment);
    DeployWorld world{2};
    ASSERT_EQ(world.deploy({.stop_after = ct::deploy::Step::record}).exit, ExitCode::done);
    bool back = false;
    world.on_call = [&world, &back, left = moment]() mutable {
      if (--left == 0) world.pace.signal();
      const bool now = world.proxies[0]->view.live == Color::blue;
      EXPECT_FALSE(back && !now);
      back = now;
    };

    std::ignore = world.rollback();

    EXPECT_FALSE(back && world.proxies[0]->view.live == Color::green);
  }
}

TEST(ADeployKilledTwice, StillEndsWell) {
  const int points = points_of_a_deploy();
  for (int first = 0; first < points; first += 3)
    for (int second = 0; second < points; second += 2) {
      SCOPED_TRACE(::testing::Message() << "points " << first << " and " << second);
      DeployWorld world{2};
      ASSERT_TRUE(killed_at(world, first));
      std::ignore = killed_at(world, second);
      expect_safe(world);
      const auto end = world.deploy();
      ASSERT_EQ(end.exit, ExitCode::done) << end.what << "\n" << world.notes.text();
      EXPECT_EQ(world.current(), new_version);
    }
}

TEST(ADeployInterruptedAtAnySecond, TakesTrafficBackFirst) {
  for (int second = 1; second < 180; ++second) {
    SCOPED_TRACE(::testing::Message() << "second " << second);
    DeployWorld world{2};
    world.pace.at(std::chrono::seconds{second}, [&world] { world.pace.signal(); });

    const auto end = world.deploy();

    if (world.current() == new_version) {  // it was recorded: only the old color's rest was cut
      EXPECT_TRUE(world.all_on(Color::green));
      continue;
    }
    ASSERT_EQ(end.exit, ExitCode::interrupted) << end.what << "\n" << world.notes.text();
    EXPECT_TRUE(world.all_on(Color::blue));
    EXPECT_EQ(world.tasks(Color::green), 0);
    EXPECT_EQ(world.last(), "deploy v20240102-bbbbbbb rolled_back");
    EXPECT_FALSE(world.store.claim);
  }
}

TEST(ABadDeployKilledAtAnyPoint, NeverLeavesTheRecordOrTrafficOnIt) {
  for (int point = 0; point < 60; ++point) {
    SCOPED_TRACE(::testing::Message() << "point " << point);
    DeployWorld world{2};
    world.proxies[0]->breach_at = 2;
    if (!killed_at(world, point)) break;
    for (int again = 0; again < 2 && world.store.claim; ++again) std::ignore = world.deploy();
    EXPECT_EQ(world.current(), old_version);
    EXPECT_FALSE(world.store.claim);
    EXPECT_TRUE(world.last().empty() || world.all_on(Color::blue)) << world.notes.text();
  }
}

}  // namespace
}  // namespace sy::testing
