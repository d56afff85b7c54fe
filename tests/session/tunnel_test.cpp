#include <gtest/gtest.h>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view upgrade =
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
constexpr std::string_view switched =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

struct Tunnelled {
  End client;
  End origin;
};

Tunnelled open(SessionWorld& world) {
  Tunnelled tunnel{world.connect(), End{}};
  tunnel.client.send(upgrade);
  tunnel.origin = world.upstream(world.blue);
  std::ignore = tunnel.origin.receive();
  tunnel.origin.send(switched);
  world.settle();
  EXPECT_TRUE(tunnel.client.receive().starts_with("HTTP/1.1 101 "));
  return tunnel;
}

TEST(Tunnel, CarriesBytesBothWaysAfterThe101) {
  SessionWorld world;
  Tunnelled tunnel = open(world);

  tunnel.client.send("ping");
  world.settle();
  EXPECT_EQ(tunnel.origin.receive(), "ping");
  tunnel.origin.send("pong");
  world.settle();
  EXPECT_EQ(tunnel.client.receive(), "pong");
  EXPECT_EQ(world.books(Color::blue).open_tunnels, 1);
}

TEST(Tunnel, DeliversWhatWasSentBeforeOneSideEnds) {
  SessionWorld world;
  Tunnelled tunnel = open(world);

  tunnel.origin.send("last words");
  tunnel.origin.close();
  world.settle();

  EXPECT_EQ(tunnel.client.receive(), "last words");
  EXPECT_TRUE(tunnel.client.closed);
  world.advance(3s);
  EXPECT_EQ(world.books(Color::blue).open_tunnels, 0);
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
}

TEST(Tunnel, StaysOpenAcrossASwitchWhenThePolicyIsKeep) {
  SessionWorld world;
  Tunnelled tunnel = open(world);

  world.route({0, split::whole});
  world.advance(10s);
  tunnel.client.send("still here");
  world.settle();

  EXPECT_EQ(tunnel.origin.receive(), "still here");
}

TEST(Tunnel, EndsWithAClose1012AfterASwitchWhenThePolicyIsClose) {
  SessionWorld world;
  world.tunnels = split::TunnelPolicy::close;
  Tunnelled tunnel = open(world);

  world.route({0, split::whole});
  world.advance(3s);

  EXPECT_EQ(tunnel.client.receive(), "\x88\x02\x03\xf4");
  EXPECT_TRUE(tunnel.client.closed);
}

TEST(Tunnel, StaysWhenItsColorHasItsTrafficBackBeforeTheDrainIsOver) {
  SessionWorld world;
  world.tunnels = split::TunnelPolicy::drain;
  Tunnelled tunnel = open(world);

  world.route({0, split::whole});
  world.route({split::whole, 0});
  world.advance(5s);
  tunnel.client.send("still here");
  world.settle();

  EXPECT_EQ(tunnel.origin.receive(), "still here");
}

TEST(Tunnel, WaitsForTheEndOfAFrameBeforeItCloses) {
  SessionWorld world;
  world.tunnels = split::TunnelPolicy::close;
  Tunnelled tunnel = open(world);
  tunnel.origin.send(
      std::string_view{"\x82\x04"
                       "ab",
                       4});
  world.settle();
  world.route({0, split::whole});
  world.advance(2500ms);
  tunnel.origin.send("cd");
  world.advance(1s);

  EXPECT_EQ(tunnel.client.receive(), std::string_view("\x82\x04"
                                                      "abcd"
                                                      "\x88\x02\x03\xf4"));
}

}  // namespace
}  // namespace sy::testing
