#include "health/gate.h"

#include <gtest/gtest.h>

#include <vector>

#include "health/jitter.h"

namespace sy::health {
namespace {

using namespace std::chrono_literals;

Options with(int rise, int fall) {
  Options options;
  options.rise = rise;
  options.fall = fall;
  return options;
}

// The gate after each probe: '+' good, '-' bad; 'O' open, 's' shut.
std::string walk(Gate gate, std::string_view probes) {
  std::string states;
  for (const char probe : probes) {
    gate.observe(probe == '+');
    states.push_back(gate.open() ? 'O' : 's');
  }
  return states;
}

TEST(HealthGate, StartsShut) { EXPECT_FALSE(Gate{Options{}}.open()); }

TEST(HealthGate, OpensAfterRiseGoodProbesInARow) {
  EXPECT_EQ(walk(Gate{with(2, 3)}, "++++"), "sOOO");
  EXPECT_EQ(walk(Gate{with(2, 3)}, "+-+-++"), "sssssO");
}

TEST(HealthGate, ShutsAfterFallBadProbesInARow) {
  EXPECT_EQ(walk(Gate{with(2, 3)}, "++---"), "sOOOs");
  EXPECT_EQ(walk(Gate{with(2, 3)}, "++--+--+---"), "sOOOOOOOOOs");
}

TEST(HealthGate, WithRiseAndFallOfOneFollowsEveryProbe) {
  EXPECT_EQ(walk(Gate{with(1, 1)}, "+-+--+"), "OsOssO");
}

TEST(HealthGate, SaysWhichProbeMovedIt) {
  Gate gate{with(2, 3)};
  std::vector<bool> moved;

  for (const bool good : {true, true, true, false, false, false, false}) {
    moved.push_back(gate.observe(good));
  }

  EXPECT_EQ(moved, (std::vector<bool>{false, true, false, false, false, true, false}));
}

TEST(HealthJitter, StaysWithinATenthOfTheIntervalAndReachesBothEnds) {
  EXPECT_EQ(jittered(1s, 0), 900ms);
  EXPECT_EQ(jittered(1s, 0x80000000u), 1s);
  EXPECT_GT(jittered(1s, 0xffffffffu), 1099ms);
  EXPECT_LE(jittered(1s, 0xffffffffu), 1100ms);
  static_assert(jittered(10s, 0) == 9s);
}

}  // namespace
}  // namespace sy::health
