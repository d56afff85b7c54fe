#include <gtest/gtest.h>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

TEST(Limits, RequestsThatWaitForAColorOverItsLimitGet503AndTheOthersGoOn) {
  worker::Options options;
  options.limits.pending_per_color_max = 1;
  SessionWorld world{options};
  End first = world.connect();
  End second = world.connect();
  first.send(get);
  End origin = world.upstream(world.blue);

  second.send(get);
  world.settle();
  const std::string refused = second.receive();
  origin.send(ok);
  world.settle();

  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
  EXPECT_NE(refused.find("Retry-After: 1\r\n"), std::string::npos) << refused;
  EXPECT_TRUE(first.receive().starts_with("HTTP/1.1 200 "));
  second.send(get);
  EXPECT_TRUE(world.upstream(world.blue).connected() || !origin.receive().empty());
}

TEST(Limits, ATunnelDoesNotCountAsARequestThatWaits) {
  worker::Options options;
  options.limits.pending_per_color_max = 1;
  SessionWorld world{options};
  End tunnelled = world.connect();
  tunnelled.send("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: toy\r\n\r\n");
  End origin = world.upstream(world.blue);
  origin.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: toy\r\n\r\n");
  world.settle();

  End other = world.connect();
  other.send(get);

  EXPECT_TRUE(world.upstream(world.blue).connected());
}

TEST(Limits, AClientThatLeavesDuringAnInterimResponseNoLongerWaits) {
  worker::Options options;
  options.limits.pending_per_color_max = 1;
  SessionWorld world{options};
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  client.reset();
  world.settle();
  for (int i = 0; i < 4; ++i) {
    origin.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    world.settle();
  }

  End other = world.connect();
  other.send(get);

  EXPECT_TRUE(world.upstream(world.blue).connected());
}

// An upstream that resets everything gets each request twice at the most, and no more than the
// budget.
TEST(Limits, RetriesEndWithTheirBudget) {
  worker::Options options;
  options.limits.retry_budget = 0;
  options.limits.retry_floor = 2;
  SessionWorld world{options};
  world.green.shut();
  std::size_t attempts = 0;
  for (int i = 0; i < 5; ++i) {
    End client = world.connect();
    client.send(get);
    for (End origin = world.upstream(world.blue); origin.connected();
         origin = world.upstream(world.blue)) {
      ++attempts;
      origin.reset();
      world.settle();
    }
    EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 50")) << i;
  }

  EXPECT_EQ(attempts, 5u + 2u);
}

TEST(Limits, AResponseHeadOverItsLimitIsA502) {
  worker::Options options;
  options.limits.http.head_bytes_max = 1024;
  SessionWorld world{options};
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);

  origin.send("HTTP/1.1 200 OK\r\nX-Big: " + std::string(4096, 'x'));
  world.settle();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 502 "));
}

TEST(Limits, AnIdleUpstreamConnectionIsClosedAfterItsTime) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(client);

  world.advance(19s);
  std::ignore = origin.receive();
  EXPECT_FALSE(origin.closed);
  world.advance(2s);
  std::ignore = origin.receive();

  EXPECT_TRUE(origin.closed);
}

TEST(Limits, AnUpstreamThatAnnouncesItsIdleTimeIsLeftTwoSecondsEarlier) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(
      client,
      "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: "
      "0\r\n\r\n");

  world.advance(2s);
  std::ignore = origin.receive();
  EXPECT_FALSE(origin.closed);
  world.advance(2s);
  std::ignore = origin.receive();

  EXPECT_TRUE(origin.closed);
}

}  // namespace
}  // namespace sy::testing
