#include "control/edge/pursuit.h"

#include <gtest/gtest.h>

namespace sy::control::edge {
namespace {

using namespace std::chrono_literals;

constexpr Instant t0{1h};

Look running(const std::string& proxy, int weight, const std::string& phase = "shifting") {
  api::RolloutView rollout{.id = "r1", .color = Color::green, .version = "v20240102-bbbbbbb"};
  rollout.phase = phase;
  rollout.hold = 1;
  rollout.weight = weight;
  rollout.standing = "41 s to go";
  api::RolloutsView view{.rollout = rollout};
  view.verdict.kind = "healthy";
  view.verdict.words = "healthy, n=120";
  return {proxy, view};
}

Look over(const std::string& proxy, const std::string& outcome, const std::string& why = "") {
  api::RolloutsView view;
  view.last_rollout = api::EndedView{.id = "r1", .outcome = outcome, .why = why};
  return {proxy, view};
}

using Lines = std::vector<std::string>;

TEST(APursuit, SaysEachChangeOnceAndShowsTheOneThatIsLeastFar) {
  Pursuit pursuit{{{"a", "r1"}, {"b", "r1"}}, 60s};

  EXPECT_EQ(pursuit.news({running("a", 5'000), running("b", 1'000)}, t0),
            (Lines{"a: green 50 %, shifting: 41 s to go · healthy, n=120",
                   "b: green 10 %, shifting: 41 s to go · healthy, n=120"}));
  EXPECT_EQ(pursuit.news({running("a", 5'000), running("b", 1'000)}, t0 + 1s), Lines{});
  EXPECT_DOUBLE_EQ(pursuit.share(), 0.1);
  EXPECT_FALSE(pursuit.over());
}

TEST(APursuit, IsOverWhenAllHaveCompleted) {
  Pursuit pursuit{{{"a", "r1"}, {"b", "r1"}}, 60s};

  std::ignore = pursuit.news({over("a", "completed"), running("b", 10'000, "baking")}, t0);
  EXPECT_FALSE(pursuit.over());
  EXPECT_EQ(pursuit.news({over("a", "completed"), over("b", "completed")}, t0 + 1s),
            Lines{"b: completed"});
  ASSERT_TRUE(pursuit.over());
  EXPECT_TRUE(pursuit.over()->completed);
}

TEST(APursuit, IsOverWithTheFirstRevert) {
  Pursuit pursuit{{{"a", "r1"}, {"b", "r1"}}, 60s};

  std::ignore = pursuit.news({running("a", 5'000), over("b", "reverted", "green fails")}, t0);

  ASSERT_TRUE(pursuit.over());
  EXPECT_FALSE(pursuit.over()->completed);
  EXPECT_EQ(pursuit.over()->proxy + " " + pursuit.over()->outcome + " " + pursuit.over()->why,
            "b reverted green fails");
}

TEST(APursuit, IsPatientWithAProxyThatIsSilent) {
  Pursuit pursuit{{{"a", "r1"}}, 60s};

  EXPECT_EQ(pursuit.news({{"a", {}}}, t0), Lines{"does not answer; trying again"});
  EXPECT_EQ(pursuit.news({{"a", {}}}, t0 + 59s), Lines{});
  EXPECT_FALSE(pursuit.over());
  EXPECT_EQ(pursuit.news({running("a", 100)}, t0 + 59s),
            (Lines{"answers again", "green 1 %, shifting: 41 s to go · healthy, n=120"}));
  std::ignore = pursuit.news({{"a", {}}}, t0 + 70s);
  std::ignore = pursuit.news({{"a", {}}}, t0 + 130s);
  ASSERT_TRUE(pursuit.over());
  EXPECT_EQ(pursuit.over()->outcome, "lost");
}

TEST(APursuit, DoesNotWaitForEverForAProxyThatNobodyAsksAnyMore) {
  Pursuit pursuit{{{"a", "r1"}, {"b", "r1"}}, 60s};

  std::ignore = pursuit.news({over("a", "completed")}, t0);
  EXPECT_FALSE(pursuit.over());
  std::ignore = pursuit.news({over("a", "completed")}, t0 + 60s);

  ASSERT_TRUE(pursuit.over());
  EXPECT_EQ(pursuit.over()->proxy, "b");
  EXPECT_EQ(pursuit.over()->outcome, "lost");
}

TEST(APursuit, OfARolloutThatIsForgottenIsLost) {
  Pursuit pursuit{{{"a", "r7"}}, 60s};

  std::ignore = pursuit.news({over("a", "completed")}, t0);

  ASSERT_TRUE(pursuit.over());
  EXPECT_EQ(pursuit.over()->why, "it knows nothing of its rollout any more");
}

}  // namespace
}  // namespace sy::control::edge
