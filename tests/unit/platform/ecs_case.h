// EcsPlatform in a world of scripts, and the answers of ECS in few words.
#pragma once
#include <gtest/gtest.h>

#include "control/platform/ecs.h"
#include "tests/support/manual_pace.h"
#include "tests/support/scripted_aws.h"

namespace sy::control::platform {

namespace json = boost::json;

inline constexpr const char* green = "pms-backend-staging-green";
inline constexpr const char* image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/pms-backend";

inline std::string arn(const std::string& name) {
  return "arn:aws:ecs:us-east-1:111122223333:task-definition/" + name;
}

inline std::string deployment(const std::string& id, const std::string& definition, int desired,
                              int running, const std::string& state = "COMPLETED") {
  return R"({"id": ")" + id + R"(", "status": "PRIMARY", "taskDefinition": ")" + arn(definition) +
         R"(", "desiredCount": )" + std::to_string(desired) + R"(, "runningCount": )" +
         std::to_string(running) + R"(, "rolloutState": ")" + state +
         R"(", "createdAt": 1800000000})";
}

inline std::string service(const std::string& definition, int desired,
                           const std::string& deployments, const std::string& name = green) {
  return R"({"serviceName": ")" + name + R"(", "status": "ACTIVE", "taskDefinition": ")" +
         arn(definition) + R"(", "desiredCount": )" + std::to_string(desired) +
         R"(, "runningCount": )" + std::to_string(desired) + R"(, "deployments": [)" + deployments +
         "]}";
}

inline std::string described(const std::string& one) { return R"({"services": [)" + one + "]}"; }
inline std::string updated(const std::string& one) { return R"({"service": )" + one + "}"; }

inline std::string definition(const std::string& name, const std::string& tag,
                              const std::string& status = "ACTIVE") {
  return R"({"taskDefinition": {"taskDefinitionArn": ")" + arn(name) + R"(", "family": ")" + green +
         R"(", "status": ")" + status + R"(", "containerDefinitions": [{"name": "app",
         "image": ")" +
         image + ":" + tag + R"(", "portMappings": [{"containerPort": 8080}],
         "healthCheck": {"command": ["CMD", "true"]},
         "environment": [{"name": "VERSION", "value": ")" +
         tag + R"("}]}]}})";
}

inline aws::Error error(aws::Kind kind, std::string code, bool maybe_done = false) {
  return aws::Error{kind, std::move(code), "it says so", 400, "r1", maybe_done};
}
inline aws::Error throttled() { return error(aws::Kind::unavailable, "ThrottlingException"); }
inline aws::Error lost() { return error(aws::Kind::unavailable, "", true); }

struct Ecs : testing::Test {
  ScriptedAws aws;
  ManualPace pace;
  RecordingTeller teller;
  EcsOptions options;
  Services services{{"backend",
                     {.image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/{app}-{service}",
                      .container = "app"}}};

  EcsPlatform platform() {
    return EcsPlatform{
        {aws, pace, teller, "us-east-1", {}, {}}, "pms", "staging", services, options};
  }
  static Wanted wanted(int count = 2) {
    Wanted out;
    out.color = Color::green;
    out.artifact.version = "v2";
    out.artifact.images["backend"] = {std::string{image} + "@sha256:22", "sha256:22"};
    out.counts["backend"] = count;
    out.op = "deploy-1";
    return out;
  }
  // Idle at b:1, and a new revision b:2 can be made.
  void idle() {
    aws.on("DescribeServices", described(service("b:1", 0, deployment("ecs-svc/1", "b:1", 0, 0))));
    aws.on("DescribeTaskDefinition", definition("b:1", "v1"));
    aws.on("RegisterTaskDefinition", definition("b:2", "v2"));
  }
  static std::string begun() {
    return service("b:2", 2, deployment("ecs-svc/2", "b:2", 2, 0, "IN_PROGRESS"));
  }
};

// A start of b:2 over b:1 in green.
struct EcsRestore : Ecs {
  Started started;
  EcsRestore() {
    started.color = Color::green;
    started.services["backend"] = {"b:2", "ecs-svc/2", "b:1", 0, 2};
  }
};

}  // namespace sy::control::platform
