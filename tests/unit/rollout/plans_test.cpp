#include <gtest/gtest.h>

#include "rollout/options.h"

namespace sy::rollout {
namespace {

using namespace std::chrono_literals;

std::string flaw(const Plan& plan) {
  const auto sound = check(plan);
  if (sound) return "";
  EXPECT_EQ(sound.error().status, 422);
  return sound.error().what;
}

std::string flaw_of(std::vector<Hold> holds) { return flaw(Plan{.holds = std::move(holds)}); }

TEST(Plans, ThatHaveNamesAreSound) {
  for (const auto& [name, plan] : named_plans()) {
    EXPECT_EQ(flaw(plan), "") << name;
    EXPECT_EQ(plan.name, name);
  }
  EXPECT_EQ(named_plans().size(), 4U);
  EXPECT_EQ(named_plans().at("linear").holds.size(), 10U);
  EXPECT_TRUE(named_plans().contains(Options{}.standard));
}

TEST(Plans, AreRefusedWithTheHoldThatIsWrong) {
  EXPECT_EQ(flaw_of({}), "holds: at least one is needed, the last at 100 %");
  EXPECT_EQ(flaw_of({{5'000}, {1'000}, {10'000}}), "holds[1]: 10 % does not rise over 50 %");
  EXPECT_EQ(flaw_of({{5'000}, {5'000}, {10'000}}), "holds[1]: 50 % does not rise over 50 %");
  EXPECT_EQ(flaw_of({{100}, {5'000}}), "holds[1]: the last must be 100 %, not 50 %");
  EXPECT_EQ(flaw_of({{0}, {10'000}}), "holds[0]: 0 % is not more than 0 % and at most 100 %");
  EXPECT_EQ(flaw_of({{-1}, {10'000}}), "holds[0]: -0.01 % is not more than 0 % and at most 100 %");
  EXPECT_EQ(flaw_of({{10'001}}), "holds[0]: 100.01 % is not more than 0 % and at most 100 %");
  EXPECT_EQ(flaw_of({{10'000, -1s}}), "holds[0]: the time must be between 0 and 30 days");
  EXPECT_EQ(flaw_of({{10'000, 30 * 24h}}), "");
  EXPECT_EQ(flaw_of({{10'000, 30 * 24h + 1ns}}),
            "holds[0]: the time must be between 0 and 30 days");
  EXPECT_EQ(flaw_of({{10'000, 1s, 0}}), "holds[0]: at least 1 request must have passed");
}

TEST(Plans, HaveAtMostThirtyTwoHolds) {
  std::vector<Hold> holds;
  for (int weight = 1; weight <= 32; ++weight) holds.push_back({weight});
  holds.back().weight = 10'000;
  EXPECT_EQ(flaw_of(holds), "");
  holds.insert(holds.end() - 1, {9'999});
  EXPECT_EQ(flaw_of(holds), "holds: 33 are more than 32");
}

TEST(Plans, AreRefusedWithTimesThatCanNeverBeRight) {
  Plan plan{.holds = {{10'000}}};
  plan.gate_timeout = -1s;
  EXPECT_EQ(flaw(plan), "gate.timeout: must be between 0 and 30 days");
  plan.gate_timeout = 0s;
  EXPECT_EQ(flaw(plan), "");
  plan.approval = Approval{.before = 0};
  EXPECT_EQ(flaw(plan), "approval.before: 0 % is not more than 0 % and at most 100 %");
  plan.approval = Approval{.before = 10'001};
  EXPECT_EQ(flaw(plan), "approval.before: 100.01 % is not more than 0 % and at most 100 %");
  plan.approval = Approval{.timeout = 0s};
  EXPECT_EQ(flaw(plan), "approval.timeout: must be more than 0 and at most 30 days");
  plan.approval = Approval{.timeout = hold_max + 1ns};
  EXPECT_EQ(flaw(plan), "approval.timeout: must be more than 0 and at most 30 days");
}

}  // namespace
}  // namespace sy::rollout
