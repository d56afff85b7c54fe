#include <gtest/gtest.h>

#include "split/pick.h"
#include "support/session_world.h"

namespace sy::testing {
namespace {

class Affinity : public ::testing::Test {
 protected:
  struct Told {
    Color color = Color::blue;
    std::string cookie;  // "switchyard=…", when one was given
  };
  // One request with this Cookie, or none.
  Told ask(std::string_view cookie) {
    End client = world.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n" +
                (cookie.empty() ? "" : "Cookie: " + std::string{cookie} + "\r\n") + "\r\n");
    world.settle();
    End origin = world.green.accept();
    Told told{origin.connected() ? Color::green : Color::blue, {}};
    if (!origin.connected()) origin = world.blue.accept();
    origin.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    world.settle();
    const std::string answer = client.receive();
    const std::size_t at = answer.find("Set-Cookie: ");
    if (at != answer.npos) told.cookie = answer.substr(at + 12, answer.find(';', at) - at - 12);
    return told;
  }
  // Of a client that was led to the candidate at 10 %.
  std::string cookie_of_green() {
    deploy("d1", 1'000);
    Told told;
    for (int i = 0; i < 20 && told.color == Color::blue; ++i) told = ask("");
    EXPECT_TRUE(told.cookie.starts_with("switchyard=g.d1.")) << told.cookie;
    return told.cookie;
  }
  void deploy(std::string name, int candidate) {
    world.deploy = std::move(name);
    world.route({split::whole - candidate, candidate});
  }

  SessionWorld world;
};

TEST_F(Affinity, ACookieOfARevertedDeployIsIgnoredAndIssuedAnew) {
  const std::string old = cookie_of_green();
  deploy("d1", 0);  // reverted

  deploy("d2", 1);
  const Told told = ask(old);

  EXPECT_EQ(told.color, Color::blue);
  EXPECT_TRUE(told.cookie.starts_with("switchyard=b.d2.")) << told.cookie;
}

TEST_F(Affinity, AtNoPercentACookieOfTheCandidateLeadsToLive) {
  const std::string old = cookie_of_green();

  deploy("d1", 0);

  EXPECT_EQ(ask(old).color, Color::blue);
}

TEST_F(Affinity, AClientOnTheCandidateStaysThereWhileItsShareGrows) {
  const std::string on_green = cookie_of_green();

  for (const int percent : {1'000, 2'500, 5'000, 9'999, 10'000}) {
    deploy("d1", percent);
    const Told told = ask(on_green);
    EXPECT_EQ(told.color, Color::green) << percent;
    EXPECT_EQ(told.cookie, "");
  }
}

// Interlock 10: installing is where one worker changes over, and the API answers after all have.
TEST_F(Affinity, Interlock10NoRequestAfterAnInstallUsesTheOldWeights) {
  End early = world.connect();
  early.send("GET / HTTP/1.1\r\nHost: a\r\n");
  world.settle();
  for (int i = 0; i < 50; ++i) {
    const bool green = i % 2 == 0;
    world.route(green ? PerColor<int>{0, split::whole} : PerColor<int>{split::whole, 0});
    EXPECT_EQ(ask("").color, green ? Color::green : Color::blue);
  }
  early.send("\r\n");  // its head is complete only now
  EXPECT_TRUE(world.upstream(world.blue).connected());
}

// Interlock 8: going back is an install like any other and waits for nothing on this side.
TEST_F(Affinity, Interlock8GoingBackHoldsForTheVeryNextRequestOfAnOpenConnection) {
  world.route({0, split::whole});
  End client = world.connect();
  client.send(get);
  End green = world.upstream(world.green);
  green.send(ok);
  world.settle();

  world.route({split::whole, 0});
  client.send(get);

  EXPECT_TRUE(world.upstream(world.blue).connected());
}

}  // namespace
}  // namespace sy::testing
