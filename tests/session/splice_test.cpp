// Bodies that pass through a pipe: plain on both sides, and more than 64 KiB of them to come.
#include <gtest/gtest.h>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;
using tally::Failure;

constexpr std::string_view empty_ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

// No stretch of it is like another.
std::string body_of(std::size_t size) {
  std::string body(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : body) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<char>(state >> 24);
  }
  return body;
}

std::string head_of(std::string_view begin, std::size_t size) {
  return std::string{begin} + "Content-Length: " + std::to_string(size) + "\r\n\r\n";
}

std::string response_head(std::size_t size) { return head_of("HTTP/1.1 200 OK\r\n", size); }
std::string request_head(std::size_t size) {
  return head_of("POST / HTTP/1.1\r\nHost: a\r\n", size);
}

// Sends the text in pieces and gives what came out at the other end.
std::string carry(SessionWorld& world, const End& from, End& to, std::string_view text,
                  std::size_t piece) {
  std::string got;
  for (int quiet = 0; quiet < 5;) {
    const std::size_t taken = from.push(text.substr(0, piece));
    text.remove_prefix(taken);
    world.settle();
    const std::string more = to.receive();
    got += more;
    quiet = taken == 0 && more.empty() ? quiet + 1 : 0;
  }
  return got;
}

TEST(Splice, AResponseArrivesUnchangedAndBothConnectionsAreUsedAgain) {
  SessionWorld world;
  const std::string body = body_of(3'000'001);
  std::size_t received = 0;
  for (const std::size_t piece : {1'000'000u, 70'001u, 9'999u}) {
    End client = world.connect();
    client.send(get);
    End origin = world.upstream(world.blue);
    std::ignore = origin.receive();

    const std::string got = carry(world, origin, client, response_head(body.size()) + body, piece);

    ASSERT_TRUE(got.ends_with("\r\n\r\n" + body)) << got.size();
    EXPECT_EQ(world.worker->pipes().lent(), 0u);
    EXPECT_EQ(world.worker->pipes().kept(), 1u);
    client.send(get);
    world.settle();
    EXPECT_TRUE(origin.receive().starts_with("GET / "));
    origin.send(ok);
    world.settle();
    const std::string second = client.receive();
    EXPECT_TRUE(second.ends_with("hi"));
    received += got.size() + second.size();
    origin.close();
    world.settle();
  }
  EXPECT_EQ(world.books(Color::blue).bytes_out, received);
}

TEST(Splice, ARequestArrivesUnchangedAndBothConnectionsAreUsedAgain) {
  SessionWorld world;
  const std::string body = body_of(3'000'001);
  End client = world.connect();
  client.send(request_head(body.size()));
  End origin = world.upstream(world.blue);
  std::ignore = origin.receive();

  const std::string got = carry(world, client, origin, body + std::string{get}, 70'001);

  ASSERT_EQ(got.size(), body.size());
  EXPECT_TRUE(got == body);
  EXPECT_EQ(world.worker->pipes().lent(), 0u);
  EXPECT_EQ(world.worker->pipes().kept(), 1u);
  origin.send(empty_ok);
  world.settle();
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(origin.receive().starts_with("GET / "));  // what came behind the body
  EXPECT_EQ(world.books(Color::blue).bytes_in, body.size());
}

TEST(Splice, AClientThatStopsReadingStopsTheUpstreamAndIsGivenUp) {
  SessionWorld world;
  const std::string body = body_of(64 * 1024 * 1024);
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  origin.send(response_head(body.size()));

  std::size_t sent = 0;
  for (int quiet = 0; quiet < 5;) {
    const std::size_t taken = origin.push(std::string_view{body}.substr(sent, 1 << 18));
    sent += taken;
    quiet = taken == 0 ? quiet + 1 : 0;
    world.settle();
    ASSERT_LT(sent, body.size());
  }
  EXPECT_EQ(world.worker->pipes().lent(), 1u);
  world.advance(61s);

  EXPECT_EQ(world.worker->pipes().lent(), 0u);
  EXPECT_EQ(world.worker->pipes().kept(), 0u);  // what it held belonged to nobody else
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
  for (const auto failures : world.books(Color::blue).failures) EXPECT_EQ(failures, 0u);
}

TEST(Splice, AnUpstreamThatEndsEarlyCutsTheClientOff) {
  SessionWorld world;
  const std::string body = body_of(500'000);
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);

  std::string got = carry(world, origin, client, response_head(1'000'000) + body, 100'000);
  origin.close();
  world.settle();
  got += client.receive();

  EXPECT_TRUE(got.ends_with(body));
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(world.books(Color::blue).failures[static_cast<std::size_t>(Failure::truncated)], 1u);
  EXPECT_EQ(world.worker->pipes().lent(), 0u);
}

TEST(Splice, AnUpstreamThatFallsSilentIsTimedOut) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  std::ignore = carry(world, origin, client, response_head(1'000'000) + body_of(500'000), 100'000);

  world.advance(61s);

  std::ignore = client.receive();
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(world.books(Color::blue).failures[static_cast<std::size_t>(Failure::timeout)], 1u);
}

TEST(Splice, AClientThatLeavesIsNobodysFailureAndFreesThePipe) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  std::ignore = carry(world, origin, client, response_head(9'000'000) + body_of(500'000), 100'000);
  EXPECT_EQ(world.worker->pipes().lent(), 1u);

  client.reset();
  for (int i = 0; i < 5; ++i) {
    std::ignore = origin.push(body_of(100'000));
    world.settle();
  }

  EXPECT_EQ(world.worker->pipes().lent(), 0u);
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
  for (const auto failures : world.books(Color::blue).failures) EXPECT_EQ(failures, 0u);
}

TEST(Splice, AnUploadBelowTheMinimumRateGets408) {
  SessionWorld world;
  End client = world.connect();
  client.send(request_head(1'000'000));
  End origin = world.upstream(world.blue);
  client.send("start");
  world.settle();
  EXPECT_EQ(world.worker->pipes().lent(), 1u);

  world.advance(6s);

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 408 "));
  EXPECT_EQ(world.worker->pipes().lent(), 0u);
}

TEST(Splice, AnAnswerInTheMiddleOfAnUploadEndsIt) {
  SessionWorld world;
  End client = world.connect();
  client.send(request_head(1'000'000));
  End origin = world.upstream(world.blue);
  client.send(body_of(100'000));
  world.settle();

  origin.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
  world.settle();

  EXPECT_TRUE(client.receive().ends_with("big"));
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(world.worker->pipes().lent(), 0u);
}

TEST(Splice, SmallAndChunkedBodiesTakeNoPipe) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  std::ignore = carry(world, origin, client, response_head(60'000) + body_of(60'000), 10'000);
  client.send(get);
  world.settle();
  std::ignore = carry(world, origin, client,
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" +
                          std::string(200'000, 'x') + "\r\n0\r\n\r\n",
                      10'000);

  EXPECT_EQ(world.worker->pipes().kept(), 0u);
}

TEST(Splice, WithoutAPipeTheBodyIsCopied) {
  SessionWorld world;
  std::vector<net::PipePool::Loan> others;
  while (auto pipe = world.worker->pipes().lend()) others.push_back(std::move(pipe));
  const std::string body = body_of(1'000'000);
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);

  const std::string got = carry(world, origin, client, response_head(body.size()) + body, 70'001);

  EXPECT_TRUE(got.ends_with(body));
}

}  // namespace
}  // namespace sy::testing
