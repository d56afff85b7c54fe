#include "net/task.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace sy::testing {
namespace {

net::Task<int> number(int value) { co_return value; }

net::Task<int> after(net::Signal& signal, int value) {
  co_await signal.wait();
  co_return value;
}

net::Task<> fails(net::Signal* signal) {
  if (signal != nullptr) co_await signal->wait();
  throw std::runtime_error{"on purpose"};
}

net::Task<> note(std::vector<std::string>& log, std::string name, net::Signal& signal) {
  log.push_back(name + " begins");
  co_await signal.wait();
  log.push_back(name + " ends");
}

net::Task<> keep(net::Task<int> task, int& result) { result = co_await task; }

TEST(ATask, RunsOnlyWhenAwaitedOrStarted) {
  std::vector<std::string> log;
  net::Signal signal;
  { const auto never = note(log, "it", signal); }
  EXPECT_TRUE(log.empty());

  net::Tasks tasks;
  tasks.start(note(log, "it", signal));
  EXPECT_EQ(log, std::vector<std::string>{"it begins"});
  EXPECT_EQ(tasks.size(), 1u);
  signal.notify();
  EXPECT_EQ(log.back(), "it ends");
  EXPECT_EQ(tasks.size(), 0u);
}

TEST(ATask, HandsItsValueToWhoAwaitsIt) {
  net::Tasks tasks;
  net::Signal signal;
  int now = 0;
  int later = 0;
  tasks.start(keep(number(4), now));
  tasks.start(keep(after(signal, 5), later));
  EXPECT_EQ(now, 4);
  EXPECT_EQ(later, 0);
  signal.notify();
  EXPECT_EQ(later, 5);
}

net::Task<> catches(net::Task<> task, std::string& what) {
  try {
    co_await task;
  } catch (const std::runtime_error& error) {
    what = error.what();
  }
}

TEST(ATask, ThrowsInWhoAwaitsIt) {
  net::Tasks tasks;
  net::Signal signal;
  std::string now;
  std::string later;
  tasks.start(catches(fails(nullptr), now));
  tasks.start(catches(fails(&signal), later));
  EXPECT_EQ(now, "on purpose");
  signal.notify();
  EXPECT_EQ(later, "on purpose");
  EXPECT_EQ(tasks.failures(), 0u);
}

TEST(ATask, ThatDiesWithNobodyAwaitingItIsCounted) {
  net::Tasks tasks;
  tasks.start(fails(nullptr));
  EXPECT_EQ(tasks.size(), 0u);
  EXPECT_EQ(tasks.failures(), 1u);
}

net::Task<> many(int rounds, int& sum) {
  for (int i = 0; i < rounds; ++i) sum += co_await number(1);
}

// Tasks that need not wait must not cost stack.
TEST(ATask, MayAwaitAMillionOthersInALoop) {
  net::Tasks tasks;
  int sum = 0;
  tasks.start(many(1'000'000, sum));
  EXPECT_EQ(sum, 1'000'000);
}

net::Task<> pair(net::Task<> one, net::Task<> other, std::string& end) {
  auto two = net::both(std::move(one), std::move(other));
  try {
    co_await two;
    end = "well";
  } catch (const std::runtime_error& error) {
    end = error.what();
  }
}

TEST(Both, EndWhenBothHave) {
  net::Tasks tasks;
  net::Signal first;
  net::Signal second;
  std::vector<std::string> log;
  std::string end;
  tasks.start(pair(note(log, "a", first), note(log, "b", second), end));
  EXPECT_EQ(log, (std::vector<std::string>{"a begins", "b begins"}));
  second.notify();
  EXPECT_EQ(end, "");
  first.notify();
  EXPECT_EQ(end, "well");
}

TEST(Both, TheSecondIsWaitedForWhenTheFirstDies) {
  net::Tasks tasks;
  net::Signal signal;
  std::vector<std::string> log;
  std::string end;
  tasks.start(pair(fails(nullptr), note(log, "b", signal), end));
  EXPECT_EQ(end, "");
  signal.notify();
  EXPECT_EQ(end, "on purpose");
}

}  // namespace
}  // namespace sy::testing
