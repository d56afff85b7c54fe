#include "following.h"

#include <gtest/gtest.h>

namespace sy::control {
namespace {

api::RolloutsView at(const std::string& phase, std::uint64_t hold, int weight) {
  api::RolloutsView now;
  now.rollout = api::RolloutView{.id = "r8", .phase = phase, .hold = hold, .weight = weight};
  now.rollout->standing = "hold " + std::to_string(hold) + " of 4: 41 s to go";
  now.verdict.kind = "inconclusive";
  now.verdict.words = "inconclusive, n=12, needs 288 more";
  now.verdict.requests = 12;
  return now;
}

api::RolloutsView ended(const std::string& outcome, const std::string& why) {
  api::RolloutsView now;
  now.last_rollout = api::EndedView{.id = "r8", .outcome = outcome, .why = why};
  return now;
}

TEST(ControlFollowing, SaysEachChangeOnce) {
  Following following{"r8", Stage::completed};

  EXPECT_EQ(following.news(at("shifting", 1, 100)),
            "shifting: hold 1 of 4: 41 s to go · inconclusive, n=12, needs 288 more\n");
  EXPECT_EQ(following.news(at("shifting", 1, 100)), "");
  EXPECT_NE(following.news(at("shifting", 2, 1'000)), "");
  api::RolloutsView paused = at("shifting", 2, 1'000);
  paused.rollout->paused = true;
  paused.rollout->standing = "paused in hold 2 of 4";
  EXPECT_TRUE(following.news(paused).starts_with("shifting: paused in hold 2"));
  paused.verdict.kind = "suspect";
  EXPECT_NE(following.news(paused), "");
  EXPECT_FALSE(following.over());
}

TEST(ControlFollowing, NamesAPhaseOnce) {
  Following following{"r8", Stage::completed};
  api::RolloutsView now = at("approval", 4, 5'000);
  now.rollout->standing = "approval: waits for an approver before 100 %, reverts in 24 h";
  EXPECT_TRUE(following.news(now).starts_with("approval: waits for an approver before 100 %"));
}

TEST(ControlFollowing, NeverExitsWith0AfterARollback) {
  Following reverted{"r8", Stage::completed};
  EXPECT_EQ(reverted.news(ended("reverted", "green fails POST /api/claims 6 of 6")),
            "reverted: green fails POST /api/claims 6 of 6\n");
  EXPECT_EQ(reverted.over(), ExitCode::rolled_back);
  Following aborted{"r8", Stage::completed};
  std::ignore = aborted.news(ended("aborted", ""));
  EXPECT_EQ(aborted.over(), ExitCode::rolled_back);
  Following completed{"r8", Stage::completed};
  EXPECT_EQ(completed.news(ended("completed", "")), "completed\n");
  EXPECT_EQ(completed.over(), ExitCode::done);
}

TEST(ControlFollowing, ARolloutThatTheProxyForgotIsAFailure) {
  Following following{"r8", Stage::completed};
  EXPECT_NE(following.news(api::RolloutsView{}), "");
  EXPECT_EQ(following.over(), ExitCode::failed);
}

TEST(ControlFollowing, IsContentAtTheStageAskedForOrBeyond) {
  Following following{"r8", Stage::approval};
  std::ignore = following.news(at("shifting", 3, 5'000));
  EXPECT_FALSE(following.over());
  std::ignore = following.news(at("baking", 4, 10'000));
  EXPECT_EQ(following.over(), ExitCode::done);
}

TEST(ControlFollowing, TimeThatIsUpIsInconclusiveWithoutEvidence) {
  Following following{"r8", Stage::completed};
  api::RolloutsView now = at("shifting", 1, 100);
  std::ignore = following.news(now);
  EXPECT_EQ(following.late(), ExitCode::inconclusive);
  now.verdict.kind = "healthy";
  std::ignore = following.news(now);
  EXPECT_EQ(following.late(), ExitCode::timed_out);
  EXPECT_EQ(following.left_running(),
            "rollout r8 goes on, guarded by the proxy: switchctl status, pause or abort\n");
}

TEST(ControlFollowing, ABarShowsTheShare) {
  EXPECT_TRUE(progress(at("shifting", 2, 2'500))
                  .starts_with("[#####---------------] 25 %  shifting: hold 2"));
  EXPECT_TRUE(progress(at("baking", 4, 10'000)).starts_with("[####################] 100 %"));
}

}  // namespace
}  // namespace sy::control
