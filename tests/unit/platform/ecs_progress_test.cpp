#include "control/platform/ecs_progress.h"

#include <gtest/gtest.h>

namespace sy::control::platform {
namespace {

using namespace std::chrono_literals;

constexpr const char* ours = "ecs-svc/2";

aws::Moment at(int seconds) { return aws::Moment{std::chrono::seconds{1'800'000'000 + seconds}}; }

std::string arn(const std::string& name) {
  return "arn:aws:ecs:us-east-1:111122223333:task-definition/" + name;
}

aws::EcsDeployment deployment(const std::string& id, const std::string& definition, int count = 2) {
  aws::EcsDeployment out;
  out.id = id;
  out.status = "PRIMARY";
  out.task_definition = arn(definition);
  out.desired = out.running = count;
  out.rollout_state = "COMPLETED";
  out.created_at = at(id == ours ? 100 : 0);
  return out;
}

aws::EcsService service(std::vector<aws::EcsDeployment> deployments) {
  aws::EcsService out;
  out.name = "pms-backend-staging-green";
  out.status = "ACTIVE";
  out.deployments = std::move(deployments);
  out.desired = out.running = 2;
  return out;
}

aws::EcsTask task(const std::string& id, const std::string& started_by = ours) {
  aws::EcsTask out;
  out.arn = "arn:task/" + id;
  out.id = id;
  out.last_status = out.desired_status = "RUNNING";
  out.health = "HEALTHY";
  out.started_by = started_by;
  return out;
}

aws::EcsTask stopped(const std::string& id, const std::string& code) {
  auto out = task(id);
  out.last_status = out.desired_status = "STOPPED";
  out.stop_code = code;
  out.health = "UNKNOWN";
  return out;
}

// b:1 ran before, b:2 was started as ours.
struct EcsProgress : testing::Test {
  Goal goal{"pms-backend-staging-green", {"b:2", ours, "b:1", 0, 2}, {}, 3};
  Memory memory;
  Look up{service({deployment(ours, "b:2")}), {task("1"), task("2")}, {}};

  EcsProgress() { goal.facts.checked = true; }
  Judgement see(const Look& look) { return judge(goal, look, memory); }
  Judgement see(int times, const Look& look) {
    Judgement out;
    for (int i = 0; i < times; ++i) out = see(look);
    return out;
  }
};

TEST_F(EcsProgress, IsUpOnlyAtTheSecondLookInARow) {
  EXPECT_EQ(see(up).stage, Stage::going);
  EXPECT_EQ(see(up).stage, Stage::up);
}

TEST_F(EcsProgress, BeginsToCountAnewAfterALookThatWasNotGood) {
  Look starting = up;
  starting.tasks[0].health = "UNKNOWN";
  EXPECT_EQ(see(up).stage, Stage::going);
  EXPECT_EQ(see(starting).words, "2 of 2 tasks run; not all of them are healthy");
  EXPECT_EQ(see(up).stage, Stage::going);
  EXPECT_EQ(see(up).stage, Stage::up);
}

TEST_F(EcsProgress, IsNotUpBecauseAServiceThatWasRolledBackIsStable) {
  // What the official waiter takes for success: one deployment, all of it running.
  memory.seen = true;
  const Look stable{service({deployment("ecs-svc/3", "b:1")}), {}, {}};
  EXPECT_EQ(see(stable).stage, Stage::going) << "one look may be old";
  const auto out = see(stable);
  EXPECT_EQ(out.stage, Stage::failed);
  EXPECT_EQ(out.words, "ECS rolled deployment ecs-svc/2 back to b:1");
  EXPECT_EQ(out.code, ExitCode::failed);
}

TEST_F(EcsProgress, SaysAtOnceThatItWasRolledBackWhileTheFailedDeploymentIsStillListed) {
  auto failed = deployment(ours, "b:2");
  failed.status = "ACTIVE";
  failed.rollout_state = "FAILED";
  failed.rollout_state_reason = "ECS deployment circuit breaker: tasks failed to start.";
  const auto out = see({service({failed, deployment("ecs-svc/3", "b:1")}), {}, {}});
  EXPECT_EQ(out.stage, Stage::failed);
  EXPECT_EQ(out.words,
            "ECS rolled deployment ecs-svc/2 back to b:1: ECS deployment circuit breaker: tasks "
            "failed to start.");
}

TEST_F(EcsProgress, KnowsARollbackThatTakesTheOldDeploymentsIdAgain) {
  auto failed = deployment(ours, "b:2");
  failed.status = "ACTIVE";
  failed.rollout_state = "FAILED";
  EXPECT_EQ(see({service({deployment("ecs-svc/1", "b:1"), failed}), {}, {}}).words,
            "ECS rolled deployment ecs-svc/2 back to b:1");
}

TEST_F(EcsProgress, IsSupersededByTheDeploymentOfSomebodyElse) {
  auto old = deployment(ours, "b:2");
  old.status = "ACTIVE";
  const auto out = see({service({old, deployment("ecs-svc/9", "b:3")}), {}, {}});
  EXPECT_EQ(out.stage, Stage::failed);
  EXPECT_EQ(out.words, "deployment ecs-svc/2 was superseded by ecs-svc/9 of b:3");
  EXPECT_EQ(out.code, ExitCode::refused);
}

TEST_F(EcsProgress, IsNotUpByAnotherDeploymentOfTheSameDefinition) {
  // A restart by somebody else: our tasks are being replaced.
  memory.seen = true;
  const Look other{service({deployment("ecs-svc/9", "b:2")}), {task("1", "ecs-svc/9")}, {}};
  EXPECT_EQ(see(2, other).words, "deployment ecs-svc/2 was superseded by ecs-svc/9 of b:2");
}

TEST_F(EcsProgress, DoesNotDependOnTheOrderOfDeployments) {
  auto draining = deployment("ecs-svc/1", "b:1");
  draining.status = "ACTIVE";
  for (const bool first : {true, false}) {
    memory = {};
    Look look = up;
    const auto mine = deployment(ours, "b:2");
    look.service->deployments = first ? std::vector{mine, draining} : std::vector{draining, mine};
    EXPECT_EQ(see(2, look).stage, Stage::up) << first;
  }
}

TEST_F(EcsProgress, WaitsForALookThatIsNotOfBefore) {
  const Look before{service({deployment("ecs-svc/1", "b:1")}), {}, {}};
  for (int i = 0; i < 5; ++i) {
    const auto out = see(before);
    EXPECT_EQ(out.stage, Stage::going);
    EXPECT_EQ(out.words, "ECS does not show deployment ecs-svc/2 yet");
  }
  EXPECT_EQ(see(2, up).stage, Stage::up);
}

TEST_F(EcsProgress, DoesNotWaitForeverForADeploymentThatIsNeverShown) {
  const Look before{service({deployment("ecs-svc/1", "b:1")}), {}, {}};
  EXPECT_EQ(see(6, before).stage, Stage::failed);
}

TEST_F(EcsProgress, IsSureWhenThePrimaryIsNewerThanOurs) {
  memory.created = at(100);
  auto later = deployment("ecs-svc/3", "b:1");
  later.created_at = at(200);
  EXPECT_EQ(see({service({later}), {}, {}}).stage, Stage::failed);
}

TEST_F(EcsProgress, WithoutARolloutStateIsUpWhenNothingElseIsUnderWay) {
  auto mine = deployment(ours, "b:2");
  mine.rollout_state.clear();
  auto draining = deployment("ecs-svc/1", "b:1");
  draining.status = "ACTIVE";
  Look look = up;
  look.service->deployments = {mine, draining};
  EXPECT_EQ(see(3, look).stage, Stage::going);
  mine.pending = 1;
  look.service->deployments = {mine};
  EXPECT_EQ(see(3, look).stage, Stage::going);
  mine.pending = 0;
  look.service->deployments = {mine};
  EXPECT_EQ(see(2, look).stage, Stage::up);
}

TEST_F(EcsProgress, NoTasksWantedIsNotSuccess) {
  // Nothing wanted, nothing runs, "completed": stable for every other tool.
  Look empty{service({deployment(ours, "b:2", 0)}), {}, {}};
  EXPECT_EQ(see(5, empty).words, "its desired count is 0, not 2 yet");
  const auto out = see(empty);
  EXPECT_EQ(out.stage, Stage::failed);
  EXPECT_EQ(out.words, "its desired count is 0, not 2: somebody else, or autoscaling, scaled it");
  EXPECT_EQ(out.code, ExitCode::refused);
}

TEST_F(EcsProgress, MoreTasksThanAskedForAreFine) {
  Look look{service({deployment(ours, "b:2", 3)}), {task("1"), task("2"), task("3")}, {}};
  EXPECT_EQ(see(2, look).stage, Stage::up);
}

TEST_F(EcsProgress, AServiceThatIsNotActiveOrNotThereHasFailed) {
  EXPECT_EQ(see(Look{}).words, "ECS has no such service");
  Look look = up;
  look.service->status = "DRAINING";
  EXPECT_EQ(see(look).words, "the service is DRAINING");
  EXPECT_EQ(see(look).stage, Stage::failed);
}

TEST_F(EcsProgress, AFailedRolloutWithoutRollbackHasFailed) {
  Look look = up;
  look.service->deployments[0].rollout_state = "FAILED";
  look.service->deployments[0].rollout_state_reason = "tasks failed to start.";
  EXPECT_EQ(see(look).stage, Stage::failed);
  EXPECT_EQ(see(look).words, "ECS gave deployment ecs-svc/2 up: tasks failed to start.");
}

TEST_F(EcsProgress, FailsFastByTheTasksThatStoppedThoughEcsCountsNone) {
  Look look = up;
  look.service->deployments[0].rollout_state = "IN_PROGRESS";
  look.service->deployments[0].running = 0;
  look.stopped = {stopped("1", "TaskFailedToStart"), stopped("2", "EssentialContainerExited")};
  EXPECT_EQ(see(look).stage, Stage::going);
  look.stopped.push_back(stopped("3", "TaskFailedToStart"));
  const auto out = see(look);
  EXPECT_EQ(out.stage, Stage::failed);
  EXPECT_EQ(out.words, "3 tasks of deployment ecs-svc/2 have failed");
}

TEST_F(EcsProgress, FailsFastByTheTasksThatEcsCounts) {
  Look look = up;
  look.service->deployments[0].rollout_state = "IN_PROGRESS";
  look.service->deployments[0].failed = 3;
  EXPECT_EQ(see(look).words, "3 tasks of deployment ecs-svc/2 have failed");
}

TEST_F(EcsProgress, DoesNotCountTasksOfOthersOrThatWereScaledIn) {
  Look look = up;
  look.service->deployments[0].rollout_state = "IN_PROGRESS";
  look.stopped = {stopped("1", "ServiceSchedulerInitiated"), stopped("2", "UserInitiated"),
                  stopped("3", "SpotInterruption"), stopped("4", "EssentialContainerExited")};
  look.stopped.push_back(stopped("5", "EssentialContainerExited"));
  look.stopped.back().started_by = "ecs-svc/1";
  look.stopped.push_back(look.stopped.back());
  look.stopped.push_back(look.stopped.back());
  EXPECT_EQ(see(look).stage, Stage::going);
}

TEST_F(EcsProgress, CountsTasksThatWereReplacedBecauseTheyWereUnhealthy) {
  Look look = up;
  look.service->deployments[0].rollout_state = "IN_PROGRESS";
  for (const char* id : {"1", "2", "3"}) {
    look.stopped.push_back(stopped(id, "ServiceSchedulerInitiated"));
    look.stopped.back().health = "UNHEALTHY";
  }
  EXPECT_EQ(see(look).stage, Stage::failed);
}

TEST_F(EcsProgress, OldFailuresOfADeploymentThatOnlyGetsMoreTasksDoNotCount) {
  goal.started.definition_before = "b:2";
  Look look = up;
  look.service->deployments[0].failed = 7;
  look.stopped = {stopped("1", "EssentialContainerExited"),
                  stopped("2", "EssentialContainerExited"),
                  stopped("3", "EssentialContainerExited")};
  EXPECT_EQ(see(2, look).stage, Stage::up);
  look.service->deployments[0].failed = 10;
  EXPECT_EQ(see(look).stage, Stage::failed);
}

TEST_F(EcsProgress, ATaskThatIsUnhealthyOrNotYetRunningIsNotUp) {
  Look look = up;
  look.tasks[1].health = "UNHEALTHY";
  EXPECT_EQ(see(3, look).stage, Stage::going);
  look = up;
  look.tasks[1].last_status = "PENDING";
  EXPECT_EQ(see(3, look).stage, Stage::going);
  look = up;
  look.tasks.pop_back();
  EXPECT_EQ(see(3, look).stage, Stage::going) << "fewer tasks than counted";
}

TEST_F(EcsProgress, WithoutAHealthCheckHealthStaysUnknownAndIsGoodEnough) {
  Look look = up;
  for (auto& one : look.tasks) one.health = "UNKNOWN";
  EXPECT_EQ(see(2, look).stage, Stage::going) << "there is a check";
  goal.facts.checked = false;
  EXPECT_EQ(see(2, look).stage, Stage::up);
  look.tasks[0].health = "UNHEALTHY";
  EXPECT_EQ(see(look).stage, Stage::going);
}

TEST_F(EcsProgress, WhenNothingWasToBeDoneThePresentDeploymentIsJudged) {
  goal.started.deployment.clear();
  Look look = up;
  look.service->deployments[0].id = "ecs-svc/1";
  for (auto& one : look.tasks) one.started_by = "ecs-svc/1";
  EXPECT_EQ(see(2, look).stage, Stage::up);
  look.service->deployments[0].task_definition = arn("b:3");
  EXPECT_EQ(see(look).words, "deployment ecs-svc/1 runs b:3, not b:2");
}

TEST_F(EcsProgress, SaysHowFarItIsAndWhatHoldsItUp) {
  Look look = up;
  auto& mine = look.service->deployments[0];
  mine.rollout_state = "IN_PROGRESS";
  mine.running = 1;
  mine.pending = 1;
  EXPECT_EQ(see(look).words, "1 of 2 tasks run, 1 start");
  mine.pending = 0;
  mine.failed = 1;
  look.service->events = {{"e2", at(130), "was unable to place a task."},
                          {"e1", at(50), "has reached a steady state."}};
  EXPECT_EQ(see(look).words, "1 of 2 tasks run, 1 have failed; was unable to place a task.");
  mine.failed = 0;
  look.service->events.erase(look.service->events.begin());
  EXPECT_EQ(see(look).words, "1 of 2 tasks run") << "an event of before says nothing";
  mine.running = 2;
  EXPECT_EQ(see(look).words, "2 of 2 tasks run; ECS waits for them to be healthy");
}

TEST_F(EcsProgress, GivesReasonsOfAfterTheDeploymentBegan) {
  goal.facts.container = "app";
  goal.facts.log_prefix = "ecs";
  memory.created = at(100);
  Look look = up;
  look.service->events = {{"e3", at(130), "deployment failed: tasks failed to start."},
                          {"e2", at(120), "has started 2 tasks."},
                          {"e1", at(50), "has reached a steady state."}};
  look.stopped = {stopped("t1", "EssentialContainerExited"), stopped("t2", "TaskFailedToStart")};
  look.stopped[0].stopped_reason = "Essential container in task exited";
  look.stopped[0].stopped_at = at(110);
  look.stopped[0].containers = {{"app", "", "", "STOPPED", 137, "OutOfMemoryError", "", {}}};
  look.stopped[1].stopped_reason = "CannotPullContainerError: not found";
  look.stopped[1].stopped_at = at(120);
  look.stopped[1].containers = {
      {"app", "", "", "STOPPED", std::nullopt, "CannotPullContainerError: not found", "", {}}};
  EXPECT_EQ(reasons(goal, look, memory),
            (std::vector<std::string>{
                "task t2: TaskFailedToStart: CannotPullContainerError: not found; log stream "
                "ecs/app/t2",
                "task t1: EssentialContainerExited: Essential container in task exited; app: exit "
                "code 137 OutOfMemoryError; log stream ecs/app/t1",
                "deployment failed: tasks failed to start.", "has started 2 tasks."}));
}

}  // namespace
}  // namespace sy::control::platform
