// A worker whose candidate fails and whose live color is asked instead.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "support/session_world.h"

namespace sy::testing {

inline constexpr std::string_view bad =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno";

// Green is the candidate and has all traffic, blue is live.
class ShieldWorld : public ::testing::Test {
 protected:
  ShieldWorld() { begin(); }
  void begin(worker::Options options = {}) {
    world.become(std::move(options));
    world.route({0, split::whole});
    client = world.connect();
  }
  // What the client sent has reached green, and green says this.
  End green_says(std::string_view answer) {
    End origin = world.upstream(world.green);
    EXPECT_TRUE(origin.connected());
    received = origin.receive();
    origin.send(answer);
    world.settle();
    return origin;
  }
  // The replay has reached blue, and blue says this.
  End blue_says(std::string_view answer) {
    End origin = world.upstream(world.blue);
    EXPECT_TRUE(origin.connected());
    replayed = origin.receive();
    origin.send(answer);
    world.settle();
    return origin;
  }
  std::string told() { return client.receive(); }
  tally::Evidence evidence() { return world.worker->report().evidence; }
  tally::Mishap mishap() { return evidence().mishaps.at(0); }

  SessionWorld world;
  End client;
  std::string received;
  std::string replayed;
};

inline bool is_ok(const std::string& answer) { return answer.starts_with("HTTP/1.1 200 "); }

}  // namespace sy::testing
