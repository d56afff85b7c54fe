#include "tests/unit/platform/ecs_case.h"

namespace sy::control::platform {
namespace {

constexpr const char* digest = "sha256:22";

struct EcsFind : Ecs {
  void has(const std::string& one = digest) {
    aws.on("DescribeImages", R"({"imageDetails": [{"repositoryName": "pms-backend",
      "imageDigest": ")" + one + R"(", "imageTags": ["v2"]}]})");
  }
};

TEST_F(EcsFind, GivesImagesByDigestAndTheShaOfTheVersion) {
  has();
  const auto out = platform().find("v20261126-abc1234").value();
  EXPECT_EQ(out.images.at("backend").reference, std::string{image} + "@" + digest);
  EXPECT_EQ(out.images.at("backend").digest, digest);
  EXPECT_EQ(out.git_sha, "abc1234");
  const auto asked = aws.inputs("DescribeImages").at(0);
  EXPECT_EQ(asked.at("registryId"), "111122223333");
  EXPECT_EQ(asked.at("repositoryName"), "pms-backend");
}

TEST_F(EcsFind, NamesEveryImageThatIsMissing) {
  services["frontend"] = {.image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/pms-frontend"};
  aws.on("DescribeImages", error(aws::Kind::not_found, "ImageNotFoundException"));
  const auto out = platform().find("v9");
  EXPECT_EQ(out.error().code, ExitCode::failed);
  EXPECT_EQ(out.error().what, std::string{"ECR has no image "} + image +
                                  ":v9, 111122223333.dkr.ecr.us-east-1.amazonaws.com/"
                                  "pms-frontend:v9");
}

TEST_F(EcsFind, DoesNotTakeADenialForAMissingImage) {
  aws.on("DescribeImages", error(aws::Kind::denied, "AccessDeniedException"));
  EXPECT_EQ(platform().find("v9").error().code, ExitCode::forbidden);
}

TEST_F(EcsFind, UsesATagWithAWarningWhereItCannotLook) {
  services["backend"].image = "ghcr.io/pms/backend";
  const auto out = platform().find("v2").value();
  EXPECT_EQ(out.images.at("backend").reference, "ghcr.io/pms/backend:v2");
  EXPECT_EQ(out.images.at("backend").digest, "");
  ASSERT_EQ(teller.notes.size(), 1U);
  EXPECT_EQ(teller.notes[0].kind, Note::Kind::warning);
  EXPECT_EQ(teller.notes[0].what,
            "ghcr.io/pms/backend:v2 is not in ECR: it is used by its tag, and was not looked for");
}

TEST_F(EcsFind, LooksInTheRegionOfTheRegistry) {
  services["backend"].image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/pms-backend";
  ScriptedAws europe;
  europe.on("DescribeImages",
            R"({"imageDetails": [{"repositoryName": "pms-backend", "imageDigest": "sha256:33"}]})");
  std::string region;
  EcsWorld world{aws, pace, teller, "us-east-1", {}, {}};
  world.elsewhere = [&](const std::string& name) {
    region = name;
    return &europe;
  };
  EcsPlatform ecs{world, "pms", "staging", services, options};
  EXPECT_EQ(ecs.find("v2")->images.at("backend").digest, "sha256:33");
  EXPECT_EQ(region, "eu-west-1");
  EXPECT_TRUE(aws.asked.empty());
}

TEST_F(EcsFind, TakesTheRegistryOfWhatRunsWhereNoneIsSet) {
  services["backend"].image = "/{app}-{service}";  // ECR_REGISTRY is not set
  has();
  aws.on("DescribeServices", described(service("b:1", 1, deployment("ecs-svc/1", "b:1", 1, 1))));
  aws.on("DescribeTaskDefinition", definition("b:1", "v1"));
  EXPECT_EQ(platform().find("v2")->images.at("backend").reference,
            std::string{image} + "@" + digest);
}

TEST_F(EcsFind, SaysThatThereIsNoRegistry) {
  services["backend"].image = "/{app}-{service}";
  aws.on("DescribeServices", R"({"services": [], "failures": [{"reason": "MISSING"}]})");
  const auto out = platform().find("v2");
  EXPECT_EQ(out.error().code, ExitCode::usage);
  EXPECT_EQ(out.error().what, "the image of the service backend names no registry");
}

aws::Answer identity(const std::string& account) {
  return {200,
          {},
          "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::" + account +
              ":assumed-role/ci/1</Arn><UserId>U</UserId><Account>" + account +
              "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"};
}

TEST_F(EcsFind, KnowsWhoWeAreAndForHowLong) {
  aws.identity = identity("111122223333");
  options.expect_account = "111122223333";
  EcsWorld world{aws, pace, teller, "us-east-1", {}, {}};
  world.expires = [] { return std::optional{WallTime{std::chrono::seconds{5}}}; };
  EcsPlatform ecs{world, "pms", "staging", services, options};
  const auto out = ecs.caller().value();
  EXPECT_EQ(out.name, "arn:aws:sts::111122223333:assumed-role/ci/1");
  EXPECT_EQ(out.account, "111122223333");
  EXPECT_EQ(out.expires, WallTime{std::chrono::seconds{5}});
}

TEST_F(EcsFind, RefusesAnotherAccount) {
  aws.identity = identity("999988887777");
  options.expect_account = "111122223333";
  const auto out = platform().caller();
  EXPECT_EQ(out.error().code, ExitCode::forbidden);
  EXPECT_EQ(out.error().what,
            "the credentials are of account 999988887777, and staging is in account 111122223333");
}

TEST_F(EcsFind, SeesBothColorsOfAllServicesInOneCall) {
  services["frontend"] = {};
  aws.on("DescribeServices",
         described(
             service("b:2", 1, deployment("ecs-svc/2", "b:2", 1, 1)) + "," +
             service("b:1", 0, deployment("ecs-svc/1", "b:1", 0, 0), "pms-backend-staging-blue")));
  aws.on("DescribeTaskDefinition", definition("b:1", "v1"));
  aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
  aws.on("ListTasks", R"({"taskArns": ["arn:task/1"]})");
  aws.on("DescribeTasks", R"({"tasks": [{"taskArn": "arn:aws:ecs:us-east-1:1:task/c/0f3a",
    "taskDefinitionArn": "arn:aws:ecs:us-east-1:111122223333:task-definition/b:2",
    "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "healthStatus": "HEALTHY",
    "containers": [{"name": "app", "imageDigest": "sha256:22"}],
    "attachments": [{"type": "ElasticNetworkInterface",
      "details": [{"name": "privateIPv4Address", "value": "10.0.3.7"}]}]}]})");
  const auto out = platform().observe().value();
  EXPECT_EQ(aws.inputs("DescribeServices").size(), 1U);
  EXPECT_EQ(aws.inputs("ListTasks").size(), 1U) << "nobody asks for the tasks of an idle color";
  const Running& blue = out.at("backend").blue;
  EXPECT_TRUE(blue.exists);
  EXPECT_EQ(blue.state, "stopped");
  EXPECT_EQ(blue.version, "v1");
  const Running& now = out.at("backend").green;
  EXPECT_EQ(now.definition, "b:2");
  EXPECT_EQ(now.version, "v2");
  EXPECT_EQ(now.digest, "sha256:22");
  EXPECT_EQ(now.state, "steady");
  ASSERT_EQ(now.tasks.size(), 1U);
  EXPECT_EQ(now.tasks[0].id, "0f3a");
  EXPECT_EQ(now.tasks[0].url, "http://10.0.3.7:8080");
  EXPECT_EQ(now.tasks[0].state, "RUNNING HEALTHY");
  EXPECT_EQ(now.tasks[0].version, "v2");
  EXPECT_TRUE(now.tasks[0].up);
  EXPECT_FALSE(out.at("frontend").green.exists) << "a missing service is no error";
}

TEST_F(EcsFind, GivesEventsAndStoppedAndPendingTasksNewestFirst) {
  auto now = service("b:2", 2, deployment("ecs-svc/2", "b:2", 2, 0, "IN_PROGRESS"));
  now.insert(now.size() - 1, R"(, "events": [
    {"id": "2", "createdAt": 1800000090, "message": "was unable to place a task."},
    {"id": "1", "createdAt": 1800000010, "message": "has started 2 tasks."}])");
  aws.on("DescribeServices", described(now));
  aws.on("DescribeTaskDefinition", definition("b:2", "v2"));
  aws.on("ListTasks", R"({"taskArns": ["arn:task/1"]})");
  aws.on("DescribeTasks", R"({"tasks": [{"taskArn": "arn:task/1", "lastStatus": "STOPPED",
    "desiredStatus": "STOPPED", "stopCode": "EssentialContainerExited", "stoppedAt": 1800000050,
    "taskDefinitionArn": "arn:aws:ecs:us-east-1:111122223333:task-definition/b:2",
    "containers": [{"name": "app", "exitCode": 1}]}]})");
  aws.on("DescribeTasks", R"({"tasks": [{"taskArn": "arn:task/2", "lastStatus": "PENDING",
    "desiredStatus": "RUNNING", "createdAt": 1800000060}]})");
  EXPECT_EQ(
      platform().events("backend", Color::green).value(),
      (std::vector<std::string>{
          "deployment ecs-svc/2 IN_PROGRESS", "2027-01-15T08:01:30Z was unable to place a task.",
          "2027-01-15T08:01:00Z task 2: PENDING",
          "2027-01-15T08:00:50Z task 1: EssentialContainerExited; app: exit code 1",
          "2027-01-15T08:00:10Z has started 2 tasks."}));
}

struct EcsLogs : EcsFind {
  EcsLogs() {
    aws.on("DescribeServices", R"({"services": []})");
    for (const char* status : {"1", "2"})
      aws.on("ListTasks", std::string{R"({"taskArns": ["arn:task/)"} + status + "\"]}");
  }
  static std::string event(const std::string& id, const std::string& task, int at) {
    return R"({"eventId": ")" + id + R"(", "logStreamName": "ecs/app/)" + task +
           R"(", "timestamp": )" + std::to_string(at) + R"(, "message": "line )" + id + R"("})";
  }
  static std::vector<std::string> texts(const std::vector<Line>& lines) {
    std::vector<std::string> out;
    for (const Line& line : lines) out.push_back(line.text);
    return out;
  }
};

TEST_F(EcsLogs, ReadsOnAfterAnEmptyPageAndLeavesOutWhatComesTwice) {
  aws.on("FilterLogEvents", R"({"events": [], "nextToken": "a"})");
  aws.on("FilterLogEvents", R"({"events": [)" + event("2", "t", 20) + "," + event("1", "t", 10) +
                                R"(], "nextToken": "b"})");
  aws.on("FilterLogEvents", R"({"events": [)" + event("1", "t", 10) + "]}");
  auto ecs = platform();
  const WallTime since{std::chrono::milliseconds{5}};
  EXPECT_EQ(texts(ecs.logs("backend", std::nullopt, since).value()),
            (std::vector<std::string>{"line 1", "line 2"}));
  EXPECT_EQ(aws.inputs("FilterLogEvents").at(0).at("logGroupName"), "/ecs/pms-backend-staging");
  EXPECT_EQ(aws.inputs("FilterLogEvents").at(0).at("startTime"), 5);

  aws.now("FilterLogEvents",
          R"({"events": [)" + event("2", "t", 20) + "," + event("3", "t", 20) + "]}");
  EXPECT_EQ(
      texts(ecs.logs("backend", std::nullopt, WallTime{std::chrono::milliseconds{20}}).value()),
      (std::vector<std::string>{"line 3"}))
      << "following gives each line once";
}

TEST_F(EcsLogs, TellsColorsInOneGroupApartByTheirTasks) {
  aws.on("DescribeTasks", R"({"tasks": [{"taskArn": "arn:task/1"}]})");
  aws.on("DescribeTasks", R"({"tasks": [{"taskArn": "arn:task/2"}]})");
  aws.on("FilterLogEvents", R"({"events": [)" + event("a", "1", 1) + "," + event("b", "9", 2) +
                                "," + event("c", "2", 3) + "]}");
  EXPECT_EQ(texts(platform().logs("backend", Color::green, {}).value()),
            (std::vector<std::string>{"line a", "line c"}));
}

TEST_F(EcsLogs, SaysThatThereIsNoSuchGroup) {
  aws.on("FilterLogEvents", error(aws::Kind::not_found, "ResourceNotFoundException"));
  EXPECT_EQ(platform().logs("backend", std::nullopt, {}).error().what,
            "cannot read the log group /ecs/pms-backend-staging: it says so "
            "(ResourceNotFoundException, request r1)");
}

}  // namespace
}  // namespace sy::control::platform
