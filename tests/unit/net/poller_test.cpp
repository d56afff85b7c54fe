#include "net/poller.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

namespace sy::testing {
namespace {

using namespace std::chrono_literals;
using net::Poller;
using net::Source;

class Called : public net::Waiter {
 public:
  explicit Called(std::function<void()> then = {}) : then_{std::move(then)} {}
  void ready() override {
    ++times;
    if (then_) then_();
  }
  int times = 0;

 private:
  std::function<void()> then_;
};

class APoller : public ::testing::Test {
 protected:
  APoller() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    source = std::make_unique<Source>(poller, ends[0]);
  }
  ~APoller() override { close_other(); }
  void say(std::string_view text) const {
    EXPECT_EQ(::send(ends[1], text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // As a reader with room to spare does.
  std::size_t hear() {
    char space[64];
    const ssize_t count = ::recv(source->fd(), space, sizeof space, 0);
    count < 0 ? source->read_blocked() : source->read_short();
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  void close_other() {
    if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
  }
  void settle() {
    while (poller.poll(0s) != 0) {
    }
  }
  int ends[2];
  Poller poller;
  std::unique_ptr<Source> source;
  Called called;
};

TEST_F(APoller, CallsOnceWhenSomethingHasArrived) {
  EXPECT_EQ(hear(), 0u);
  source->when_readable(called);
  settle();
  EXPECT_EQ(called.times, 0);

  say("a");
  say("b");
  settle();

  EXPECT_EQ(called.times, 1);
  EXPECT_TRUE(source->readable());
}

TEST_F(APoller, WhatArrivedBeforeItWasRegisteredIsNoticed) {
  EXPECT_EQ(hear(), 0u);
  say("a");
  source->when_readable(called);
  settle();
  EXPECT_EQ(called.times, 1);
}

// Data and the end come as one event: the read that empties the socket must not lose the end.
TEST_F(APoller, TheEndBehindTheLastBytesIsNotLost) {
  EXPECT_EQ(hear(), 0u);
  source->when_readable(called);
  say("last");
  close_other();
  settle();
  EXPECT_EQ(hear(), 4u);

  source->when_readable(called);
  settle();

  EXPECT_EQ(called.times, 2);
  EXPECT_TRUE(source->hung());
}

// The end that comes after the read.
TEST_F(APoller, TheEndThatComesLaterIsNoticed) {
  say("last");
  source->when_readable(called);
  settle();
  EXPECT_EQ(hear(), 4u);
  source->when_readable(called);
  settle();
  EXPECT_EQ(called.times, 1);
  close_other();
  settle();
  EXPECT_EQ(called.times, 2);
}

// Every socket learns what has happened before anyone is called: who is called first must not take
// another socket for silent that is not.
TEST_F(APoller, AllSocketsAreMarkedBeforeAnyoneIsCalled) {
  int more[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, more), 0);
  Source second{poller, more[0]};
  Called unheard;
  EXPECT_EQ(hear(), 0u);
  second.read_blocked();
  second.when_readable(unheard);
  bool known = false;
  Called looks{[&] { known = second.readable(); }};
  source->when_readable(looks);
  settle();
  say("a");
  EXPECT_EQ(::send(more[1], "b", 1, 0), 1);
  settle();

  EXPECT_TRUE(known);
  ::close(more[1]);
}

TEST_F(APoller, AFullSocketIsWritableWhenItWasRead) {
  const std::string_view piece = "0123456789abcdef";
  while (::send(source->fd(), piece.data(), piece.size(), MSG_NOSIGNAL) > 0) {
  }
  source->write_short();
  source->when_writable(called);
  settle();
  EXPECT_EQ(called.times, 0);
  char space[65536];
  while (::recv(ends[1], space, sizeof space, 0) > 0) {
  }
  settle();
  EXPECT_EQ(called.times, 1);
}

TEST_F(APoller, WakesWhoWaitsWithoutAReason) {
  EXPECT_EQ(hear(), 0u);
  source->when_readable(called);
  source->wake_all();
  EXPECT_EQ(called.times, 0);  // never from the call itself
  settle();
  EXPECT_EQ(called.times, 1);
}

TEST_F(APoller, OneThatIsGoneWaitsNoMore) {
  int calls = 0;
  EXPECT_EQ(hear(), 0u);
  {
    Called gone{[&] { ++calls; }};
    Called gone_too{[&] { ++calls; }};
    source->when_readable(gone);
    poller.soon(gone_too);
  }
  say("a");
  settle();
  EXPECT_EQ(calls, 0);
}

TEST_F(APoller, WhoAsksForATurnLetsOthersGoFirst) {
  int order = 0;
  int again = 0;
  Called second{[&] { again = ++order; }};
  Called first{[&] {
    ++order;
    poller.soon(second);
  }};
  Called third{[&] { ++order; }};
  poller.soon(first);
  poller.soon(third);
  settle();
  EXPECT_EQ(again, 3);
}

TEST_F(APoller, AnotherThreadEndsItsWait) {
  std::thread other{[this] { poller.wake(); }};
  EXPECT_EQ(poller.poll(60s), 1u);
  other.join();
  poller.wake();  // for the next wait as well, when nobody waits
  EXPECT_EQ(poller.poll(60s), 1u);
}

}  // namespace
}  // namespace sy::testing
