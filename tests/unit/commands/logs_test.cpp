// logs: each line once, until a signal.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;
using namespace std::chrono_literals;

TEST(Logs, LinesHaveTimeAndTaskAndCannotSteerTheTerminal) {
  ControlWorld world;
  world.platform.lines = {{ten - 5min, "task-1", "listening"},
                          {ten - 1min, "task-2", "odd \x1b[2J text"}};
  Args args;
  args.verb = Verb::logs;
  args.service = "backend";
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(), "09:55:00.000 task-1 listening\n09:59:00.000 task-2 odd  [2J text\n");
  args.since = 2min;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(), "09:59:00.000 task-2 odd  [2J text\n");
}

TEST(Logs, FollowingPrintsEachLineOnceUntilASignal) {
  ControlWorld world;
  world.platform.lines = {{ten - 1s, "task-1", "one"}, {ten + 3s, "task-1", "two"}};
  world.time.at(5s, [&world] {
    world.platform.lines.push_back({ten + 3s, "task-2", "two"});  // later, of the same time
    world.platform.lines.push_back({ten + 2s, "task-2", "late"});
  });
  world.time.at(60s, [&world] { world.time.signal(); });
  Args args;
  args.verb = Verb::logs;
  args.service = "backend";
  args.follow = true;
  EXPECT_EQ(world.run(args), ExitCode::interrupted);
  EXPECT_EQ(world.out.str(),
            "09:59:59.000 task-1 one\n10:00:03.000 task-1 two\n10:00:03.000 task-2 two\n"
            "10:00:02.000 task-2 late\n");
}

TEST(Logs, JsonIsAnObjectALine) {
  ControlWorld world;
  world.platform.lines = {{ten - 1s, "task-1", "one"}};
  Args args;
  args.verb = Verb::logs;
  args.service = "backend";
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "{\"at\":\"2024-01-01T09:59:59.000Z\",\"source\":\"task-1\",\"text\":\"one\"}\n");
}

}  // namespace
}  // namespace sy::control
