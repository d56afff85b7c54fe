// The platform when AWS does not answer as one would wish: answers that are lost, late, old, in
// another order or without members, throttling, and policies that are in the way.
#include <gmock/gmock.h>

#include <tuple>

#include "tests/integration/platform/ecs_world.h"

namespace sy::control::platform {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

struct EcsInTrouble : EcsWorldCase {};

TEST_F(EcsInTrouble, IsUpWithoutRolloutStateInAnyOrderAndWithOldAnswers) {
  seed();
  settings("ecs", {{"no_rollout_state", true}, {"shuffle_deployments", true}, {"stale_polls", 4}});
  push("v2");
  ASSERT_TRUE(start("v2"));
  auto out = wait_for(started_);
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->up) << (out->failed ? out->failed->what : out->words);
  // Over a running version: two deployments are there for a while.
  push("v3");
  started_ = {};
  ASSERT_TRUE(start("v3"));
  out = wait_for(started_);
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->up) << (out->failed ? out->failed->what : out->words);
  EXPECT_EQ(observed(Color::green).tasks.at(0).version, "v3");
}

TEST_F(EcsInTrouble, SeesARollbackWithoutRolloutStateInAnyOrder) {
  for (const bool keeps_id : {false, true}) {
    environment_ = std::string{"SeesARollback"} + (keeps_id ? "Kept" : "New");
    renew(0);
    seed();
    settings("ecs", {{"no_rollout_state", true},
                     {"shuffle_deployments", true},
                     {"stale_polls", 3},
                     {"rollback_keeps_id", keeps_id}});
    push("v2-crash", "crashes");
    started_ = {};
    ASSERT_TRUE(start("v2-crash"));
    EXPECT_THAT(failure_of(started_), HasSubstr("ECS rolled deployment " + deployment()));
  }
}

TEST_F(EcsInTrouble, SeesThatTheRollbackDidNotHappen) {
  seed();
  settings("ecs", {{"rollback_fails_to_happen", true}});
  push("v2-crash", "crashes");
  renew(0);
  ASSERT_TRUE(start("v2-crash"));
  EXPECT_THAT(failure_of(started_), HasSubstr("ECS gave deployment " + deployment() + " up"));
}

TEST_F(EcsInTrouble, FindsTheDeploymentOfAnUpdateWhoseAnswersWereLost) {
  seed();
  push("v2");
  sow("lost", "UpdateService", 3);
  settings("ecs", {{"stale_polls", 2}});
  ASSERT_TRUE(start("v2"));
  const auto out = wait_for(started_);
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->up) << (out->failed ? out->failed->what : out->words);
  EXPECT_EQ(inputs("RegisterTaskDefinition").size(), 1U);
}

TEST_F(EcsInTrouble, RestartsOnceThoughTheAnswerIsLost) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  ASSERT_TRUE(wait_for(started_)->up);
  sow("lost", "UpdateService", 1);
  settings("ecs", {{"stale_polls", 2}});
  const auto again = ecs_->restart("backend", Color::green);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_NE(again->services.at("backend").deployment, deployment());
  EXPECT_EQ(inputs("UpdateService").size(), 2U) << "it was not forced twice";
  EXPECT_TRUE(wait_for(*again)->up);
}

TEST_F(EcsInTrouble, KnowsWhatWasBeforeAfterItWasKilledInTheMiddle) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  const Started known = started_;
  renew();
  started_ = {};  // Nothing was written down.
  ASSERT_TRUE(start("v2"));
  EXPECT_EQ(started_, known);
  ASSERT_TRUE(ecs_->restore(started_));
  EXPECT_EQ(observed(Color::green).desired, 0);
}

TEST_F(EcsInTrouble, TakesAStartBackThoughEcsStillShowsWhatWasBefore) {
  seed();
  push("v2");
  settings("ecs", {{"stale_polls", 3}});
  ASSERT_TRUE(start("v2"));
  ASSERT_TRUE(ecs_->restore(started_));
  for (int look = 0; look < 4; ++look) std::ignore = observed(Color::green);
  EXPECT_EQ(observed(Color::green).definition, green_name() + ":1");
  EXPECT_EQ(observed(Color::green).desired, 0);
}

TEST_F(EcsInTrouble, WaitsThroughThrottlingAndServersThatAreOutOfOrder) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  sow("throttle", "DescribeServices", 12);
  sow("html", "ListTasks", 4, {{"status", 503}});
  const auto out = wait_for(started_);
  ASSERT_TRUE(out) << out.error().what;
  EXPECT_TRUE(out->up);
}

TEST_F(EcsInTrouble, NamesTheRoleThatMayNotBePassedAndChangesNothing) {
  seed();
  push("v2");
  fake_->call("PUT", "policy", json::object{{"deny", json::array{"iam:PassRole"}}});
  const auto out = start("v2");
  fake_->call("PUT", "policy", json::object{{"deny", json::array{}}});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ExitCode::forbidden);
  EXPECT_THAT(out.error().what, HasSubstr("not authorized to perform: iam:PassRole"));
  EXPECT_THAT(out.error().what, HasSubstr(", request "));
  EXPECT_THAT(out.error().next, HasSubstr("arn:aws:iam::111122223333:role/"));
  EXPECT_TRUE(inputs("UpdateService").empty());
}

TEST_F(EcsInTrouble, KeepsMembersOfTomorrow) {
  settings("http", {{"future_members", true}, {"exponents", true}});
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  const auto out = wait_for(started_);
  ASSERT_TRUE(out) << out.error().what;
  EXPECT_TRUE(out->up);
}

// docs/ecs.md lists them; a policy of just these must do.
TEST_F(EcsInTrouble, NeedsOnlyTheActionsThatAreDocumented) {
  const json::array actions{"sts:GetCallerIdentity",
                            "ecr:DescribeImages",
                            "ecs:DescribeServices",
                            "ecs:DescribeTaskDefinition",
                            "ecs:RegisterTaskDefinition",
                            "ecs:TagResource",
                            "ecs:UpdateService",
                            "ecs:ListTasks",
                            "ecs:DescribeTasks",
                            "ecs:DescribeServiceDeployments",
                            "iam:PassRole",
                            "logs:FilterLogEvents"};
  seed();
  push("v2");
  push("v3-crash", "crashes");
  fake_->call("PUT", "policy", json::object{{"allow", actions}});
  EXPECT_TRUE(ecs_->caller());
  EXPECT_TRUE(start("v2"));
  EXPECT_TRUE(wait_for(started_)->up);
  EXPECT_TRUE(ecs_->observe());
  EXPECT_TRUE(ecs_->restart("backend", Color::green));
  started_ = {};
  EXPECT_TRUE(start("v3-crash"));
  EXPECT_NE(failure_of(started_), "");
  EXPECT_TRUE(ecs_->restore(started_));
  EXPECT_TRUE(ecs_->scale("backend", Color::green, 0));
  EXPECT_TRUE(ecs_->events("backend", Color::green));
  EXPECT_TRUE(ecs_->logs("backend", Color::green, WallTime{}));
  fake_->call("PUT", "policy", json::object{{"allow", nullptr}});
}

}  // namespace
}  // namespace sy::control::platform
