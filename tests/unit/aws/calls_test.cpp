// The typed calls over a script: what they send, and what they read of answers.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <deque>

#include "control/aws/ecr.h"
#include "control/aws/ecs.h"
#include "control/aws/logs.h"
#include "control/aws/ssm.h"
#include "control/aws/sts.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

class Script final : public Caller {
 public:
  std::deque<Result<json::object>> answers;
  std::vector<std::string> targets;
  std::vector<json::object> inputs;
  std::vector<Operation> operations;

  Result<json::object> call(const Operation& operation, const json::object& input) override {
    targets.emplace_back(operation.target);
    inputs.push_back(input);
    operations.push_back(operation);
    auto answer = answers.front();
    answers.pop_front();
    return answer;
  }
  Result<Answer> query(const Service&, const Request&) override {
    return Answer{
        200, {}, "<R><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></R>"};
  }
  void says(std::string_view text) { answers.emplace_back(json::parse(text).as_object()); }
};

Error refused(Kind kind, std::string code, std::string what = "no") {
  return Error{kind, std::move(code), std::move(what), 400, "1-2"};
}

std::string text(const json::object& object) { return json::serialize(object); }

struct CallsTest : testing::Test {
  Script script;
  Ecs ecs_of{script, "c"};
  Ssm ssm_of{script};
  Ecr ecr_of{script, "111122223333"};
};

TEST_F(CallsTest, AnUpdateSendsOnlyWhatIsGiven) {
  script.says(R"({"service":{"serviceName":"s"}})");
  script.says(R"({"service":{"serviceName":"s"}})");
  ASSERT_TRUE(ecs_of.update_service({.service = "s", .task_definition = "f:2"}));
  EXPECT_EQ(text(script.inputs[0]), R"({"service":"s","cluster":"c","taskDefinition":"f:2"})");
  EXPECT_FALSE(script.operations[0].once);
  ASSERT_TRUE(
      ecs_of.update_service({.service = "s", .desired_count = 0, .force_new_deployment = true}));
  EXPECT_EQ(text(script.inputs[1]),
            R"({"service":"s","cluster":"c","desiredCount":0,"forceNewDeployment":true})");
  EXPECT_TRUE(script.operations[1].once);
}

TEST_F(CallsTest, NumbersComeInAnyFormAndNullIsAbsent) {
  const auto service = read_ecs_service(json::parse(R"({
    "serviceName":"s","desiredCount":2.0,"runningCount":2E0,"pendingCount":null,"status":null,
    "deployments":[{"id":"ecs-svc/1","status":"ACTIVE","createdAt":1.79E9,"failedTasks":3},
                   {"id":"ecs-svc/2","status":"PRIMARY","createdAt":1790000000.125,"future":{}}, 7],
    "events":[{"id":"e","createdAt":"yesterday","message":"m"}],
    "deploymentConfiguration":{"deploymentCircuitBreaker":{"enable":true,"rollback":false}}})")
                                            .as_object());
  EXPECT_EQ(service.desired, 2);
  EXPECT_EQ(service.running, 2);
  EXPECT_EQ(service.pending, 0);
  EXPECT_EQ(service.status, "");
  ASSERT_EQ(service.deployments.size(), 2U);
  EXPECT_EQ(service.deployments[0].created_at, Moment{std::chrono::seconds{1'790'000'000}});
  EXPECT_EQ(service.deployments[1].created_at,
            Moment{std::chrono::milliseconds{1'790'000'000'125}});
  ASSERT_NE(service.primary(), nullptr);
  EXPECT_EQ(service.primary()->id, "ecs-svc/2");
  EXPECT_EQ(service.deployment("ecs-svc/1")->failed, 3);
  EXPECT_EQ(service.deployment("ecs-svc/9"), nullptr);
  EXPECT_FALSE(service.events.at(0).created_at);
  EXPECT_TRUE(service.circuit_breaker && !service.circuit_breaker_rollback);
}

TEST_F(CallsTest, ATaskHasTheAddressOfItsInterfaceElseThoseOfItsContainers) {
  const auto own = read_ecs_task(json::parse(R"({
    "taskArn":"arn:aws:ecs:us-east-1:1:task/c/abc",
    "attachments":[{"type":"other","details":[{"name":"privateIPv4Address","value":"9.9.9.9"}]},
                   {"type":"ElasticNetworkInterface","details":[{"name":"subnetId","value":"s"},
                    {"name":"privateIPv4Address","value":"10.0.0.1"}]}],
    "containers":[{"name":"app","exitCode":137,
                   "networkInterfaces":[{"privateIpv4Address":"10.0.0.2"}]},{"name":"side"}]})")
                                     .as_object());
  EXPECT_EQ(own.id, "abc");
  EXPECT_EQ(own.addresses, std::vector<std::string>{"10.0.0.1"});
  EXPECT_EQ(own.containers.at(0).exit_code, 137);
  EXPECT_FALSE(own.containers.at(1).exit_code);
  const auto shared = read_ecs_task(json::parse(R"({
    "containers":[{"networkInterfaces":[{"privateIpv4Address":"10.0.0.2"}]},
                  {"networkInterfaces":[{"privateIpv4Address":"10.0.0.2"}]}]})")
                                        .as_object());
  EXPECT_EQ(shared.addresses, std::vector<std::string>{"10.0.0.2"});
}

TEST_F(CallsTest, WhatIsForReadingOnlyLeavesADefinitionAndNothingElseDoes) {
  EcsTaskDefinition from;
  from.definition = json::parse(R"({
    "taskDefinitionArn":"a","revision":3,"status":"ACTIVE","requiresAttributes":[],
    "compatibilities":["EC2"],"registeredAt":1,"registeredBy":"me","deregisteredAt":2,
    "deleteRequestedAt":3,"family":"f","pidMode":"task","volumes":[],"enableFaultInjection":false,
    "memberOfTomorrow":{"x":null}})")
                        .as_object();
  from.tags =
      json::parse(R"([{"key":"aws:ecs:x","value":"1"},{"key":"team","value":"pms"}])").as_array();
  EXPECT_EQ(json::value(registrable(from)), json::parse(R"({
    "family":"f","pidMode":"task","volumes":[],"enableFaultInjection":false,
    "memberOfTomorrow":{"x":null},"tags":[{"key":"team","value":"pms"}]})"));
  from.tags.clear();
  EXPECT_FALSE(registrable(from).contains("tags"));
}

TEST_F(CallsTest, AMissingDefinitionIsNotFoundWhateverItsCode) {
  script.answers.emplace_back(
      refused(Kind::invalid, "ClientException", "Unable to describe task definition."));
  EXPECT_EQ(ecs_of.describe_task_definition("f:9").error().kind, Kind::not_found);
  script.answers.emplace_back(refused(Kind::invalid, "ClientException", "something else"));
  EXPECT_EQ(ecs_of.describe_task_definition("f:9").error().kind, Kind::invalid);
}

TEST_F(CallsTest, ManyAreAskedForInTheLargestPartsThatAreAllowed) {
  for (int i = 0; i < 3; ++i) script.says(R"({"failures":[{"arn":"a","reason":"MISSING"}]})");
  const auto got = ecs_of.describe_tasks(std::vector<std::string>(201, "t"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->failures.size(), 3U);
  EXPECT_EQ(script.inputs[0].at("tasks").as_array().size(), 100U);
  EXPECT_EQ(script.inputs[2].at("tasks").as_array().size(), 1U);
  EXPECT_TRUE(ecs_of.describe_services({})->services.empty());
}

TEST_F(CallsTest, ServiceDeploymentsAreNotToBeHadWhereTheyAreRefused) {
  for (const auto& [kind, code] : {std::pair{Kind::denied, "AccessDeniedException"},
                                   std::pair{Kind::invalid, "UnsupportedFeatureException"},
                                   std::pair{Kind::invalid, "UnknownOperationException"}}) {
    script.answers.emplace_back(refused(kind, code));
    EXPECT_FALSE(ecs_of.describe_service_deployment("a")->has_value()) << code;
  }
}

TEST_F(CallsTest, APageWithNothingOnItIsNotTheEnd) {
  script.says(R"({"Parameters":[],"NextToken":"1"})");
  script.says(R"({"Parameters":[{"Name":"/p/a","Version":7}],"NextToken":"2"})");
  script.says(R"({"NextToken":null})");
  const auto got = ssm_of.get_parameters_by_path("/p");
  ASSERT_TRUE(got);
  ASSERT_EQ(got->size(), 1U);
  EXPECT_EQ(got->front().version, 7);
  EXPECT_EQ(script.inputs[2].at("NextToken"), "2");
}

TEST_F(CallsTest, HistoryIsInTheOrderOfVersions) {
  script.says(R"({"Parameters":[{"Version":3},{"Version":1},{"Version":2}],"NextToken":""})");
  const auto got = ssm_of.get_parameter_history("/p");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->at(0).version, 1);
  EXPECT_EQ(got->at(2).version, 3);
}

TEST_F(CallsTest, TypeAndTagsAreOnlyForANewParameter) {
  script.says(R"({"Version":1})");
  script.says(R"({"Version":2})");
  EXPECT_EQ(*ssm_of.put_parameter({.name = "/p", .value = "v", .tags = {{"k", "t"}}}), 1);
  EXPECT_EQ(text(script.inputs[0]),
            R"({"Name":"/p","Value":"v","Type":"String","Tags":[{"Key":"k","Value":"t"}]})");
  EXPECT_EQ(
      *ssm_of.put_parameter({.name = "/p", .value = "v", .overwrite = true, .tags = {{"k", "t"}}}),
      2);
  EXPECT_FALSE(script.inputs[1].contains("Tags") || script.inputs[1].contains("Type"));
}

TEST_F(CallsTest, AValueIsNotRepeatedInAnError) {
  script.answers.emplace_back(refused(Kind::invalid, "ParameterPatternMismatchException",
                                      "the value hunter2hunter2 does not match"));
  const auto got = ssm_of.put_parameter({.name = "/p", .value = "hunter2hunter2"});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().what, "the value [redacted] does not match");
}

TEST_F(CallsTest, AnswersWithoutAResultAreNoResults) {
  for (int i = 0; i < 5; ++i) script.says("{}");
  EXPECT_EQ(ssm_of.put_parameter({.name = "/p", .value = "v"}).error().kind, Kind::unavailable);
  EXPECT_EQ(ssm_of.get_parameter("/p").error().kind, Kind::unavailable);
  EXPECT_EQ(ecs_of.update_service({.service = "s"}).error().kind, Kind::unavailable);
  EXPECT_EQ(ecs_of.describe_service("s").error().kind, Kind::not_found);
  EXPECT_EQ(ecr_of.describe_image("r", "t").error().kind, Kind::not_found);
}

TEST_F(CallsTest, ImagesAreTheNewestFirst) {
  script.says(R"({"imageDetails":[{"imageTags":["v1"],"imagePushedAt":1}],"nextToken":"n"})");
  script.says(R"({"imageDetails":[{"imageTags":["v2","latest"],"imagePushedAt":2.5}]})");
  const auto got = ecr_of.describe_images("r");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->at(0).tags, (std::vector<std::string>{"v2", "latest"}));
  EXPECT_EQ(script.inputs[1].at("registryId"), "111122223333");
}

TEST(EcrNames, AreTakenApart) {
  EXPECT_EQ(read_ecr_name("111122223333.dkr.ecr.us-east-1.amazonaws.com/team/app:v1"),
            (EcrName{"111122223333", "us-east-1", "team/app", "v1", ""}));
  EXPECT_EQ(read_ecr_name("111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app@sha256:ab"),
            (EcrName{"111122223333", "us-gov-west-1", "app", "", "sha256:ab"}));
  EXPECT_EQ(read_ecr_name("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/app:v1@sha256:ab"),
            (EcrName{"111122223333", "cn-north-1", "app", "v1", "sha256:ab"}));
  for (const char* other : {"nginx", "docker.io/library/nginx:1", "localhost:5000/app:v1",
                            "1.dkr.ecr.us-east-1.amazonaws.com/app", "/app",
                            "111122223333.dkr.ecr.us-east-1.example.com/app"})
    EXPECT_FALSE(read_ecr_name(other)) << other;
}

TEST_F(CallsTest, TimesOfLogsAreMilliseconds) {
  script.says(R"({"events":[{"eventId":"1","timestamp":1790000000125,"message":"m"}],
                  "nextToken":"n"})");
  LogFilter filter{.group = "/g", .start = Moment{std::chrono::milliseconds{12}}};
  filter.streams = {"a", "b"};
  const auto page = filter_log_events(script, filter);
  ASSERT_TRUE(page);
  EXPECT_EQ(text(script.inputs[0]),
            R"({"logGroupName":"/g","startTime":12,"logStreamNames":["a","b"]})");
  EXPECT_EQ(page->events.at(0).at, Moment{std::chrono::milliseconds{1'790'000'000'125}});
  EXPECT_EQ(page->next_token, "n");
}

TEST_F(CallsTest, WhoWeAreIsAskedOfSts) { EXPECT_EQ(get_caller_identity(script)->account, "1"); }

}  // namespace
}  // namespace sy::aws
