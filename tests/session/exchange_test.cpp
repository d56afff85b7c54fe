#include <gtest/gtest.h>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

TEST(Exchange, PicksByTheWeightsInForceWhenTheHeadArrives) {
  SessionWorld world;
  End client = world.connect();
  world.route({0, split::whole});

  client.send(get);

  EXPECT_TRUE(world.upstream(world.green).connected());
  EXPECT_FALSE(world.blue.accept().connected());
}

TEST(Exchange, StaysWithItsColorWhileTheWeightsChange) {
  SessionWorld world;
  End client = world.connect();
  client.send(get);
  End origin = world.upstream(world.blue);

  world.route({0, split::whole});
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nblue");
  world.settle();

  EXPECT_TRUE(client.receive().ends_with("blue"));
}

TEST(Exchange, GivesACookieWhileTrafficIsSplitAndHonoursIt) {
  SessionWorld world;
  world.route({5'000, 5'000});
  End client = world.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: other=1; switchyard=g.d1.0001\r\n\r\n");

  End origin = world.upstream(world.green);
  const std::string forwarded = origin.receive();

  EXPECT_NE(forwarded.find("Cookie: other=1\r\n"), std::string::npos) << forwarded;
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  world.settle();
  EXPECT_EQ(client.receive().find("Set-Cookie"), std::string::npos);
  client.send(get);
  world.settle();
  End either = world.green.accept();
  if (!either.connected()) either = world.blue.accept();
  (either.connected() ? either : origin).send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  world.settle();
  EXPECT_NE(client.receive().find("Set-Cookie: switchyard="), std::string::npos);
}

TEST(Exchange, IgnoresAPreviewHeaderFromStrangersAndStripsIt) {
  SessionWorld world;
  End client = world.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Switchyard-Color: green\r\n\r\n");

  End origin = world.upstream(world.blue);

  ASSERT_TRUE(origin.connected());
  EXPECT_EQ(origin.receive().find("witchyard-Color"), std::string::npos);
}

TEST(Exchange, HonoursAPreviewHeaderFromATrustedPeer) {
  worker::Options options;
  options.trusted = {"127.0.0.0/8"};
  SessionWorld world{options};
  End client = world.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Switchyard-Color: green\r\n\r\n");

  EXPECT_TRUE(world.upstream(world.green).connected());
}

TEST(Exchange, AnswersInMaintenanceButLetsHealthChecksThrough) {
  SessionWorld world;
  world.maintenance = true;
  world.route();
  End client = world.connect();

  client.send(get);
  EXPECT_FALSE(world.upstream(world.blue).connected());
  const std::string answer = client.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_NE(answer.find("Retry-After: 60\r\n"), std::string::npos) << answer;
  client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(world.upstream(world.blue).connected());
}

TEST(Exchange, SendsASmallBodyWithItsHead) {
  SessionWorld world;
  End client = world.connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");

  End origin = world.upstream(world.blue);

  EXPECT_TRUE(origin.receive().ends_with("\r\n\r\nhello"));
}

TEST(Exchange, StopsReadingAClientWhoseUpstreamDoesNotRead) {
  SessionWorld world;
  End client = world.connect();
  const std::size_t size = 64 * 1024 * 1024;
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
              "\r\n\r\n");
  End origin = world.upstream(world.blue);
  const std::string piece(256 * 1024, 'x');

  std::size_t sent = 0;
  for (int quiet = 0; quiet < 5;) {
    const std::size_t taken = client.push(piece);
    sent += taken;
    quiet = taken == 0 ? quiet + 1 : 0;
    world.settle();
    ASSERT_LT(sent, size);
  }
  std::size_t received = origin.receive().size();
  while (sent < size || received < size) {
    sent += client.push(std::string_view{piece}.substr(0, std::min(piece.size(), size - sent)));
    world.settle();
    const std::size_t more = origin.receive().size();
    received += more;
    if (sent == size && more == 0 && received >= size) break;
  }
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  world.settle();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(world.books(Color::blue).bytes_in, size);
}

TEST(Exchange, RelaysChunksWithTheirTrailersToOneOneAndBareToOneZero) {
  constexpr std::string_view response =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: "
      "1\r\n\r\n";
  SessionWorld world;
  End modern = world.connect();
  modern.send(get);
  End origin = world.upstream(world.blue);
  origin.send(response);
  world.settle();
  EXPECT_TRUE(modern.receive().ends_with("\r\n\r\n5\r\nabcde\r\n0\r\nX-Sum: 1\r\n\r\n"));
  End old = world.connect();
  old.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  world.settle();
  std::ignore = origin.receive();
  origin.send(response);
  world.settle();

  EXPECT_TRUE(old.receive().ends_with("\r\n\r\nabcde"));
  EXPECT_TRUE(old.closed);
}

TEST(Exchange, AnAnswerBeforeTheBodyIsInEndsTheConnection) {
  SessionWorld world;
  End client = world.connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nstart");
  End origin = world.upstream(world.blue);
  origin.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
  world.settle();

  const std::string answer = client.receive();

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
  std::ignore = origin.receive();
  EXPECT_TRUE(origin.closed);
}

TEST(Exchange, ABodyThatStallsGets408AndTheUpstreamIsNotBlamed) {
  SessionWorld world;
  End client = world.connect();
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nstart");
  End origin = world.upstream(world.blue);

  world.advance(6s);  // under 240 B/s after the first five seconds

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 408 "));
  const auto books = world.books(Color::blue);
  EXPECT_EQ(books.in_flight, 0);
  for (const auto failures : books.failures) EXPECT_EQ(failures, 0u);
}

}  // namespace
}  // namespace sy::testing
