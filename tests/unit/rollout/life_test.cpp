// A rollout from its start to its end.
#include <gtest/gtest.h>

#include "rollout_rig.h"

namespace sy::rollout {
namespace {

using namespace std::chrono_literals;

TEST(ARollout, GoesHoldByHoldAndMakesTheCandidateLiveOnlyAfterTheBake) {
  Rig rig;
  ASSERT_TRUE(rig.take(Rig::start()));
  EXPECT_EQ(rig.state.rollout->id, "r1");
  EXPECT_EQ(rig.state.weight, (PerColor<int>{9'900, 100}));
  EXPECT_EQ(rig.pass(59s, 300).action, "");
  EXPECT_EQ(rig.pass(1s).action, "hold");
  EXPECT_EQ(rig.state.weight, (PerColor<int>{9'000, 1'000}));
  EXPECT_EQ(rig.pass(5min, 299).action, "");
  EXPECT_EQ(rig.pass(1s, 1).action, "hold");
  EXPECT_EQ(rig.pass(5min, 300).action, "hold");
  EXPECT_EQ(rig.state.rollout->phase, Phase::baking);
  EXPECT_EQ(rig.state.weight, (PerColor<int>{0, 10'000}));
  EXPECT_EQ(rig.state.live, Color::blue);
  EXPECT_EQ(rig.state.previous, std::nullopt);
  EXPECT_EQ(rig.pass(10min, 300).action, "completed");
  EXPECT_TRUE(rig.last.forward);
  EXPECT_EQ(rig.state.live, Color::green);
  EXPECT_EQ(rig.state.previous, Color::blue);
  EXPECT_FALSE(rig.state.rollout);
  EXPECT_EQ(rig.state.last->outcome, "completed");
  EXPECT_EQ(rig.state.last->id, "r1");
  EXPECT_EQ(rig.state.last->version, two);
}

}  // namespace
}  // namespace sy::rollout
