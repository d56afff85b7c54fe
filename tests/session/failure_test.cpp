#include <gtest/gtest.h>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;
using tally::Failure;

std::uint64_t failures(SessionWorld& world, Color color, Failure kind) {
  return world.books(color).failures[static_cast<std::size_t>(kind)];
}

TEST(Failure, ARefusedConnectionMovesAnyMethodToTheOtherColor) {
  SessionWorld world;
  world.blue.shut();
  End client = world.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
  End origin = world.upstream(world.green);
  ASSERT_TRUE(origin.connected());
  EXPECT_TRUE(origin.receive().ends_with("body"));
  origin.send(ok);
  world.settle();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(failures(world, Color::blue, Failure::connect_refused), 1u);
  EXPECT_EQ(world.books(Color::green).by_class[2], 1u);
}

TEST(Failure, AColorThatJustCameBackTakesOverFromOneThatJustDied) {
  SessionWorld world;
  world.route({5'000, 5'000});
  world.blue.shut();
  End client = world.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: switchyard=b.d1.9999\r\n\r\n");
  End origin = world.upstream(world.green);
  origin.send(ok);
  world.settle();
  std::ignore = client.receive();
  world.blue.reopen();
  world.green.shut();
  origin.close();
  world.settle();

  client.send(get);

  EXPECT_TRUE(world.upstream(world.blue).connected());
}

TEST(Failure, AResetOfLiveDoesNotShowTheVersionAtZeroPercent) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);

  origin.reset();

  EXPECT_TRUE(world.upstream(world.blue).connected());
  EXPECT_FALSE(world.green.accept().connected());
}

TEST(Failure, BothColorsRefusingIsA503WithRetryAfter) {
  SessionWorld world;
  world.blue.shut();
  world.green.shut();
  End client = world.connect();

  client.send(get);
  world.advance(3s);
  const std::string answer = client.receive();

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_NE(answer.find("Retry-After: 1\r\n"), std::string::npos) << answer;
  EXPECT_FALSE(client.closed);
}

TEST(Failure, AConnectionThatDiedWhileIdleIsNotUsed) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(client);
  origin.close();
  world.settle();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

  EXPECT_TRUE(world.upstream(world.blue).connected());
}

TEST(Failure, AReusedConnectionThatDiesUnderAGetIsRetriedOnceOnANewOne) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(client);
  std::ignore = client.receive();

  client.send(get);
  world.settle();
  origin.reset();
  End second = world.upstream(world.blue);
  ASSERT_TRUE(second.connected());
  second.send(ok);
  world.settle();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
}

TEST(Failure, AnAppThatDiesBetweenTwoAttemptsCostsNobodyTheOtherColor) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(client);
  std::ignore = client.receive();

  client.send(get);
  world.settle();
  origin.reset();
  End second = world.upstream(world.blue);
  ASSERT_TRUE(second.connected());
  world.blue.shut();
  second.reset();
  End third = world.upstream(world.green);
  ASSERT_TRUE(third.connected());
  third.send(ok);
  world.settle();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
}

TEST(Failure, APostThatReachedTheUpstreamIsNeverSentTwice) {
  SessionWorld world;
  End client = world.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
  End origin = world.upstream(world.blue);

  origin.reset();

  EXPECT_FALSE(world.upstream(world.blue).connected());
  EXPECT_FALSE(world.green.accept().connected());
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 502 "));
  EXPECT_EQ(failures(world, Color::blue, Failure::reset), 1u);
}

TEST(Failure, AnUpstreamThatNeverAnswersIsA504) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  const End origin = world.upstream(world.blue);

  world.advance(31s);

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 504 "));
  EXPECT_EQ(failures(world, Color::blue, Failure::timeout), 1u);
}

// Cut at every byte: a status the table names, or a connection that ends before the body does.
TEST(Failure, AResponseCutAtAnyByteNeverLooksWhole) {
  constexpr std::string_view whole =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    SessionWorld world;
    End client = world.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    End origin = world.upstream(world.blue);
    origin.send(whole.substr(0, cut));
    world.settle();
    origin.close();
    world.settle();
    const std::string answer = client.receive();

    const bool refused = answer.starts_with("HTTP/1.1 502 ");
    const bool cut_short = client.closed && !answer.ends_with("0\r\n\r\n");
    EXPECT_TRUE(refused || cut_short) << answer;
    EXPECT_EQ(world.books(Color::blue).in_flight, 0);
    End next = world.connect();
    next.send(get);
    EXPECT_TRUE(world.upstream(world.blue).connected());
  }
}

TEST(Failure, AClientThatLeavesMidBodyIsNotTheUpstreamsFailure) {
  SessionWorld world;
  End client = world.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
  End origin = world.upstream(world.blue);
  ASSERT_TRUE(origin.connected());

  client.close();
  world.settle();

  std::ignore = origin.receive();
  EXPECT_TRUE(origin.closed);
  const auto books = world.books(Color::blue);
  EXPECT_EQ(books.in_flight, 0);
  EXPECT_EQ(books.by_class[0], 1u);
  for (const auto count : books.failures) EXPECT_EQ(count, 0u);
}

TEST(Failure, BytesAfterAResponseEndTheUpstreamConnection) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(
      client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n");
  EXPECT_TRUE(client.receive().ends_with("hi"));

  client.send(get);

  EXPECT_TRUE(world.upstream(world.blue).connected());
}

TEST(Failure, BytesOnAnIdleConnectionAreNoAnswerEvenWhenTheyComeWithTheNextRequest) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(client);
  std::ignore = client.receive();

  client.send(get);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL");
  End second = world.upstream(world.blue);
  ASSERT_TRUE(second.connected());
  second.send(ok);
  world.settle();

  EXPECT_TRUE(client.receive().ends_with("hi"));
}

TEST(Failure, AStormOfInterimResponsesIsA502) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  for (int i = 0; i < 40; ++i) origin.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  world.settle();

  EXPECT_NE(client.receive().find("HTTP/1.1 502 "), std::string::npos);
}

TEST(Failure, ASwitchToAProtocolThatWasNotOfferedIsA502) {
  SessionWorld world;
  End client = world.connect();
  client.send(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: WebSocket, toy/2\r\n\r\n");
  End origin = world.upstream(world.blue);
  origin.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: toy\r\n\r\n");
  world.settle();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 502 "));
}

TEST(Failure, ASwitchOfProtocolsNobodyAskedForIsA502) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(
      client, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 502 "));
}

}  // namespace
}  // namespace sy::testing
