#include "net/task_group.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace sy::net {
namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

struct NetTaskGroup : testing::Test {
  asio::io_context io{1};
  std::vector<std::string> reports;
  TaskGroup group{io.get_executor(), [this](std::string_view what) { reports.emplace_back(what); }};
  int done = 0;

  Awaitable<> at_once() {
    ++done;
    co_return;
  }
  Awaitable<> for_ever() {
    Timer never{io.get_executor(), Instant::max()};
    co_await never.async_wait(use_awaitable);
  }
  Awaitable<> dies() {
    co_await for_ever_once();
    throw std::runtime_error("a reason");
  }
  Awaitable<> for_ever_once() {
    Timer now{io.get_executor(), Instant::min()};
    co_await now.async_wait(use_awaitable);
  }
  Awaitable<> waits() {
    co_await group.wait();
    ++done;
  }
};

TEST_F(NetTaskGroup, IsEmptyAgainWhenItsTasksHaveEnded) {
  group.spawn(at_once());
  group.spawn(at_once());
  EXPECT_EQ(group.size(), 2u);

  io.run();

  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(done, 2);
  EXPECT_EQ(group.failures(), 0u);
}

TEST_F(NetTaskGroup, CountsAndReportsATaskThatThrewAndCarriesOn) {
  group.spawn(dies());
  group.spawn(at_once());

  io.run();

  EXPECT_EQ(group.failures(), 1u);
  EXPECT_EQ(reports, std::vector<std::string>{"a reason"});
  EXPECT_EQ(done, 1);
}

TEST_F(NetTaskGroup, StopEndsTasksThatWouldWaitForEverAndThatIsNoFailure) {
  for (int i = 0; i < 100; ++i) group.spawn(for_ever());
  io.poll();
  EXPECT_EQ(group.size(), 100u);

  group.stop();
  io.restart();
  io.run();

  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(group.failures(), 0u);
}

TEST_F(NetTaskGroup, StopReachesATaskThatHasNotBegun) {
  group.spawn(for_ever());
  group.stop();

  io.run();

  EXPECT_EQ(group.size(), 0u);
}

TEST_F(NetTaskGroup, TakesNoTaskAfterStop) {
  group.stop();
  group.spawn(at_once());

  io.run();

  EXPECT_EQ(done, 0);
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(NetTaskGroup, WaitCompletesForEveryWaiterWhenTheLastTaskHasEnded) {
  TaskGroup waiters{io.get_executor()};
  group.spawn(for_ever());
  waiters.spawn(waits());
  waiters.spawn(waits());
  io.poll();
  EXPECT_EQ(done, 0);

  group.stop();
  io.restart();
  io.run();

  EXPECT_EQ(done, 2);
}

TEST_F(NetTaskGroup, ReusesItsPlacesForManyShortTasks) {
  for (int i = 0; i < 1000; ++i) {
    group.spawn(at_once());
    io.restart();
    io.run();
  }
  EXPECT_EQ(done, 1000);
  group.spawn(for_ever());
  io.restart();
  io.poll();
  group.stop();
  io.restart();
  io.run();
  EXPECT_EQ(group.size(), 0u);
}

}  // namespace
}  // namespace sy::net
