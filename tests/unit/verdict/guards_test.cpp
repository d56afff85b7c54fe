#include "verdict/guards.h"

#include <gtest/gtest.h>

#include "unit/verdict/world.h"

namespace sy::verdict::test {
namespace {

using namespace std::chrono_literals;

TEST(Seen, CountsEachKeyWithinItsWindow) {
  Seen seen{8, 10min};
  EXPECT_EQ(seen.count(7, start), 0u);
  EXPECT_EQ(seen.count(7, start + 1min), 1u);
  EXPECT_EQ(seen.count(7, start + 10min), 2u);
  EXPECT_EQ(seen.count(8, start), 0u);
  EXPECT_EQ(seen.count(7, start + 10min + 1ns), 0u);
}

TEST(Seen, PushesOutTheOldestOfAFullSet) {
  Seen seen{1, 10min};
  for (std::uint64_t key = 1; key <= Seen::ways; ++key) {
    EXPECT_EQ(seen.count(key, start + std::chrono::seconds{key}), 0u);
  }
  EXPECT_EQ(seen.count(99, start + 1min), 0u);
  EXPECT_EQ(seen.count(2, start + 1min), 1u);
  EXPECT_EQ(seen.count(3, start + 1min), 1u);
  EXPECT_EQ(seen.count(99, start + 1min), 1u);
  EXPECT_EQ(seen.count(1, start + 1min), 0u) << "the oldest was pushed out";
}

TEST(Seen, KeepsThousandsOfKeys) {
  Seen seen{guard_sets, 10min};
  for (std::uint64_t key = 1; key <= 2'000; ++key) seen.count(mixed(key, 1), start);
  int kept = 0;
  for (std::uint64_t key = 1; key <= 2'000; ++key) kept += seen.count(mixed(key, 1), start) > 0;
  EXPECT_GT(kept, 1'700);
}

TEST(Variety, NeedsTwoClientsOrTwoRoutes) {
  Variety variety;
  EXPECT_FALSE(variety.two());
  variety.add(1, 1);
  variety.add(1, 1);
  EXPECT_FALSE(variety.two());
  auto routes = variety;
  routes.add(1, 2);
  EXPECT_TRUE(routes.two());
  variety.add(2, 1);
  variety.add(2, 1);
  EXPECT_TRUE(variety.two());
}

TEST(Guards, DoNotLetOneClientOnOneRouteRevert) {
  for (const auto replay : {Replay::none, Replay::live_well, Replay::live_failed}) {
    World world;
    for (int n = 0; n < 1'000; ++n) {
      auto mishap = world.mishap();
      mishap.client = 7;
      mishap.replay = replay;
      mishap.hard = true;
      mishap.failure = tally::Failure::reset;
      world.fail(mishap, 3);
      EXPECT_NE(world.verdict().kind, Kind::breach) << n;
    }
    EXPECT_LE(world.verdict().charged, 2u);
    EXPECT_EQ(world.verdict().failures, 1'000u);
  }
}

TEST(Guards, SayThatAllFailuresAreOfOneClient) {
  World world;
  for (int n = 0; n < 12; ++n) {
    auto mishap = world.mishap();
    mishap.client = 7;
    world.fail(mishap);
  }
  world.answer(Color::green, 400);
  EXPECT_EQ(world.verdict().kind, Kind::healthy);
  EXPECT_EQ(world.verdict().words,
            "healthy, n=412, 12 failures: 95 % that p < 4.7 %; 12 failures, all of one client on "
            "one route: not charged");
}

TEST(Guards, DoNotTakeWhatTheyLetThroughForHealth) {
  World world;
  for (int i = 0; i < 400; ++i) {
    auto mishap = world.mishap();
    mishap.client = 1;
    world.fail(mishap);
  }
  EXPECT_EQ(world.verdict().kind, Kind::inconclusive) << world.verdict().words;
}

TEST(Guards, ChargeAClientAgainAfterTenMinutes) {
  World world;
  const auto fail_twice = [&world] {
    for (int n = 0; n < 3; ++n) {
      auto mishap = world.mishap();
      mishap.client = 7;
      world.fail(mishap);
    }
  };
  fail_twice();
  EXPECT_EQ(world.verdict().charged, 2u);
  world.now += 11min;
  fail_twice();
  EXPECT_EQ(world.verdict().charged, 4u);
}

TEST(Guards, CountTwoRoutesOfOneClientAsTwo) {
  World world;
  std::uint64_t failures = 0;
  for (const char* route : {"GET /a", "GET /b", "GET /a", "GET /b", "GET /c"}) {
    auto mishap = world.mishap();
    mishap.client = 7;
    mishap.route = route;
    world.fail(mishap, 2);
    ++failures;
    if (world.verdict().kind == Kind::breach) break;
  }
  EXPECT_EQ(world.verdict().kind, Kind::breach);
  EXPECT_LE(failures, 5u);
}

TEST(Guards, TakeARequestOnce) {
  World world;
  for (int n = 0; n < 20; ++n) {
    auto mishap = world.mishap();
    mishap.request = 42;
    world.fail(mishap, 1);
  }
  EXPECT_EQ(world.verdict().charged, 1u);
  EXPECT_NE(world.verdict().kind, Kind::breach);
}

TEST(Guards, TakeRequestsWithoutAnIdEachForItself) {
  World world{1.0};
  for (int n = 0; n < 4; ++n) {
    auto mishap = world.mishap();
    mishap.request = 0;
    world.fail(mishap);
  }
  EXPECT_EQ(world.verdict().charged, 4u);
}

}  // namespace
}  // namespace sy::verdict::test
