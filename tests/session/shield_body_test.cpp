#include "shield_world.h"

namespace sy::testing {
namespace {

using ShieldBody = ShieldWorld;

TEST_F(ShieldBody, APostWithoutAKeyIsNotReplayed) {
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
  const End green = green_says(bad);

  EXPECT_TRUE(told().starts_with("HTTP/1.1 500 "));
  EXPECT_FALSE(world.blue.accept().connected());
  EXPECT_EQ(evidence().unshielded, 0u);
}

TEST_F(ShieldBody, APostWithAnIdempotencyKeyIs) {
  client.send("POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: 1\r\nContent-Length: 2\r\n\r\nhi");
  const End green = green_says(bad);
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
  EXPECT_TRUE(replayed.ends_with("\r\n\r\nhi"));
}

TEST_F(ShieldBody, AnUploadOfKnownLengthIsKeptAndSentAgain) {
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
  const End green = world.upstream(world.green);
  client.send("def");
  world.settle();
  client.send("ghi");
  world.settle();
  green.send(bad);
  world.settle();
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
  EXPECT_TRUE(replayed.ends_with("\r\n\r\nabcdefghi")) << replayed;
}

TEST_F(ShieldBody, ALargeUploadIsKeptAndSentAgain) {
  worker::Options options;
  options.shield.replay_bytes_max = 300'000;
  begin(options);
  const std::string body(200'000, 'x');
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
  End green = world.upstream(world.green);
  client.send(body);
  world.settle();
  std::ignore = green.receive();
  world.settle();
  green.send(bad);
  world.settle();
  End blue = world.upstream(world.blue);
  std::string got = blue.receive();
  world.settle();
  got += blue.receive();

  EXPECT_TRUE(got.ends_with("\r\n\r\n" + body)) << got.size();
}

TEST_F(ShieldBody, AChunkedUploadIsKeptWithItsTrailers) {
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  const End green = world.upstream(world.green);
  client.send("3\r\ndef\r\n0\r\nChecksum: 7\r\n\r\n");
  world.settle();
  green.send(bad);
  world.settle();
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
  EXPECT_TRUE(replayed.ends_with("\r\n\r\n6\r\nabcdef\r\n0\r\nChecksum: 7\r\n\r\n")) << replayed;
}

TEST_F(ShieldBody, AnUploadHalfWayGoesOnToLive) {
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  End green = world.upstream(world.green);
  green.reset();
  world.settle();
  End blue = world.upstream(world.blue);
  ASSERT_TRUE(blue.connected());
  EXPECT_TRUE(blue.receive().ends_with("\r\n\r\n3\r\nabc\r\n"));
  client.send("3\r\ndef\r\n0\r\n\r\n");
  world.settle();
  EXPECT_EQ(blue.receive(), "3\r\ndef\r\n0\r\n\r\n");
  blue.send(ok);
  world.settle();

  EXPECT_TRUE(is_ok(told()));
  EXPECT_FALSE(client.closed);
}

TEST_F(ShieldBody, ABodyOverTheLimitIsNotReplayedAndOneAtTheLimitIs) {
  worker::Options options;
  options.shield.replay_bytes_max = 10;
  for (const std::size_t size : {10u, 11u}) {
    for (const bool at_once : {true, false}) {
      SCOPED_TRACE(std::to_string(size) + (at_once ? " at once" : " in pieces"));
      begin(options);
      const std::string head =
          "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
      client.send(head + std::string(at_once ? size : 1, 'x'));
      const End green = world.upstream(world.green);
      if (!at_once) client.send(std::string(size - 1, 'x'));
      world.settle();
      green.send(bad);
      world.settle();
      EXPECT_EQ(world.blue.accept().connected(), size == 10);
    }
  }
}

TEST_F(ShieldBody, AClientAskedToGoOnOnceIsNotAskedAgain) {
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  const End green = world.upstream(world.green);
  green.send("HTTP/1.1 100 Continue\r\n\r\n");
  world.settle();
  client.send("hi");
  world.settle();
  green.send(bad);
  world.settle();
  const End blue = blue_says("HTTP/1.1 100 Continue\r\n\r\n" + std::string{ok});

  const std::string answer = told();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 ")) << answer;
  EXPECT_EQ(answer.find("HTTP/1.1 100 ", 1), answer.npos) << answer;
  EXPECT_NE(answer.find("HTTP/1.1 200 "), answer.npos) << answer;
}

TEST_F(ShieldBody, AClientThatWaitsForA100GetsItFromLive) {
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  End green = world.upstream(world.green);
  green.reset();
  world.settle();
  End blue = world.upstream(world.blue);
  EXPECT_TRUE(blue.receive().ends_with("\r\n\r\n"));
  blue.send("HTTP/1.1 100 Continue\r\n\r\n");
  world.settle();
  EXPECT_TRUE(told().starts_with("HTTP/1.1 100 "));
  client.send("hi");
  world.settle();
  EXPECT_EQ(blue.receive(), "hi");
  blue.send(ok);
  world.settle();

  EXPECT_TRUE(is_ok(told()));
}

}  // namespace
}  // namespace sy::testing
