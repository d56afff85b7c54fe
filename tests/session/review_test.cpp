// Situations that a review of the data plane thought up: deadlines that belong to someone else,
// retries with a body still to come, ends at awkward moments.
#include <gtest/gtest.h>

#include <vector>

#include "net/wheel.h"
#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

// Sends until nothing more fits anywhere on the way.
std::size_t fill(SessionWorld& world, const End& from, std::string_view text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const std::size_t taken = from.push(text.substr(sent));
    world.settle();
    sent += taken;
    if (taken == 0) break;
  }
  return sent;
}

// Everything that comes while `from` sends the rest of `text`.
std::string drain(SessionWorld& world, End& to, const End& from, std::string_view text) {
  std::string all;
  for (int quiet = 0; quiet < 3;) {
    const std::size_t taken = text.empty() ? 0 : from.push(text);
    text.remove_prefix(taken);
    world.settle();
    const std::string piece = to.receive();
    all += piece;
    quiet = taken == 0 && piece.empty() ? quiet + 1 : 0;
  }
  return all;
}

TEST(Deadlines, AnAnswerThatTakesLongerThanAHeadMayLeavesTheClientsConnectionUsable) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  std::ignore = origin.receive();

  world.advance(20s);
  origin.send(ok);
  world.settle();
  EXPECT_TRUE(client.receive().ends_with("hi"));
  EXPECT_FALSE(client.closed);
  client.send(get);
  world.settle();

  EXPECT_TRUE(origin.receive().starts_with("GET / "));
}

TEST(Deadlines, AnUpstreamIsNotLateWhileTheClientReadsSlowly) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  const std::string body(24'000'000, 'b');
  world.advance(25s);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 24000000\r\n\r\n");
  const std::size_t sent = fill(world, origin, body);
  ASSERT_LT(sent, body.size());

  world.advance(40s);
  const std::string answer = drain(world, client, origin, std::string_view{body}.substr(sent));

  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, body.size());
  EXPECT_FALSE(client.closed);
  for (const auto failures : world.books(Color::blue).failures) EXPECT_EQ(failures, 0u);
}

TEST(Deadlines, TimeSpentWritingDoesNotCountAgainstTheNextRead) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  const std::string body(24'000'000, 'b');
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 24000002\r\n\r\n");
  const std::size_t sent = fill(world, origin, body);
  ASSERT_LT(sent, body.size());
  world.advance(40s);
  const std::string most = drain(world, client, origin, std::string_view{body}.substr(sent));

  world.advance(40s);
  origin.send("hi");
  world.settle();

  EXPECT_TRUE(client.receive().ends_with("hi"));
  client.send(get);
  world.settle();
  EXPECT_TRUE(origin.receive().ends_with("\r\n\r\n"));
  EXPECT_FALSE(client.closed);
}

TEST(Deadlines, AnInterimResponseNobodyReadsStillHasOne) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End first = world.upstream(world.blue);
  const std::string body(24'000'000, 'b');
  first.send("HTTP/1.1 200 OK\r\nContent-Length: 24000000\r\n\r\n");
  std::size_t sent = fill(world, first, body);
  ASSERT_LT(sent, body.size());
  // The client reads just enough for the response to end, then no more.
  std::string_view rest = std::string_view{body}.substr(sent);
  while (world.books(Color::blue).by_class[2] == 0) {
    rest.remove_prefix(rest.empty() ? 0 : first.push(rest));
    ASSERT_FALSE(client.receive_some(4'096).empty());
    world.settle();
  }
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
  world.settle();
  const std::string big(30'000, 'x');
  for (int i = 0; i < 15; ++i) first.send("HTTP/1.1 103 Early\r\nX: " + big + "\r\n\r\n");
  world.settle();
  client.send("body");
  world.settle();

  world.advance(130s);

  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
}

TEST(Retry, APutWhoseBodyIsStillToComeIsSentAgainWithAllOfIt) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  origin.send(ok);
  world.settle();
  std::ignore = client.receive();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
  world.settle();
  ASSERT_TRUE(origin.receive().find("PUT / ") != std::string::npos);
  origin.close();
  End second = world.upstream(world.blue);
  ASSERT_TRUE(second.connected());

  client.send("body");
  world.settle();
  const std::string again = second.receive();
  EXPECT_TRUE(again.ends_with("\r\n\r\nbody")) << again << client.receive();
  second.send(ok);
  world.settle();

  const std::string answer = client.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_FALSE(client.closed);
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
}

TEST(Retry, ABodyThatArrivesTogetherWithTheEndOfTheUpstreamIsNotLost) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  origin.send(ok);
  world.settle();
  std::ignore = client.receive();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
  world.settle();
  std::ignore = origin.receive();
  origin.close();
  client.send("body");
  End second = world.upstream(world.blue);
  client.send("more");
  world.settle();

  const std::string answer = client.receive();
  if (second.connected()) {
    EXPECT_TRUE(second.receive().ends_with("\r\n\r\nbodymore"));
  } else {
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 502 ")) << answer;
  }
}

TEST(Finishing, ARequestThatIsInTheSocketAlreadyIsServed) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  origin.send(ok);
  world.settle();
  std::ignore = client.receive();

  client.send(get);
  world.worker->finish_here();
  world.settle();
  origin.send(ok);
  world.settle();

  EXPECT_TRUE(client.receive().ends_with("hi"));
}

TEST(Finishing, AConnectionThatJustOpenedMaySendItsRequest) {
  SessionWorld world;
  End client = world.connect();

  world.worker->finish_here();
  world.settle();
  client.send(get);
  End origin = world.upstream(world.blue);
  origin.send(ok);
  world.settle();

  EXPECT_TRUE(client.receive().ends_with("hi"));
}

TEST(Finishing, EveryConnectionTheKernelHasTakenIsServed) {
  SessionWorld world;
  std::vector<End> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(world.dial());
    clients.back().send("TRACE / HTTP/1.0\r\nMax-Forwards: 0\r\n\r\n");
  }

  world.worker->finish_here();
  world.settle();

  int answered = 0;
  for (End& client : clients) answered += client.receive().starts_with("HTTP/1.1 ") ? 1 : 0;
  EXPECT_EQ(answered, 100);
}

TEST(Finishing, AConnectionThatIsStillWaitingToBeAcceptedDoesNotOutliveTheWorker) {
  SessionWorld world;
  End client = world.dial();
  client.send(get);

  world.worker.reset();

  std::ignore = client.receive();
  EXPECT_TRUE(client.closed);
}

TEST(Heads, OneOverTheLargestBufferIsA431NotSilence) {
  worker::Options options;
  options.limits.http.head_bytes_max = 256 * 1024;
  SessionWorld world{options};
  End client = world.connect();
  const std::string line = "X: " + std::string(8'000, 'x') + "\r\n";

  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  for (int i = 0; i < 12; ++i) {
    client.send(line);
    world.settle();
  }

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 431 "));
}

TEST(Heads, AResponseHeadOverTheLargestBufferIsABadResponse) {
  worker::Options options;
  options.limits.http.head_bytes_max = 256 * 1024;
  SessionWorld world{options};
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);
  const std::string line = "X: " + std::string(8'000, 'x') + "\r\n";

  origin.send("HTTP/1.1 200 OK\r\n");
  for (int i = 0; i < 12; ++i) {
    origin.send(line);
    world.settle();
  }

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 502 "));
  const auto kind = static_cast<std::size_t>(tally::Failure::bad_response);
  EXPECT_EQ(world.books(Color::blue).failures[kind], 1u);
}

TEST(WheelOfDeadlines, OneThatHasPassedAlreadyIsMetAtTheNextTick) {
  ManualTime time;
  net::asio::io_context io;
  net::Wheel wheel{time.now()};
  net::Stream stream{net::Socket{io.get_executor()}, nullptr};
  net::Deadline deadline{wheel, stream};

  deadline.at(time.now() - 5s);
  time.advance(200ms);
  wheel.turn(time.now());

  EXPECT_TRUE(stream.expired());
}

}  // namespace
}  // namespace sy::testing
