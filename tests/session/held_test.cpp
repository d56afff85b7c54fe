#include <gtest/gtest.h>

#include <vector>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

// Blue is live and has all traffic; green is shut, so nobody else can take it.
class Held : public ::testing::Test {
 protected:
  Held() { begin(); }
  void begin(worker::Options options = {}) {
    world.become(std::move(options));
    world.open.green = false;
    world.green.shut();
    world.route();
    world.blue.shut();
  }
  End ask(std::string_view request = get) {
    End client = world.connect();
    client.send(request);
    world.settle();
    return client;
  }
  // Connections that came to blue since it was asked last; they stay open.
  std::size_t knocks() {
    std::size_t count = 0;
    for (End one = world.blue.accept(); one.connected(); one = world.blue.accept()) {
      came.push_back(std::move(one));
      ++count;
    }
    return count;
  }
  void answer_all() {
    for (End& one : came) {
      if (!one.receive().empty()) one.send(ok);
    }
    world.settle();
  }

  SessionWorld world;
  std::vector<End> came;
};

TEST_F(Held, RequestsWaitForAColorThatVanishedAndGoOnWhenItIsBack) {
  std::vector<End> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(ask());
  world.advance(1s);
  for (End& client : clients) EXPECT_EQ(client.receive(), "");

  world.blue.reopen();
  world.advance(100ms);
  EXPECT_EQ(knocks(), 5u);
  answer_all();

  for (End& client : clients) EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(world.worker->report().evidence.failures.blue, 0u);
}

TEST_F(Held, APostThatWasNotSentWaitsToo) {
  End client = ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  world.blue.reopen();
  world.advance(100ms);
  ASSERT_EQ(knocks(), 1u);
  client.send("dy");
  world.settle();
  EXPECT_TRUE(came[0].receive().ends_with("\r\n\r\nbody"));
}

TEST_F(Held, PastTheTimeItIsA503WithRetryAfter) {
  End client = ask();
  world.advance(1900ms);
  EXPECT_EQ(client.receive(), "");

  world.advance(200ms);

  const std::string answer = client.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_NE(answer.find("Retry-After: 1\r\n"), std::string::npos) << answer;
  EXPECT_EQ(world.worker->report().evidence.failures.blue, 1u);
}

TEST_F(Held, PastTheirNumberItIsA503AtOnce) {
  worker::Options options;
  options.shield.held_max = 2;
  begin(options);
  const End one = ask();
  const End two = ask();
  End three = ask();

  EXPECT_TRUE(three.receive().starts_with("HTTP/1.1 503 "));
}

TEST_F(Held, NobodyWaitsWhenItIsOff) {
  worker::Options options;
  options.shield.hold_max = {};
  begin(options);
  End client = ask();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 503 "));
}

TEST_F(Held, NobodyWaitsForAGateThatIsShut) {
  world.open.blue = false;
  world.route();
  End client = ask();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 503 "));
}

TEST_F(Held, OneConnectIn100MillisecondsForAllWhoWait) {
  std::vector<End> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(ask());
  const auto connects = [&] { return world.books(Color::blue).connects; };
  const auto before = connects();

  world.advance(1s);
  clients.push_back(ask());

  EXPECT_GE(connects(), before + 9);
  EXPECT_LE(connects(), before + 11);
}

TEST_F(Held, AClientThatLeavesFreesItsPlace) {
  worker::Options options;
  options.shield.held_max = 1;
  begin(options);
  End first = ask();
  first.close();
  world.advance(100ms);
  End second = ask();

  EXPECT_EQ(second.receive(), "");
  world.blue.reopen();
  world.advance(100ms);
  EXPECT_EQ(knocks(), 1u);
}

TEST_F(Held, AnotherColorThatOpensTakesThemOver) {
  End client = ask();
  world.green.reopen();
  world.open.green = true;
  world.route({0, split::whole});
  End green = world.upstream(world.green);
  ASSERT_TRUE(green.connected());
  green.send(ok);
  world.settle();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(Held, AGateThatShutsMeanwhileDoesNotSendThemAway) {
  End client = ask();
  world.advance(500ms);
  world.open.blue = false;
  world.route();
  EXPECT_EQ(client.receive(), "");

  world.blue.reopen();
  world.advance(100ms);

  EXPECT_EQ(knocks(), 1u);
}

TEST_F(Held, DrainingLetsThemWait) {
  End client = ask();
  world.worker->finish_here();
  world.settle();
  world.blue.reopen();
  world.advance(100ms);
  EXPECT_EQ(knocks(), 1u);
  answer_all();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(Held, ClosingSendsThemAway) {
  End client = ask();
  world.worker->close_here();
  world.advance(100ms);

  std::ignore = client.receive();
  EXPECT_TRUE(client.closed);
}

TEST_F(Held, AWorkerThatEndsTakesThemWithIt) {
  const End client = ask();
  world.worker.reset();
}

TEST_F(Held, AReplayWaitsForLiveAsWell) {
  world.green.reopen();
  world.open = {true, true};
  world.route({0, split::whole});
  End client = ask();
  End green = world.upstream(world.green);
  ASSERT_TRUE(green.connected());
  green.send("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
  world.advance(300ms);
  EXPECT_EQ(client.receive(), "");

  world.blue.reopen();
  world.advance(100ms);
  ASSERT_EQ(knocks(), 1u);
  answer_all();

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(Held, ManyWhoseTimeIsOverEndTogether) {
  std::vector<End> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(ask());
  world.advance(2200ms);

  for (End& client : clients) EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 503 "));
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
}

}  // namespace
}  // namespace sy::testing
