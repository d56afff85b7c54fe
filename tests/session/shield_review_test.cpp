#include <functional>
#include <utility>
#include <vector>

#include "shield_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

using ShieldReview = ShieldWorld;

constexpr std::string_view upgrade =
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
constexpr std::string_view switched =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

TEST_F(ShieldReview, WhoAnswersAfterBothColorsVanishedIsWhoIsCounted) {
  world.route();
  world.blue.shut();
  world.green.shut();
  client.send(get);
  world.settle();
  for (int i = 0; i < 5; ++i) {
    world.advance(100ms);
    EXPECT_EQ(world.books(Color::blue).in_flight + world.books(Color::green).in_flight, 1);
  }
  world.blue.reopen();
  world.advance(200ms);
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
  EXPECT_EQ(world.books(Color::green).in_flight, 0);
  EXPECT_EQ(world.books(Color::blue).requests(), 1u);
  EXPECT_EQ(world.books(Color::green).requests(), 0u);
  EXPECT_EQ(evidence().successes.green, 0u);
}

TEST_F(ShieldReview, ConnectsOfAnotherServiceDoNotSendThoseWhoWaitKnocking) {
  const Origin beside;
  world.beside = &beside;
  world.route();
  world.blue.shut();
  world.green.shut();
  std::vector<End> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(world.connect());
    clients.back().send(get);
    world.settle();
  }
  const auto connects = [&] {
    return world.books(Color::blue).connects + world.books(Color::green).connects;
  };
  const auto before = connects();
  for (int i = 0; i < 5; ++i) {
    clients.push_back(world.connect());
    clients.back().send("GET /beside HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(world.upstream(beside).connected());
  }

  EXPECT_EQ(connects(), before);
  world.blue.reopen();
  world.advance(100ms);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(world.blue.accept().connected());
}

TEST_F(ShieldReview, WhoWaitsForAColorIsNotLateWithItsBody) {
  world.open.green = false;
  world.route();
  client.send(get);
  End pooled = blue_says(ok);
  EXPECT_TRUE(is_ok(told()));
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
  world.advance(4500ms);
  ASSERT_NE(pooled.receive(), "");
  world.blue.shut();
  pooled.reset();
  world.advance(1s);
  world.blue.reopen();
  world.advance(100ms);
  End blue = world.blue.accept();
  ASSERT_TRUE(blue.connected());
  client.send("body");
  world.settle();
  EXPECT_TRUE(blue.receive().ends_with("\r\n\r\nbody"));
  blue.send(ok);
  world.settle();

  EXPECT_TRUE(is_ok(told()));
}

// Does something some turns of the loop later.
class Later : private net::Waiter {
 public:
  Later(net::Poller& poller, int turns, std::function<void()> what)
      : poller_{poller}, left_{turns}, what_{std::move(what)} {
    left_ == 0 ? what_() : poller_.soon(*this);
  }

 private:
  void ready() override { --left_ == 0 ? what_() : poller_.soon(*this); }
  net::Poller& poller_;
  int left_;
  std::function<void()> what_;
};

// Whenever between the answer that is dropped and the replay live's gate shuts.
TEST_F(ShieldReview, AnAnswerThatWasDroppedForNothingIsNotTheClientsLoss) {
  for (int turns = 0; turns < 12; ++turns) {
    begin();
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    End green = world.upstream(world.green);
    ASSERT_TRUE(green.connected());
    auto shut = [this] {
      world.open.blue = false;
      world.route({0, split::whole});
    };
    green.send(bad);
    Later later{world.worker->poller(), turns, shut};
    world.settle();
    End blue = world.blue.accept();
    if (blue.connected()) blue.send(ok);
    world.settle();

    EXPECT_TRUE(told().starts_with("HTTP/1.1 ")) << turns;
    world.open.blue = true;
  }
}

TEST_F(ShieldReview, AfterAReplayedUploadTheNextRequestIsRead) {
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  End green = world.upstream(world.green);
  std::ignore = green.receive();
  client.send("3\r\ndef\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
  world.settle();
  EXPECT_EQ(green.receive(), "3\r\ndef\r\n0\r\n\r\n");
  green.send(bad);
  world.settle();
  const End blue = blue_says(ok);

  EXPECT_TRUE(replayed.ends_with("\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n")) << replayed;
  EXPECT_TRUE(is_ok(told()));
  EXPECT_TRUE(green.receive().starts_with("GET /next HTTP/1.1\r\n"));
}

TEST_F(ShieldReview, AnUpgradeIsReplayedBeforeThe101AndNeverAfter) {
  client.send(upgrade);
  End green = green_says(bad);
  const End blue = blue_says(switched);
  EXPECT_TRUE(told().starts_with("HTTP/1.1 101 "));

  client = world.connect();
  client.send(upgrade);
  world.settle();
  EXPECT_TRUE(green.receive().starts_with("GET /ws "));
  green.send(switched);
  world.settle();
  EXPECT_TRUE(told().starts_with("HTTP/1.1 101 "));
  green.reset();
  world.settle();

  EXPECT_FALSE(world.blue.accept().connected());
  EXPECT_EQ(told(), "");
  EXPECT_TRUE(client.closed);
}

TEST_F(ShieldReview, AnUpgradeSpeaksForItsColorWhenItOpens) {
  client.send(upgrade);
  const End green = green_says(switched);

  EXPECT_EQ(evidence().successes.green, 1u);
  client.close();
  world.settle();
  EXPECT_EQ(evidence().successes.green, 1u);
}

TEST_F(ShieldReview, AClientOfHttp10IsSparedToo) {
  client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  const End green = green_says(bad);
  const End blue =
      blue_says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");

  const std::string answer = told();
  EXPECT_TRUE(is_ok(answer));
  EXPECT_TRUE(answer.ends_with("\r\n\r\nhi")) << answer;
  EXPECT_TRUE(client.closed);
}

TEST_F(ShieldReview, TheEndOfARolloutDuringTheReplayChangesNothing) {
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  const End green = world.upstream(world.green);
  green.send(bad);
  world.settle();
  End blue = world.upstream(world.blue);
  ASSERT_TRUE(blue.connected());
  world.live = Color::green;
  world.route({0, split::whole});
  client.send("def");
  world.settle();
  EXPECT_TRUE(blue.receive().ends_with("\r\n\r\nabcdef"));
  blue.send(bad);
  world.settle();

  EXPECT_TRUE(told().starts_with("HTTP/1.1 500 "));
  EXPECT_FALSE(world.green.accept().connected());
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
  EXPECT_EQ(world.books(Color::green).in_flight, 0);
}

// An upload of a color that was live when it began, and whose kept part is nothing, because nobody
// kept it.
TEST_F(ShieldReview, WhatNobodyKeptIsNotSentToTheNewLive) {
  world.route();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  End blue = world.upstream(world.blue);
  world.live = Color::green;
  world.route({0, split::whole});
  blue.send(bad);
  world.settle();

  EXPECT_TRUE(told().starts_with("HTTP/1.1 500 "));
  EXPECT_FALSE(world.green.accept().connected());
}

}  // namespace
}  // namespace sy::testing
