#include "tests/unit/platform/ecs_case.h"

namespace sy::control::platform {
namespace {

TEST_F(Ecs, StartsDefinitionAndCountInOneCall) {
  idle();
  aws.on("UpdateService", updated(begun()));
  Started started;
  ASSERT_TRUE(platform().start(wanted(), started));
  EXPECT_EQ(started.services.at("backend"), (Started::Service{"b:2", "ecs-svc/2", "b:1", 0, 2}));
  const auto updates = aws.inputs("UpdateService");
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0], (json::object{{"service", green},
                                      {"cluster", "pms-staging"},
                                      {"taskDefinition", "b:2"},
                                      {"desiredCount", 2}}));
  EXPECT_EQ(aws.inputs("RegisterTaskDefinition").at(0).at("containerDefinitions").at(0).at("image"),
            json::value(std::string{image} + "@sha256:22"));
}

TEST_F(Ecs, LeavesAloneWhatIsAsWanted) {
  aws.on("DescribeServices", described(service("b:2", 2, deployment("ecs-svc/2", "b:2", 2, 2))));
  auto same = definition("b:2", "v2");
  const std::string from = std::string{image} + ":v2";
  same.replace(same.find(from), from.size(), std::string{image} + "@sha256:22");
  aws.on("DescribeTaskDefinition", same);
  Started started;
  ASSERT_TRUE(platform().start(wanted(), started));
  EXPECT_EQ(started.services.at("backend"), (Started::Service{"b:2", "", "b:2", 2, 2}));
  EXPECT_TRUE(aws.inputs("RegisterTaskDefinition").empty());
  EXPECT_TRUE(aws.inputs("UpdateService").empty());
}

TEST_F(Ecs, WaitsForADeploymentThatAnEarlierAttemptBegan) {
  aws.on("DescribeServices",
         described(service("b:2", 2, deployment("ecs-svc/2", "b:2", 2, 1, "IN_PROGRESS"))));
  aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
  auto again = wanted();
  again.artifact.definitions["backend"] = "b:2";
  Started started;
  started.services["backend"] = {"", "", "b:1", 0, 2};
  ASSERT_TRUE(platform().start(again, started));
  EXPECT_EQ(started.services.at("backend"), (Started::Service{"b:2", "ecs-svc/2", "b:1", 0, 2}))
      << "what was there before the first attempt is kept";
  EXPECT_TRUE(aws.inputs("UpdateService").empty());
}

TEST_F(Ecs, UsesTheRevisionThatAnEarlierAttemptRegistered) {
  aws.on("DescribeServices", described(service("b:1", 0, deployment("ecs-svc/1", "b:1", 0, 0))));
  aws.on("DescribeTaskDefinition", definition("b:1", "v1"));
  auto last = definition("b:2", "v2");
  const std::string from = std::string{image} + ":v2";
  last.replace(last.find(from), from.size(), std::string{image} + "@sha256:22");
  aws.on("DescribeTaskDefinition", last);
  aws.on("UpdateService", updated(begun()));
  Started started;
  ASSERT_TRUE(platform().start(wanted(), started));
  EXPECT_TRUE(aws.inputs("RegisterTaskDefinition").empty());
  EXPECT_EQ(aws.inputs("UpdateService").at(0).at("taskDefinition"), "b:2");
}

TEST_F(Ecs, OnlyTheCountIsChangedWithoutADeployment) {
  aws.on("DescribeServices", described(service("b:2", 0, deployment("ecs-svc/2", "b:2", 0, 0))));
  aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
  aws.on("UpdateService", updated(service("b:2", 2, deployment("ecs-svc/2", "b:2", 2, 0))));
  auto back = wanted();
  back.artifact.definitions["backend"] = arn("b:2");
  Started started;
  ASSERT_TRUE(platform().start(back, started));
  EXPECT_EQ(started.services.at("backend"), (Started::Service{"b:2", "ecs-svc/2", "b:2", 0, 2}));
}

TEST_F(Ecs, ForcesADeploymentOfADefinitionThatEcsGaveUp) {
  aws.on("DescribeServices",
         described(service("b:2", 2, deployment("ecs-svc/2", "b:2", 2, 0, "FAILED"))));
  aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
  aws.on("UpdateService",
         updated(service("b:2", 2, deployment("ecs-svc/3", "b:2", 2, 0, "IN_PROGRESS"))));
  auto again = wanted();
  again.artifact.definitions["backend"] = "b:2";
  Started started;
  ASSERT_TRUE(platform().start(again, started));
  EXPECT_EQ(started.services.at("backend").deployment, "ecs-svc/3");
  EXPECT_EQ(aws.inputs("UpdateService").at(0).at("forceNewDeployment"), true);
}

TEST_F(Ecs, RefusesADefinitionThatIsOutOfUse) {
  idle();
  aws.now("DescribeTaskDefinition", definition("b:9", "v9", "INACTIVE"));
  auto back = wanted();
  back.artifact.definitions["backend"] = "b:9";
  Started started;
  const auto out = platform().start(back, started);
  EXPECT_EQ(out.error().what, "the task definition b:9 is INACTIVE, so ECS does not start it");
  EXPECT_TRUE(aws.inputs("UpdateService").empty());
}

TEST_F(Ecs, ChangesNothingWhenOneOfTheServicesIsMissing) {
  idle();
  services["frontend"] = {};
  auto both = wanted();
  both.counts["frontend"] = 1;
  Started started;
  const auto out = platform().start(both, started);
  EXPECT_EQ(out.error().what,
            "ECS has no service pms-frontend-staging-green in the cluster pms-staging");
  EXPECT_TRUE(aws.inputs("RegisterTaskDefinition").empty());
  EXPECT_TRUE(aws.inputs("UpdateService").empty());
}

TEST_F(Ecs, LooksBeforeItRepeatsAnUpdateWhoseAnswerWasLost) {
  idle();
  aws.on("DescribeServices", described(begun()));
  aws.on("UpdateService", lost());
  Started started;
  ASSERT_TRUE(platform().start(wanted(), started));
  EXPECT_EQ(started.services.at("backend").deployment, "ecs-svc/2");
  EXPECT_EQ(aws.inputs("UpdateService").size(), 1U);
  EXPECT_EQ(pace.waits, 1);
}

TEST_F(Ecs, RepeatsAnUpdateThatWasNotDone) {
  idle();
  aws.on("UpdateService", throttled());
  aws.on("UpdateService", updated(begun()));
  Started started;
  ASSERT_TRUE(platform().start(wanted(), started));
  EXPECT_EQ(aws.inputs("UpdateService").size(), 2U);
}

TEST_F(Ecs, ReportsHowFarItCameWhenTheUpdateFails) {
  idle();
  aws.on("UpdateService", error(aws::Kind::denied, "AccessDeniedException"));
  Started started;
  const auto out = platform().start(wanted(), started);
  EXPECT_EQ(out.error().code, ExitCode::forbidden);
  EXPECT_EQ(out.error().what, std::string{"cannot update the service "} + green +
                                  ": it says so (AccessDeniedException, request r1)");
  EXPECT_EQ(started.services.at("backend"), (Started::Service{"b:2", "", "b:1", 0, 2}));
}

TEST_F(Ecs, EndsWithASignalWhileItWaitsToLook) {
  idle();
  pace.waits_max = 0;
  aws.on("UpdateService", lost());
  Started started;
  EXPECT_EQ(platform().start(wanted(), started).error().code, ExitCode::interrupted);
}

TEST_F(Ecs, ALostAnswerToARestartIsLookedForByANewDeployment) {
  const auto before = service("b:1", 2, deployment("ecs-svc/1", "b:1", 2, 2));
  aws.on("DescribeServices", described(before));
  aws.on("DescribeServices", described(before));  // an old look
  aws.on("DescribeServices",
         described(service("b:1", 2, deployment("ecs-svc/5", "b:1", 2, 0, "IN_PROGRESS"))));
  aws.on("UpdateService", lost());
  auto ecs = platform();
  const auto out = ecs.restart("backend", Color::green);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->services.at("backend"), (Started::Service{"b:1", "ecs-svc/5", "b:1", 2, 2}));
  EXPECT_EQ(aws.inputs("UpdateService").size(), 1U);
}

TEST_F(Ecs, DoesNotRestartWhatHasNoTasks) {
  idle();
  EXPECT_EQ(platform().restart("backend", Color::green).error().what,
            std::string{"the service "} + green + " has no tasks to restart");
}

TEST_F(Ecs, ScalesOnlyWhatHasAnotherCount) {
  idle();
  aws.on("UpdateService", updated(service("b:1", 3, deployment("ecs-svc/1", "b:1", 3, 0))));
  auto ecs = platform();
  ASSERT_TRUE(ecs.scale("backend", Color::green, 0));
  EXPECT_TRUE(aws.inputs("UpdateService").empty());
  ASSERT_TRUE(ecs.scale("backend", Color::green, 3));
  EXPECT_EQ(aws.inputs("UpdateService").at(0),
            (json::object{{"service", green}, {"cluster", "pms-staging"}, {"desiredCount", 3}}));
}

TEST_F(EcsRestore, GoesBackToDefinitionAndCountOfBefore) {
  aws.on("DescribeServices", described(begun()));
  aws.on("DescribeTaskDefinition", definition("b:1", "v1"));
  aws.on("UpdateService", updated(service("b:1", 0, deployment("ecs-svc/3", "b:1", 0, 0))));
  ASSERT_TRUE(platform().restore(started));
  EXPECT_EQ(aws.inputs("UpdateService").at(0), (json::object{{"service", green},
                                                             {"cluster", "pms-staging"},
                                                             {"taskDefinition", "b:1"},
                                                             {"desiredCount", 0}}));
}

TEST_F(EcsRestore, ScalesWhatEcsHasRolledBackAlready) {
  aws.on("DescribeServices", described(service("b:1", 2, deployment("ecs-svc/3", "b:1", 2, 2))));
  aws.on("DescribeTaskDefinition", definition("b:1", "v1"));
  aws.on("UpdateService", updated(service("b:1", 0, deployment("ecs-svc/3", "b:1", 0, 2))));
  ASSERT_TRUE(platform().restore(started));
  EXPECT_EQ(aws.inputs("UpdateService").at(0).at("desiredCount"), 0);
}

TEST_F(EcsRestore, DoesNotTrustALookThatMayBeOlderThanTheStart) {
  idle();  // as if nothing had been started
  aws.on("UpdateService", updated(service("b:1", 0, deployment("ecs-svc/3", "b:1", 0, 0))));
  ASSERT_TRUE(platform().restore(started));
  EXPECT_EQ(aws.inputs("UpdateService").size(), 1U);
}

TEST_F(EcsRestore, PutsBackWhatWasKilledWhileItStarted) {
  aws.on("DescribeServices", described(service("b:9", 2, deployment("ecs-svc/9", "b:9", 2, 0))));
  aws.on("DescribeTaskDefinition", definition("b:1", "v1"));
  aws.on("UpdateService", updated(service("b:1", 0, deployment("ecs-svc/10", "b:1", 0, 0))));
  started.services["backend"] = {"", "", "b:1", 0, 2};
  ASSERT_TRUE(platform().restore(started));
  ASSERT_EQ(aws.inputs("UpdateService").size(), 1U);
  EXPECT_EQ(aws.inputs("UpdateService").at(0).at("desiredCount"), 0);
  EXPECT_EQ(aws.inputs("UpdateService").at(0).at("taskDefinition"), "b:1");
}

TEST_F(EcsRestore, LeavesAloneWhatStartLeftAlone) {
  idle();
  started.services["backend"] = {"b:1", "", "b:1", 2, 2};
  ASSERT_TRUE(platform().restore(started));
  EXPECT_TRUE(aws.inputs("UpdateService").empty());
}

TEST_F(EcsRestore, LeavesAloneWhatSomebodyElseStarted) {
  aws.on("DescribeServices", described(service("b:7", 4, deployment("ecs-svc/7", "b:7", 4, 4))));
  const auto out = platform().restore(started);
  EXPECT_EQ(out.error().code, ExitCode::refused);
  EXPECT_EQ(out.error().what,
            std::string{"the service "} + green +
                " runs b:7, which somebody else started meanwhile; it is left alone");
  EXPECT_TRUE(aws.inputs("UpdateService").empty());
}

TEST_F(EcsRestore, StopsTasksWhenTheDefinitionOfBeforeIsOutOfUse) {
  aws.on("DescribeServices", described(begun()));
  aws.on("DescribeTaskDefinition", definition("b:1", "v1", "INACTIVE"));
  aws.on("UpdateService", updated(service("b:2", 0, deployment("ecs-svc/2", "b:2", 0, 0))));
  ASSERT_TRUE(platform().restore(started));
  EXPECT_FALSE(aws.inputs("UpdateService").at(0).contains("taskDefinition"));
  EXPECT_EQ(aws.inputs("UpdateService").at(0).at("desiredCount"), 0);
}

}  // namespace
}  // namespace sy::control::platform
