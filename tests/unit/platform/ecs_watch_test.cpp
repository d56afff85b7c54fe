#include "tests/unit/platform/ecs_case.h"

namespace sy::control::platform {
namespace {

struct EcsWaiting : EcsRestore {
  void steady() {
    aws.on("DescribeServices", described(service("b:2", 2, deployment("ecs-svc/2", "b:2", 2, 2))));
    aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
    for (int look = 0; look < 4; ++look) {
      aws.on("ListTasks", "{}");
      aws.on("ListTasks", R"({"taskArns": ["arn:task/1", "arn:task/2"]})");
    }
    aws.on("DescribeTasks", R"({"tasks": [
      {"taskArn": "arn:task/1", "lastStatus": "RUNNING", "desiredStatus": "RUNNING",
       "healthStatus": "HEALTHY", "startedBy": "ecs-svc/2"},
      {"taskArn": "arn:task/2", "lastStatus": "RUNNING", "desiredStatus": "RUNNING",
       "healthStatus": "HEALTHY", "startedBy": "ecs-svc/2"}]})");
  }
};

TEST_F(EcsWaiting, IsUpAfterTwoLooks) {
  steady();
  auto ecs = platform();
  EXPECT_FALSE(ecs.progress(started)->up);
  const auto out = ecs.progress(started).value();
  EXPECT_TRUE(out.up);
  EXPECT_EQ(out.words, "backend: 2 of 2 tasks run");
  EXPECT_EQ(out.running, 2);
  EXPECT_EQ(aws.inputs("ListTasks").at(0), (json::object{{"cluster", "pms-staging"},
                                                         {"startedBy", "ecs-svc/2"},
                                                         {"desiredStatus", "STOPPED"}}))
      << "ECS takes startedBy only alone";
}

TEST_F(EcsWaiting, GoesOnWhileEcsDoesNotAnswer) {
  for (int i = 0; i < 20; ++i) aws.on("DescribeServices", throttled());
  steady();
  auto ecs = platform();
  for (int i = 0; i < 20; ++i) {
    const auto out = ecs.progress(started);
    ASSERT_TRUE(out);
    EXPECT_FALSE(out->up);
    EXPECT_FALSE(out->failed);
    EXPECT_EQ(out->words, "ECS does not answer: it says so, trying again");
  }
  EXPECT_FALSE(ecs.progress(started)->up);
  EXPECT_TRUE(ecs.progress(started)->up);
}

TEST_F(EcsWaiting, ALookThatWasNotAnsweredDoesNotBreakTheRow) {
  steady();
  aws.script["ListTasks"].clear();
  aws.on("ListTasks", throttled());
  auto ecs = platform();
  EXPECT_EQ(ecs.progress(started)->words, "ECS does not answer: it says so, trying again");
}

TEST_F(EcsWaiting, EndsWhereWaitingDoesNotHelp) {
  aws.on("DescribeServices", error(aws::Kind::denied, "AccessDeniedException"));
  EXPECT_EQ(platform().progress(started).error().code, ExitCode::forbidden);
  aws.script.clear();
  aws.on("DescribeServices", error(aws::Kind::auth, "ExpiredTokenException"));
  EXPECT_EQ(platform().progress(started).error().code, ExitCode::forbidden);
}

TEST_F(EcsWaiting, SaysWhyEcsRolledBack) {
  auto now = service("b:1", 2, deployment("ecs-svc/3", "b:1", 2, 2));
  now.insert(now.size() - 1, R"(, "currentServiceDeployment": "arn:sd/1", "events": [
    {"id": "e", "createdAt": 1800000050, "message": "rolling back to deployment ecs-svc/1."}])");
  aws.on("DescribeServices", described(now));
  aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
  aws.on("ListTasks", R"({"taskArns": ["arn:task/1"]})");
  aws.on("DescribeTasks", R"({"tasks": [{"taskArn": "arn:task/1", "lastStatus": "STOPPED",
    "desiredStatus": "STOPPED", "stopCode": "TaskFailedToStart", "startedBy": "ecs-svc/2",
    "stoppedReason": "CannotPullContainerError"}]})");
  aws.on("DescribeServiceDeployments", R"({"serviceDeployments": [{"serviceDeploymentArn":
    "arn:sd/1", "status": "ROLLBACK_SUCCESSFUL", "statusReason": "tasks failed to start."}]})");
  auto ecs = platform();
  Progress out;
  for (int i = 0; i < 6; ++i) out = ecs.progress(started).value();
  ASSERT_TRUE(out.failed);
  EXPECT_EQ(out.failed->what,
            "backend (pms-backend-staging-green): ECS rolled deployment ecs-svc/2 back to b:1\n"
            "  service deployment ROLLBACK_SUCCESSFUL: tasks failed to start.\n"
            "  task 1: TaskFailedToStart: CannotPullContainerError\n"
            "  rolling back to deployment ecs-svc/1.");
  EXPECT_EQ(out.failed->next,
            "switchctl doctor staging and switchctl logs staging backend say more.");
}

TEST_F(EcsWaiting, DoesWithoutServiceDeploymentsWhereTheyMayNotBeRead) {
  auto now = service("b:1", 2, deployment("ecs-svc/3", "b:1", 2, 2));
  now.insert(now.size() - 1, R"(, "currentServiceDeployment": "arn:sd/1")");
  aws.on("DescribeServices", described(now));
  aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
  aws.on("ListTasks", "{}");
  aws.on("DescribeTasks", "{}");
  aws.on("DescribeServiceDeployments", error(aws::Kind::denied, "AccessDeniedException"));
  auto ecs = platform();
  Progress out;
  for (int i = 0; i < 6; ++i) out = ecs.progress(started).value();
  EXPECT_EQ(out.failed->what,
            "backend (pms-backend-staging-green): ECS rolled deployment ecs-svc/2 back to b:1");
}

}  // namespace
}  // namespace sy::control::platform
