// What ECS answers, as plain values.
#include <algorithm>

#include "control/aws/ecs.h"
#include "control/aws/members.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

EcsDeployment read_deployment(const json::object& from) {
  return {.id = text_of(from, "id"),
          .status = text_of(from, "status"),
          .task_definition = text_of(from, "taskDefinition"),
          .desired = count_of(from, "desiredCount"),
          .running = count_of(from, "runningCount"),
          .pending = count_of(from, "pendingCount"),
          .failed = count_of(from, "failedTasks"),
          .created_at = moment_of(from, "createdAt"),
          .updated_at = moment_of(from, "updatedAt"),
          .rollout_state = text_of(from, "rolloutState"),
          .rollout_state_reason = text_of(from, "rolloutStateReason")};
}

EcsContainer read_container(const json::object& from) {
  EcsContainer out{.name = text_of(from, "name"),
                   .image = text_of(from, "image"),
                   .image_digest = text_of(from, "imageDigest"),
                   .last_status = text_of(from, "lastStatus"),
                   .exit_code = std::nullopt,
                   .reason = text_of(from, "reason"),
                   .health = text_of(from, "healthStatus"),
                   .addresses = {}};
  if (number_of(from, "exitCode")) out.exit_code = count_of(from, "exitCode");
  for (const auto* interface : objects_of(from, "networkInterfaces")) {
    if (auto address = text_of(*interface, "privateIpv4Address"); !address.empty())
      out.addresses.push_back(std::move(address));
  }
  return out;
}

void add_once(std::vector<std::string>& to, const std::string& one) {
  if (!one.empty() && std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
}

// Of the task's own network interface.
std::vector<std::string> interface_addresses(const json::object& task) {
  std::vector<std::string> out;
  for (const auto* attachment : objects_of(task, "attachments")) {
    if (text_of(*attachment, "type") != "ElasticNetworkInterface") continue;
    for (const auto* detail : objects_of(*attachment, "details")) {
      if (text_of(*detail, "name") == "privateIPv4Address")
        add_once(out, text_of(*detail, "value"));
    }
  }
  return out;
}

}  // namespace

const EcsDeployment* EcsService::primary() const {
  const auto found = std::find_if(deployments.begin(), deployments.end(),
                                  [](const auto& one) { return one.status == "PRIMARY"; });
  return found == deployments.end() ? nullptr : &*found;
}

const EcsDeployment* EcsService::deployment(std::string_view id) const {
  const auto found = std::find_if(deployments.begin(), deployments.end(),
                                  [id](const auto& one) { return one.id == id; });
  return found == deployments.end() ? nullptr : &*found;
}

EcsService read_ecs_service(const json::object& from) {
  const auto& configuration = object_of(from, "deploymentConfiguration");
  const auto& breaker = object_of(configuration, "deploymentCircuitBreaker");
  EcsService out{.arn = text_of(from, "serviceArn"),
                 .name = text_of(from, "serviceName"),
                 .status = text_of(from, "status"),
                 .desired = count_of(from, "desiredCount"),
                 .running = count_of(from, "runningCount"),
                 .pending = count_of(from, "pendingCount"),
                 .task_definition = text_of(from, "taskDefinition"),
                 .deployments = {},
                 .events = {},
                 .current_service_deployment = text_of(from, "currentServiceDeployment"),
                 .deployment_controller = text_of(object_of(from, "deploymentController"), "type"),
                 .circuit_breaker = flag_of(breaker, "enable"),
                 .circuit_breaker_rollback = flag_of(breaker, "rollback")};
  for (const auto* one : objects_of(from, "deployments"))
    out.deployments.push_back(read_deployment(*one));
  for (const auto* one : objects_of(from, "events"))
    out.events.push_back(
        {text_of(*one, "id"), moment_of(*one, "createdAt"), text_of(*one, "message")});
  return out;
}

EcsTask read_ecs_task(const json::object& from) {
  EcsTask out{.arn = text_of(from, "taskArn"),
              .id = "",
              .task_definition = text_of(from, "taskDefinitionArn"),
              .last_status = text_of(from, "lastStatus"),
              .desired_status = text_of(from, "desiredStatus"),
              .health = text_of(from, "healthStatus"),
              .started_by = text_of(from, "startedBy"),
              .group = text_of(from, "group"),
              .stop_code = text_of(from, "stopCode"),
              .stopped_reason = text_of(from, "stoppedReason"),
              .created_at = moment_of(from, "createdAt"),
              .started_at = moment_of(from, "startedAt"),
              .stopped_at = moment_of(from, "stoppedAt"),
              .containers = {},
              .addresses = interface_addresses(from)};
  out.id = out.arn.substr(out.arn.rfind('/') + 1);
  const bool own = !out.addresses.empty();
  for (const auto* one : objects_of(from, "containers")) {
    out.containers.push_back(read_container(*one));
    if (own) continue;
    for (const auto& address : out.containers.back().addresses) add_once(out.addresses, address);
  }
  return out;
}

EcsServiceDeployment read_ecs_service_deployment(const json::object& from) {
  const auto& breaker = object_of(from, "deploymentCircuitBreaker");
  const std::string brief = text_of(from, "targetServiceRevisionArn");
  return {.arn = text_of(from, "serviceDeploymentArn"),
          .service_arn = text_of(from, "serviceArn"),
          .status = text_of(from, "status"),
          .status_reason = text_of(from, "statusReason"),
          .target_revision =
              brief.empty() ? text_of(object_of(from, "targetServiceRevision"), "arn") : brief,
          .created_at = moment_of(from, "createdAt"),
          .finished_at = moment_of(from, "finishedAt"),
          .rollback_reason = text_of(object_of(from, "rollback"), "reason"),
          .breaker_status = text_of(breaker, "status"),
          .breaker_failures = count_of(breaker, "failureCount"),
          .breaker_threshold = count_of(breaker, "threshold")};
}

}  // namespace sy::aws
