// Situations that a review of the data plane thought up: deadlines that belong to someone else,
// retries with a body still to come, ends at awkward moments.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "net/tls.h"
#include "net/wheel.h"
#include "support/session_world.h"
#include "unit/net/made_certificates.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

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
  End origin = world.exchange(client);
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
  End origin = world.exchange(client);
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
  End origin = world.exchange(client);
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
  End origin = world.exchange(client);

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

TEST(Finishing, AWebSocketIsToldBeforeItIsClosed) {
  SessionWorld world;
  End client = world.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  End origin = world.upstream(world.blue);
  origin.send(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  world.settle();

  world.worker->close_here();
  world.settle();

  EXPECT_TRUE(client.receive().ends_with("\r\n\r\n\x88\x02\x03\xf4"));
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

// A TLS client whose bytes are sent when and as far as the test says.
class RecordedClient {
 public:
  RecordedClient(net::SslPtr ssl, End wire) : ssl_{std::move(ssl)}, wire_{std::move(wire)} {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in_, out_);
  }
  void shake() {
    const std::string come = wire_.receive();
    if (!come.empty()) BIO_write(in_, come.data(), static_cast<int>(come.size()));
    SSL_do_handshake(ssl_.get());
    send(encrypted());
  }
  std::string record(std::string_view text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    return encrypted();
  }
  void send(std::string_view bytes) const { wire_.send(bytes); }

 private:
  std::string encrypted() {
    std::string bytes(BIO_ctrl_pending(out_), '\0');
    BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }
  net::SslPtr ssl_;
  End wire_;
  BIO* in_;
  BIO* out_;
};

TEST(StreamOverTls, APartOfARecordIsNotBytesAtHand) {
  MadeCertificates made;
  net::ServerTlsOptions files;
  files.certificates = {made.issue("a", "DNS:a.test")};
  const auto server = net::ServerTls::load(files).value();
  const auto trusting =
      net::ClientTls::load(net::ClientTlsOptions{true, made.ca(), {"http/1.1"}}).value();
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  net::Poller poller;
  net::Stream stream{poller, ends[0], server->accept()};
  RecordedClient client{trusting->connect("a.test"), End{ends[1]}};
  std::array<char, 4'096> space;
  net::error_code error;
  for (int turn = 0; turn < 4; ++turn) {
    client.shake();
    std::ignore = stream.read_now(space, error);
  }
  const std::string record = client.record("hello");

  client.send(std::string_view{record}.substr(0, 12));
  EXPECT_EQ(stream.read_now(space, error), 0u);
  EXPECT_EQ(error, boost::asio::error::would_block);
  EXPECT_FALSE(stream.buffered());
  client.send(std::string_view{record}.substr(12));
  EXPECT_EQ(stream.read_now(std::span{space}.first(2), error), 2u);

  EXPECT_TRUE(stream.buffered());
  EXPECT_EQ(stream.read_now(space, error), 3u);
  EXPECT_FALSE(stream.buffered());
}

TEST(StreamOverTls, NothingIsReadOrWrittenAfterItWasClosed) {
  MadeCertificates made;
  net::ServerTlsOptions files;
  files.certificates = {made.issue("a", "DNS:a.test")};
  const auto server = net::ServerTls::load(files).value();
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  net::Poller poller;
  net::Stream stream{poller, ends[0], server->accept()};
  stream.close();
  const int taken = ::fcntl(ends[1], F_DUPFD_CLOEXEC, ends[0]);  // the number is used again
  std::array<char, 16> space;
  net::error_code error;

  EXPECT_EQ(stream.read_now(space, error), 0u);

  EXPECT_EQ(error, boost::asio::error::bad_descriptor);
  ::close(taken);
  ::close(ends[1]);
}

TEST(WheelOfDeadlines, OneThatHasPassedAlreadyIsMetAtTheNextTick) {
  ManualTime time;
  net::Poller poller;
  net::Wheel wheel{time.now()};
  net::Stream stream{poller, -1, nullptr};
  net::Deadline deadline{wheel, stream};

  deadline.at(time.now() - 5s);
  time.advance(200ms);
  wheel.turn(time.now());

  EXPECT_TRUE(stream.expired());
}

}  // namespace
}  // namespace sy::testing
