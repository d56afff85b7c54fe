#include <gtest/gtest.h>

#include "support/control_facts.h"

namespace sy::control {
namespace {

using namespace sy::testing;

Facts claimed(const records::Claim& claim, bool free) {
  Facts facts = quiet_facts();
  (*facts.seen)->claim = claim;
  facts.claim_free = free;
  return facts;
}

TEST(Standing, NobodyIsAtWorkWithoutAClaim) {
  EXPECT_FALSE(standing(quiet_facts()));
  EXPECT_FALSE(standing(Facts{}));
}

TEST(Standing, WhatStoppedSaysWhereItStoppedAndWhatToRun) {
  const auto stands = standing(claimed(sy::testing::claim_of("deploy", v2, "rollout"), true));
  ASSERT_TRUE(stands);
  EXPECT_FALSE(stands->at_work);
  EXPECT_EQ(stands->what,
            "deploy of v20240108-def5678 (by ci, begun 2024-01-01 09:52 UTC, 8 min ago) stopped at "
            "step rollout; traffic is all on blue");
  EXPECT_EQ(stands->run,
            (std::vector<std::string>{"switchctl deploy staging v20240108-def5678 (carries on)",
                                      "switchctl rollback staging (goes back)"}));
}

TEST(Standing, ARollbackThatStoppedCanOnlyBeCarriedOn) {
  const auto stands = standing(claimed(sy::testing::claim_of("rollback", v1, "gate"), true));
  ASSERT_TRUE(stands);
  EXPECT_EQ(stands->run,
            std::vector<std::string>{"switchctl rollback staging v20240101-abc1234 (carries on)"});
}

TEST(Standing, WhoIsAtWorkIsNotToBeDisturbed) {
  const auto stands = standing(claimed(sy::testing::claim_of("deploy", v2, "rollout"), false));
  ASSERT_TRUE(stands);
  EXPECT_TRUE(stands->at_work);
  EXPECT_EQ(stands->what,
            "deploy of v20240108-def5678 (by ci, begun 2024-01-01 09:52 UTC, 8 min ago) is at step "
            "rollout on runner-1; traffic is all on blue");
  EXPECT_EQ(stands->run,
            (std::vector<std::string>{"switchctl watch staging",
                                      "switchctl unlock staging (only if its process is dead)"}));
}

TEST(Standing, WhatWasGivenUpSaysByWhomAndWhy) {
  auto claim = sy::testing::claim_of("deploy", v2, "released");
  claim.reason = "unlocked by ops at step rollout: runner died";
  const auto stands = standing(claimed(claim, true));
  ASSERT_TRUE(stands);
  EXPECT_EQ(stands->what,
            "deploy of v20240108-def5678 (by ci, begun 2024-01-01 09:52 UTC, 8 min ago) was given "
            "up (unlocked by ops at step rollout: runner died); traffic is all on blue");
}

TEST(Standing, ALockByHandSaysWhy) {
  auto claim = sy::testing::claim_of("lock", "", "locked");
  claim.reason = "database migration";
  const auto stands = standing(claimed(claim, false));
  ASSERT_TRUE(stands);
  EXPECT_EQ(stands->what,
            "staging is locked by ci since 2024-01-01 09:52 UTC (8 min): database migration");
  EXPECT_EQ(stands->run, std::vector<std::string>{"switchctl unlock staging"});
}

TEST(Traffic, IsSaidInOneBreath) {
  Facts facts = quiet_facts();
  EXPECT_EQ(traffic_text(facts), "all on blue");
  EXPECT_TRUE(has_traffic(facts, Color::blue));
  EXPECT_FALSE(has_traffic(facts, Color::green));
  status_in(facts).colors.blue.weight = 9'000;
  status_in(facts).colors.green.weight = 1'000;
  EXPECT_EQ(traffic_text(facts), "blue 90 %, green 10 %");
  EXPECT_TRUE(has_traffic(facts, Color::green));
  facts.proxies.push_back(proxy_facts("http://127.0.0.2:9900"));
  EXPECT_EQ(traffic_text(facts), "not the same on every proxy");
  facts.proxies.clear();
  EXPECT_EQ(traffic_text(facts), "not known: no proxy can be reached");
}

TEST(Reach, WhatDoesNotAnswerIsNamedAndDecidesTheExitCode) {
  Facts facts = quiet_facts();
  EXPECT_EQ(reach_code(facts), ExitCode::done);
  EXPECT_TRUE(out_of_reach(facts).empty());
  facts.proxies.push_back({"http://127.0.0.2:9900", Failure{ExitCode::failed, "refused"}});
  facts.observation = Failure{ExitCode::forbidden, "access denied"};
  facts.seen = Failure{ExitCode::timed_out, "too slow"};
  EXPECT_EQ(out_of_reach(facts),
            (std::vector<std::string>{"the record: too slow", "the platform ecs: access denied",
                                      "proxy http://127.0.0.2:9900: refused"}));
  EXPECT_EQ(reach_code(facts), ExitCode::timed_out);
  EXPECT_EQ(traffic_text(facts), "all on blue");
}

}  // namespace
}  // namespace sy::control
