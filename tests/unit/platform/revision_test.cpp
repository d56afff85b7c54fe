#include "control/platform/revision.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sy::control::platform {
namespace {

namespace json = boost::json;

constexpr const char* arn =
    "arn:aws:ecs:us-east-1:111122223333:task-definition/pms-backend-staging-green:7";
constexpr const char* registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

// As DescribeTaskDefinition gives it, with everything that has ever been lost on the way.
constexpr const char* described = R"({
  "taskDefinitionArn": "arn:aws:ecs:us-east-1:111122223333:task-definition/pms-backend-staging-green:7",
  "revision": 7, "status": "ACTIVE", "requiresAttributes": [{"name": "a"}],
  "compatibilities": ["EC2", "FARGATE"], "registeredAt": 1.7E9, "registeredBy": "arn:x",
  "deregisteredAt": 1.8E9, "deleteRequestedAt": 1.9E9,
  "family": "pms-backend-staging-green", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
  "taskRoleArn": "arn:task", "executionRoleArn": "arn:execution",
  "requiresCompatibilities": ["FARGATE"], "volumes": [], "placementConstraints": [],
  "pidMode": "task", "ipcMode": "none", "enableFaultInjection": false,
  "ephemeralStorage": {"sizeInGiB": 21}, "memberOfTomorrow": {"kept": true},
  "containerDefinitions": [
    {"name": "app", "image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/pms-backend:v1",
     "cpu": 0, "essential": true, "command": [], "dockerLabels": {},
     "environment": [{"name": "MODE", "value": ""}, {"name": "VERSION", "value": "v1"},
                     {"name": "LAST", "value": "z"}],
     "secrets": [{"name": "DATABASE_URL", "valueFrom": "arn:secret"}],
     "portMappings": [{"containerPort": 8080}], "healthCheck": {"command": ["CMD", "true"]},
     "logConfiguration": {"logDriver": "awslogs", "options": {
       "awslogs-group": "/ecs/pms-backend", "awslogs-stream-prefix": "ecs"}}},
    {"name": "agent", "image": "public.ecr.aws/agent:3", "environment": [], "secrets": []}]})";

aws::EcsTaskDefinition definition(const char* text = described) {
  aws::EcsTaskDefinition out;
  out.arn = arn;
  out.family = "pms-backend-staging-green";
  out.status = "ACTIVE";
  out.definition = json::parse(text).get_object();
  return out;
}

Change to_v2() {
  return {.chosen = {"", std::string{registry} + "/pms-backend"},
          .image = std::string{registry} + "/pms-backend@sha256:ab",
          .version = "v20261126-abc1234",
          .git_sha = "abc1234",
          .op = "deploy-1"};
}

json::object& container(json::object& of, std::size_t at) {
  return of.at("containerDefinitions").at(at).get_object();
}

TEST(Revision, DropsTheNineMembersThatAreForReadingOnly) {
  const auto out = revised(definition(), to_v2()).value();
  for (const char* name :
       {"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities",
        "registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt"})
    EXPECT_FALSE(out.contains(name)) << name;
}

TEST(Revision, ChangesTheImageAndTheVersionOfOneContainerAndNothingElse) {
  auto out = revised(definition(), to_v2()).value();
  auto expected = json::parse(described).get_object();
  for (const char* name :
       {"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities",
        "registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt"})
    expected.erase(name);
  container(expected, 0)["image"] = to_v2().image;
  container(expected, 0)["environment"] = json::parse(R"([
    {"name": "MODE", "value": ""}, {"name": "VERSION", "value": "v20261126-abc1234"},
    {"name": "LAST", "value": "z"}, {"name": "GIT_SHA", "value": "abc1234"}])");
  expected["tags"] = json::parse(R"([{"key": "switchctl:version", "value": "v20261126-abc1234"},
    {"key": "switchctl:git-sha", "value": "abc1234"}, {"key": "switchctl:op", "value": "deploy-1"}])");
  EXPECT_EQ(out, expected);
}

TEST(Revision, KeepsMembersThatAnAllowListWouldLose) {
  const auto out = revised(definition(), to_v2()).value();
  EXPECT_EQ(out.at("pidMode"), "task");
  EXPECT_EQ(out.at("ipcMode"), "none");
  EXPECT_EQ(out.at("enableFaultInjection"), false);
  EXPECT_EQ(out.at("ephemeralStorage").at("sizeInGiB"), 21);
  EXPECT_EQ(out.at("memberOfTomorrow").at("kept"), true);
}

TEST(Revision, KeepsValuesThatAreEmpty) {
  auto out = revised(definition(), to_v2()).value();
  EXPECT_TRUE(out.at("volumes").get_array().empty());
  EXPECT_TRUE(container(out, 0).at("command").get_array().empty());
  EXPECT_TRUE(container(out, 0).at("dockerLabels").get_object().empty());
  EXPECT_TRUE(container(out, 1).at("environment").get_array().empty());
}

TEST(Revision, PutsTagsInsideWithoutThoseOfAws) {
  auto from = definition();
  from.tags = json::parse(R"([{"key": "aws:cloudformation:stack", "value": "s"},
    {"key": "team", "value": "pms"}, {"key": "switchctl:version", "value": "v1"},
    {"key": "switchctl:op", "value": "old"}])")
                  .get_array();
  auto change = to_v2();
  change.git_sha = "";
  change.op = "deploy ünd <more>";
  EXPECT_EQ(revised(from, change)->at("tags"), json::parse(R"([{"key": "team", "value": "pms"},
              {"key": "switchctl:version", "value": "v20261126-abc1234"},
              {"key": "switchctl:op", "value": "deploy --nd -more-"}])"));
}

TEST(Revision, RemembersWhatWasBeforeForTheSameOperationOnly) {
  auto change = to_v2();
  change.before = {"pms-backend-staging-green:7", 3};
  const auto made = revised(definition(), change).value();
  auto there = definition();
  there.tags = made.at("tags").get_array();
  EXPECT_EQ(before_of(there, "deploy-1"), change.before);
  EXPECT_EQ(before_of(there, "deploy-2"), std::nullopt);
  EXPECT_EQ(before_of(there, ""), std::nullopt);
  for (const char* damaged : {"a:7", "a:7@", "a:7@x", "a:7@-1", "a:7@1x"}) {
    there.tags.back().get_object()["value"] = damaged;
    EXPECT_EQ(before_of(there, "deploy-1"), std::nullopt) << damaged;
  }
}

TEST(Revision, TakesAShaThatIsNotKnownOutInsteadOfKeepingTheOldOne) {
  auto from = definition();
  container(from.definition, 0)
      .at("environment")
      .get_array()
      .push_back(json::object{{"name", "GIT_SHA"}, {"value", "0ld"}});
  auto change = to_v2();
  change.git_sha = "";
  auto out = revised(from, change).value();
  EXPECT_EQ(variable_of(container(out, 0), "GIT_SHA"), "");
  EXPECT_EQ(container(out, 0).at("environment").get_array().size(), 3U);
}

TEST(Revision, RefusesAVersionThatComesFromASecret) {
  auto from = definition();
  container(from.definition, 0)
      .at("secrets")
      .get_array()
      .push_back(json::object{{"name", "VERSION"}, {"valueFrom", "arn:s"}});
  EXPECT_EQ(revised(from, to_v2()).error().what,
            std::string{"the container app of "} + arn +
                " takes VERSION from a secret, so it cannot be set");
}

TEST(Revision, IsNotNeededWhereTheDefinitionRunsAlikeAlready) {
  auto there = definition();
  const auto made = revised(there, to_v2()).value();
  EXPECT_FALSE(runs_alike(there, made));

  there.definition = made;
  there.definition["revision"] = 8;
  there.definition["status"] = "ACTIVE";
  there.definition["taskDefinitionArn"] = "arn:8";
  there.definition.erase("tags");
  there.tags = json::parse(R"([{"key": "switchctl:op", "value": "another"}])").get_array();
  EXPECT_TRUE(runs_alike(there, revised(there, to_v2()).value()));
}

TEST(Revision, DoesNotMindTheOrderOfVariables) {
  auto there = definition();
  const auto made = revised(there, to_v2()).value();
  there.definition = made;
  there.definition.erase("tags");
  auto& all = container(there.definition, 0).at("environment").get_array();
  std::swap(all[0], all[3]);
  EXPECT_TRUE(runs_alike(there, made));
  all[1].get_object()["value"] = "another";
  EXPECT_FALSE(runs_alike(there, made));
}

TEST(Container, IsFoundByNameByImageOrBecauseItIsTheOnlyOne) {
  const auto from = definition();
  EXPECT_EQ(container_of(from, {"agent", ""}).value(), "agent");
  EXPECT_EQ(container_of(from, {"", std::string{registry} + "/pms-backend"}).value(), "app");
  EXPECT_EQ(container_of(from, {"", "/pms-backend"}).value(), "app");
  const auto single =
      definition(R"({"containerDefinitions": [{"name": "only", "image": "some/where:1"}]})");
  EXPECT_EQ(container_of(single, {"", "else/where"}).value(), "only");
}

TEST(Container, IsRefusedWhereItCannotBeTold) {
  const auto what = [](const aws::EcsTaskDefinition& from, const Chosen& chosen) {
    return container_of(from, chosen).error();
  };
  const std::string lead = std::string{"the task definition "} + arn + " has ";
  EXPECT_EQ(what(definition(), {"web", ""}).what, lead + "no container web, but app, agent");
  EXPECT_EQ(what(definition(), {"", "x/y"}).what,
            lead + "the containers app, agent and none of them has the image x/y");
  const auto twice = definition(R"({"containerDefinitions": [
      {"name": "a", "image": "x/y:1"}, {"name": "b", "image": "x/y@sha256:0"}]})");
  EXPECT_EQ(what(twice, {"", "x/y"}).what,
            lead + "the containers a, b, and the image x/y in more than one: a, b");
  EXPECT_EQ(what(twice, {"", "x/y"}).code, ExitCode::usage);
  EXPECT_EQ(what(definition("{}"), {"", ""}).what, lead + "no containers");
}

TEST(Definition, TellsWhatTheContainerIs) {
  const auto out = facts_of(definition(), {"app", ""}).value();
  EXPECT_EQ(out.definition, "pms-backend-staging-green:7");
  EXPECT_EQ(out.version, "v1");
  EXPECT_EQ(out.port, 8080);
  EXPECT_TRUE(out.checked);
  EXPECT_EQ(out.log_group, "/ecs/pms-backend");
  EXPECT_EQ(out.log_prefix, "ecs");
}

TEST(Definition, ReadsRepositoriesWithPortsTagsAndDigests) {
  EXPECT_EQ(repository_of("localhost:5000/a/b:v1@sha256:00"), "localhost:5000/a/b");
  EXPECT_EQ(repository_of("localhost:5000/a"), "localhost:5000/a");
  EXPECT_EQ(repository_of("a:v1"), "a");
  EXPECT_EQ(repository_of("a@sha256:00"), "a");
}

}  // namespace
}  // namespace sy::control::platform
