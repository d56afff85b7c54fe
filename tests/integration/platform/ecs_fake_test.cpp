// The platform against ECS as the fake plays it: deployments that complete, fail, are rolled back
// and superseded, on a clock that only the platform's own waiting turns.
#include <gmock/gmock.h>

#include <algorithm>
#include <tuple>

#include "tests/integration/platform/ecs_world.h"

namespace sy::control::platform {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

struct EcsOnTheFake : EcsWorldCase {};

TEST_F(EcsOnTheFake, StartsAVersionAndSeesItUp) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  const auto out = wait_for(started_);
  ASSERT_TRUE(out) << out.error().what;
  EXPECT_TRUE(out->up) << (out->failed ? out->failed->what : out->words);
  const auto now = observed(Color::green);
  EXPECT_EQ(now.version, "v2");
  EXPECT_EQ(now.definition, green_name() + ":2");
  EXPECT_EQ(now.state, "steady");
  EXPECT_TRUE(now.digest.starts_with("sha256:"));
  ASSERT_EQ(now.tasks.size(), 2U);
  EXPECT_TRUE(now.tasks[0].url.ends_with(":8080"));
  EXPECT_TRUE(now.tasks[0].up);
  EXPECT_EQ(observed(Color::blue).version, "v1");
  EXPECT_EQ(inputs("UpdateService").size(), 1U);
  const auto made = inputs("RegisterTaskDefinition").at(0);
  EXPECT_EQ(made.at("pidMode"), "task") << "a member that nobody here knows";
  EXPECT_EQ(made.at("tags").as_array().size(), 4U) << json::serialize(made);
}

TEST_F(EcsOnTheFake, StartingAgainChangesNothing) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  const Started first = started_;
  ASSERT_TRUE(start("v2"));
  EXPECT_EQ(started_, first) << "it waits for the same deployment";
  ASSERT_TRUE(wait_for(started_)->up);
  started_ = {};
  ASSERT_TRUE(start("v2"));
  EXPECT_EQ(deployment(), "") << "nothing to wait for";
  EXPECT_TRUE(wait_for(started_)->up);
  EXPECT_EQ(inputs("UpdateService").size(), 1U);
  EXPECT_EQ(inputs("RegisterTaskDefinition").size(), 1U);
}

TEST_F(EcsOnTheFake, KnowsTheRollbackOfTheCircuitBreakerForAFailure) {
  seed();
  push("v2-crash", "crashes");
  renew(0);
  ASSERT_TRUE(start("v2-crash"));
  const std::string what = failure_of(started_);
  EXPECT_THAT(
      what, HasSubstr("ECS rolled deployment " + deployment() + " back to " + green_name() + ":1"));
  EXPECT_THAT(what, HasSubstr("EssentialContainerExited"));
  EXPECT_THAT(what, HasSubstr("exit code 1"));
  EXPECT_THAT(what, HasSubstr("log stream ecs/app/"));
  EXPECT_THAT(what, HasSubstr("tasks failed to start"));
}

TEST_F(EcsOnTheFake, StableAfterARollbackIsAFailureForANewProgramToo) {
  seed();
  push("v2-crash", "crashes");
  ASSERT_TRUE(start("v2-crash"));
  advance(300);
  ASSERT_EQ(observed(Color::green).state, "steady") << "services-stable would be content";
  renew();
  EXPECT_THAT(failure_of(started_), HasSubstr("back to " + green_name() + ":1"));
}

TEST_F(EcsOnTheFake, FailsFastWithoutABreakerThoughFailedTasksStayZero) {
  seed(breaker(false, false));
  settings("ecs", {{"failed_tasks_stay_zero", true}});
  push("v2-crash", "crashes");
  ASSERT_TRUE(start("v2-crash"));
  EXPECT_THAT(failure_of(started_), HasSubstr("tasks of deployment " + deployment()));
}

TEST_F(EcsOnTheFake, FailsFastWhenTasksAreUnhealthyThoughFailedTasksStayZero) {
  seed(breaker(false, false));
  settings("ecs", {{"failed_tasks_stay_zero", true}});
  push("v2-ill", "unhealthy");
  ASSERT_TRUE(start("v2-ill"));
  EXPECT_THAT(failure_of(started_), HasSubstr("tasks of deployment " + deployment()));
}

TEST_F(EcsOnTheFake, ADefinitionThatEcsGaveUpIsStartedAnew) {
  seed(breaker(true, false));
  push("v2-crash", "crashes");
  renew(0);
  ASSERT_TRUE(start("v2-crash"));
  EXPECT_THAT(failure_of(started_), HasSubstr("ECS gave deployment " + deployment() + " up"));
  // What made it crash is put right. ECS would not begin it again by itself.
  push("v2-crash", "good");
  started_ = {};
  ASSERT_TRUE(start("v2-crash"));
  const auto out = wait_for(started_);
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->up) << (out->failed ? out->failed->what : out->words);
}

TEST_F(EcsOnTheFake, IsNotContentWithTheDeploymentOfSomebodyElse) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  later("ecs.UpdateService", {{"forceNewDeployment", true}}, 12);
  const auto out = wait_for(started_);
  ASSERT_TRUE(out && out->failed);
  EXPECT_EQ(out->failed->code, ExitCode::refused);
  EXPECT_THAT(out->failed->what, HasSubstr(deployment() + " was superseded by ecs-svc/"));
}

TEST_F(EcsOnTheFake, ScaledToNothingMeanwhileIsNoSuccess) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  later("ecs.UpdateService", {{"desiredCount", 0}}, 8);
  EXPECT_THAT(failure_of(started_), HasSubstr("its desired count is 0, not 2"));
}

TEST_F(EcsOnTheFake, GoesBackToWhatWasThere) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  ASSERT_TRUE(wait_for(started_)->up);
  ASSERT_TRUE(ecs_->restore(started_));
  advance(60);
  const auto now = observed(Color::green);
  EXPECT_EQ(now.definition, green_name() + ":1");
  EXPECT_EQ(now.desired, 0);
  EXPECT_EQ(now.running, 0);
}

TEST_F(EcsOnTheFake, StartsARecordedDefinitionAsItIs) {
  seed();
  push("v2");
  ASSERT_TRUE(start("v2"));
  ASSERT_TRUE(ecs_->restore(started_));
  Wanted wanted;
  wanted.artifact.version = "v2";
  wanted.artifact.definitions["backend"] = green_name() + ":2";
  wanted.counts["backend"] = 1;
  started_ = {};
  ASSERT_TRUE(ecs_->start(wanted, started_));
  EXPECT_TRUE(wait_for(started_)->up);
  EXPECT_EQ(observed(Color::green).version, "v2");
  EXPECT_EQ(inputs("RegisterTaskDefinition").size(), 1U);
}

TEST_F(EcsOnTheFake, WarmTasksAreStartedWithoutADeployment) {
  seed();
  Wanted wanted;
  wanted.artifact.version = "v1";
  wanted.artifact.definitions["backend"] = green_name() + ":1";
  wanted.counts["backend"] = 3;
  settings("ecs", {{"stale_polls", 3}});
  ASSERT_TRUE(ecs_->start(wanted, started_));
  const auto out = wait_for(started_);
  ASSERT_TRUE(out && out->up);
  EXPECT_EQ(out->running, 3);
  ASSERT_TRUE(ecs_->scale("backend", Color::green, 0));
  advance(60);
  for (int look = 0; look < 3; ++look) std::ignore = observed(Color::green);  // old ones
  EXPECT_EQ(observed(Color::green).state, "stopped");
}

TEST_F(EcsOnTheFake, NamesTheImageThatIsMissing) {
  seed();
  const auto out = start("v404");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().what,
            "ECR has no image 111122223333.dkr.ecr.us-east-1.amazonaws.com/pms-backend:v404");
}

TEST_F(EcsOnTheFake, ReadsLogsAndEventsOfTasksThatCrash) {
  seed();
  settings("logs", {{"empty_pages", true}, {"page", 1}});
  push("v2-crash", "crashes");
  ASSERT_TRUE(start("v2-crash"));
  ASSERT_NE(failure_of(started_), "");
  const auto lines = ecs_->logs("backend", Color::green, WallTime{});
  ASSERT_TRUE(lines) << lines.error().what;
  ASSERT_GE(lines->size(), 2U);
  const auto fatal = [](const Line& one) {
    return one.text == "fatal: the configuration cannot be read";
  };
  EXPECT_TRUE(std::any_of(lines->begin(), lines->end(), fatal));
  EXPECT_TRUE(lines->at(0).source.starts_with("ecs/app/"));
  const auto events = ecs_->events("backend", Color::green);
  ASSERT_TRUE(events);
  EXPECT_THAT(json::serialize(json::value_from(*events)), HasSubstr("exit code 1"));
}

TEST_F(EcsOnTheFake, KnowsWhoWeAre) {
  const auto out = ecs_->caller();
  ASSERT_TRUE(out) << out.error().what;
  EXPECT_EQ(out->account, "111122223333");
}

}  // namespace
}  // namespace sy::control::platform
