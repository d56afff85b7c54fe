#include <gtest/gtest.h>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

TEST(Session, ForwardsARequestAndItsResponse) {
  SessionWorld world;
  End client = world.connect();

  client.send(get);
  End origin = world.upstream(world.blue);
  const std::string forwarded = origin.receive();
  origin.send(ok);
  world.settle();
  const std::string answer = client.receive();

  EXPECT_TRUE(forwarded.starts_with("GET / HTTP/1.1\r\n")) << forwarded;
  EXPECT_NE(forwarded.find("Via: 1.1 switchyard-test\r\n"), std::string::npos) << forwarded;
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nhi")) << answer;
  EXPECT_FALSE(client.closed);
  EXPECT_EQ(world.books(Color::blue).by_class[2], 1u);
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
}

TEST(Session, ReusesBothConnections) {
  SessionWorld world;
  End client = world.connect();
  End origin = world.exchange(client);

  client.send(get);
  const End second = world.upstream(world.blue);
  EXPECT_FALSE(second.connected());
  std::ignore = origin.receive();
  origin.send(ok);
  world.settle();

  EXPECT_EQ(world.books(Color::blue).reuses, 1u);
  EXPECT_EQ(world.books(Color::blue).connects, 1u);
}

TEST(Session, ClosesAnIdleConnectionAtTheDeadlineAndNotBefore) {
  SessionWorld world;
  End client = world.connect();

  world.advance(74s);
  std::ignore = client.receive();
  EXPECT_FALSE(client.closed);
  world.advance(1500ms);
  std::ignore = client.receive();

  EXPECT_TRUE(client.closed);
}

TEST(Session, AnswersASlowHeadWith408NoMatterHowItTrickles) {
  SessionWorld world;
  End client = world.connect();
  client.send("GET / HTTP/1.1\r\n");
  world.settle();
  for (int i = 0; i < 9; ++i) {
    client.send("X-More: 1\r\n");
    world.advance(1s);
  }
  EXPECT_EQ(client.receive(), "");

  world.advance(2s);

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(client.closed);
}

TEST(Session, RefusesHalfSentHeadsOverTheLimitOfOneAddress) {
  worker::Options options;
  options.limits.heads_per_address_max = 2;
  SessionWorld world{options};
  End one = world.connect();
  End two = world.connect();
  End three = world.connect();
  for (const End* client : {&one, &two, &three}) {
    client->send("GET / HT");
    world.settle();
  }

  EXPECT_EQ(one.receive(), "");
  EXPECT_EQ(two.receive(), "");
  EXPECT_TRUE(three.receive().starts_with("HTTP/1.1 429 "));
}

TEST(Session, TurnsAwayConnectionsOverTheLimit) {
  worker::Options options;
  options.limits.clients_max = 1;
  SessionWorld world{options};
  End first = world.connect();
  End second = world.connect();

  EXPECT_TRUE(second.receive().starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(second.closed);
  EXPECT_EQ(world.worker->report().over_limit, 1u);
  first.close();
  world.settle();
  End third = world.connect();
  third.send(get);
  EXPECT_TRUE(world.upstream(world.blue).connected());
}

TEST(Session, AnswersPipelinedRequestsInOrder) {
  SessionWorld world;
  End client = world.connect();
  client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  End origin = world.upstream(world.blue);

  EXPECT_TRUE(origin.receive().starts_with("GET /1 "));
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
  world.settle();
  EXPECT_TRUE(origin.receive().starts_with("GET /2 "));
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
  world.settle();

  const std::string answers = client.receive();
  EXPECT_LT(answers.find("\r\n\r\n1"), answers.find("\r\n\r\n2"));
}

TEST(Session, RefusesAMalformedHeadAndForwardsNothing) {
  SessionWorld world;
  End client = world.connect();
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n");

  EXPECT_FALSE(world.upstream(world.blue).connected());
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 400 "));
}

TEST(Session, FinishingClosesIdleConnectionsAtOnceAndBusyOnesAfterTheirResponse) {
  SessionWorld world;
  End idle = world.connect();
  idle.send(get);
  End origin = world.upstream(world.blue);
  origin.send(ok);
  world.settle();
  std::ignore = idle.receive();
  End busy = world.connect();
  busy.send(get);
  world.settle();

  world.worker->finish_here();
  world.settle();
  std::ignore = idle.receive();
  EXPECT_TRUE(idle.closed);
  origin.send(ok);
  world.settle();
  const std::string answer = busy.receive();

  EXPECT_TRUE(answer.ends_with("hi")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(busy.closed);
}

}  // namespace
}  // namespace sy::testing
