// restart and scale: claimed, done, waited for, recorded.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;

Args restart_of(const std::string& service) {
  Args args;
  args.verb = Verb::restart;
  args.service = service;
  return args;
}

Args scale_of(const std::string& service, int count, std::optional<Color> color) {
  Args args;
  args.verb = Verb::scale;
  args.service = service;
  args.count = count;
  args.color = color;
  return args;
}

TEST(Restart, StartsNewTasksOfTheLiveColorAndRecordsIt) {
  ControlWorld world;
  EXPECT_EQ(world.run(restart_of("backend")), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "restart: new tasks for 2 tasks of backend in blue, v20240101-abc1234\n");
  EXPECT_EQ(world.platform.acts, std::vector<std::string>{"restart backend blue"});
  EXPECT_EQ(world.notes.text(),
            "begun restart: new tasks for 2 tasks of backend in blue, v20240101-abc1234\n"
            "progress restart: 0 of 2 tasks are up\n"
            "progress restart: 2 of 2 tasks are up\n"
            "done restart: new tasks for 2 tasks of backend in blue, v20240101-abc1234\n");
  ASSERT_TRUE(world.store.record);
  EXPECT_FALSE(world.store.claim);
  EXPECT_EQ(world.store.record->epoch, 13U);
  EXPECT_EQ(world.store.record->op, "restart");
  EXPECT_EQ(world.store.record->result, "succeeded");
  EXPECT_EQ(world.store.record->current->version, v1);
  EXPECT_EQ(world.store.record->recent.front().op, "restart");
}

TEST(Restart, ADryRunChangesNothing) {
  ControlWorld world;
  auto args = restart_of("backend");
  args.dry_run = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "would restart: new tasks for 2 tasks of backend in blue, v20240101-abc1234; nothing "
            "was changed\n");
  EXPECT_TRUE(world.platform.acts.empty());
  EXPECT_EQ(world.store.record->epoch, 12U);
}

TEST(Restart, AServiceThatIsNotThereIsNamedBesideThoseThatAre) {
  ControlWorld world;
  EXPECT_EQ(world.run(restart_of("worker")), ExitCode::usage);
  EXPECT_EQ(world.err.str(),
            "switchctl: there is no service worker in blue of staging\n"
            "  There are: backend and frontend.\n");
}

TEST(Restart, WhoIsAtWorkIsNotDisturbed) {
  ControlWorld world;
  world.store.claim = sy::testing::claim_of("deploy", v2, "rollout");
  EXPECT_EQ(world.run(restart_of("backend")), ExitCode::locked);
  EXPECT_NE(world.err.str().find("staging is locked by ci since"), std::string::npos)
      << world.err.str();
  EXPECT_TRUE(world.platform.acts.empty());
}

TEST(Restart, ADeployThatStoppedHasToBeEndedFirst) {
  ControlWorld world;
  world.store.claim = sy::testing::claim_of("deploy", v2, "released");
  EXPECT_EQ(world.run(restart_of("backend")), ExitCode::refused);
  EXPECT_EQ(world.err.str(),
            "switchctl: deploy v20240108-def5678 stopped half-way and has to be ended first\n"
            "  carry on: switchctl deploy staging v20240108-def5678, or go back: switchctl "
            "rollback staging\n");
}

TEST(Restart, TasksThatDoNotComeUpAreAFailureThatIsRecorded) {
  ControlWorld world;
  world.platform.never_up[v1] = "its tasks end with exit code 3";
  EXPECT_EQ(world.run(restart_of("backend")), ExitCode::failed);
  EXPECT_EQ(world.err.str(), "switchctl: its tasks end with exit code 3\n");
  EXPECT_EQ(world.store.record->result, "failed");
  EXPECT_EQ(world.store.record->reason, "backend in blue: its tasks end with exit code 3");
  EXPECT_FALSE(world.store.claim);
}

TEST(Restart, ASignalEndsTheWaitingAndIsRecorded) {
  ControlWorld world;
  world.time.at(std::chrono::seconds{7}, [&world] { world.time.signal(); });
  EXPECT_EQ(world.run(restart_of("backend")), ExitCode::interrupted);
  EXPECT_EQ(world.store.record->result, "failed");
  EXPECT_FALSE(world.store.claim);
}

TEST(Restart, TimeThatIsUpSaysThatItMayStillHappen) {
  ControlWorld world;
  world.platform.start_time = std::chrono::hours{1};
  auto args = restart_of("backend");
  args.at_most = std::chrono::seconds{60};
  EXPECT_EQ(world.run(args), ExitCode::timed_out);
  EXPECT_EQ(world.err.str(),
            "switchctl: it is not up after 1 min (0 of 2 tasks are up); it may still be\n"
            "  see why: switchctl doctor staging\n");
}

TEST(Scale, SetsTheCountWaitsAndRecordsIt) {
  ControlWorld world;
  EXPECT_EQ(world.run(scale_of("backend", 4, std::nullopt)), ExitCode::done);
  EXPECT_EQ(world.out.str(), "scale: backend in blue from 2 tasks to 4\n");
  EXPECT_EQ(world.platform.acts, std::vector<std::string>{"scale backend blue 4"});
  EXPECT_EQ(world.store.record->current->services.at("backend").count, 4);
  EXPECT_EQ(world.store.record->current->services.at("frontend").count, 2);
}

TEST(Scale, TheColorThatHasTrafficKeepsItsTasks) {
  ControlWorld world;
  EXPECT_EQ(world.run(scale_of("backend", 0, std::nullopt)), ExitCode::refused);
  EXPECT_EQ(world.err.str(),
            "switchctl: blue has traffic (all on blue)\n"
            "  move it first: switchctl switch staging green; or say --force\n");
  EXPECT_TRUE(world.platform.acts.empty());
  auto forced = scale_of("backend", 0, Color::blue);
  forced.force = true;
  EXPECT_EQ(world.run(forced), ExitCode::done);
  EXPECT_EQ(world.run(scale_of("backend", 0, Color::green)), ExitCode::done);
}

TEST(Scale, AProxyThatCannotBeAskedMayHaveTrafficThere) {
  ControlWorld world{2};
  world.proxy(1).down = true;
  EXPECT_EQ(world.run(scale_of("backend", 0, Color::green)), ExitCode::refused);
  EXPECT_EQ(world.err.str(),
            "switchctl: not every proxy can be asked whether green has traffic\n"
            "  make them reachable, or say --force\n");
}

TEST(Scale, JsonSaysHowItEnded) {
  ControlWorld world;
  auto args = scale_of("backend", 3, Color::green);
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            R"({"operation":"scale","environment":"staging","service":"backend","color":"green",)"
            R"("what":"backend in green from 0 tasks to 3","dry_run":false,"outcome":"succeeded",)"
            R"("reason":"","exit":0})"
            "\n");
}

}  // namespace
}  // namespace sy::control
