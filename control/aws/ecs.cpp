#include "control/aws/ecs.h"

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>

#include "control/aws/members.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

constexpr std::size_t services_a_call = 10;
constexpr std::size_t tasks_a_call = 100;
// set(TaskDefinition) - set(RegisterTaskDefinitionRequest) of the model.
constexpr std::array<std::string_view, 9> for_reading_only{
    "taskDefinitionArn", "revision",     "status",         "requiresAttributes", "compatibilities",
    "registeredAt",      "registeredBy", "deregisteredAt", "deleteRequestedAt"};

std::string target_of(std::string_view operation) {
  return "AmazonEC2ContainerServiceV20141113." + std::string{operation};
}

json::array slice(const std::vector<std::string>& all, std::size_t begin, std::size_t most) {
  json::array out;
  for (std::size_t i = begin; i < std::min(all.size(), begin + most); ++i) out.emplace_back(all[i]);
  return out;
}

void add_failures(const json::object& answer, std::vector<EcsFailure>& to) {
  for (const auto* one : objects_of(answer, "failures"))
    to.push_back({text_of(*one, "arn"), text_of(*one, "reason"), text_of(*one, "detail")});
}

Error unreadable(std::string_view operation) {
  return Error{Kind::unavailable, "", "the answer to " + std::string{operation} + " has no result",
               200, ""};
}

EcsTaskDefinition read_definition(const json::object& answer) {
  EcsTaskDefinition out;
  out.definition = object_of(answer, "taskDefinition");
  out.arn = text_of(out.definition, "taskDefinitionArn");
  out.family = text_of(out.definition, "family");
  out.revision = count_of(out.definition, "revision");
  out.status = text_of(out.definition, "status");
  if (const auto* tags = answer.if_contains("tags"); tags && tags->is_array())
    out.tags = tags->get_array();
  return out;
}

// Accounts, regions and policies of before service deployments.
bool not_available(const Error& error) {
  return error.kind == Kind::denied || error.code == "UnsupportedFeatureException" ||
         error.code == "UnknownOperationException";
}

}  // namespace

Result<json::object> Ecs::call(std::string_view operation, json::object input) {
  if (!cluster_.empty()) input["cluster"] = cluster_;
  const auto target = target_of(operation);
  const Operation made{ecs, target};
  return caller_.call(made, input);
}

Result<EcsServices> Ecs::describe_services(const std::vector<std::string>& names) {
  EcsServices out;
  for (std::size_t i = 0; i < names.size(); i += services_a_call) {
    const auto answer = call("DescribeServices", {{"services", slice(names, i, services_a_call)}});
    if (!answer) return answer.error();
    for (const auto* one : objects_of(*answer, "services"))
      out.services.push_back(read_ecs_service(*one));
    add_failures(*answer, out.failures);
  }
  return out;
}

Result<EcsService> Ecs::describe_service(const std::string& name) {
  auto answer = describe_services({name});
  if (!answer) return answer.error();
  if (!answer->services.empty()) return std::move(answer->services.front());
  const std::string reason = answer->failures.empty() ? "MISSING" : answer->failures.front().reason;
  return Error{Kind::not_found, reason,
               "ECS has no service " + name + " in the cluster " +
                   (cluster_.empty() ? "default" : cluster_) + " (" + reason + ")",
               200, ""};
}

Result<EcsService> Ecs::update_service(const EcsUpdate& update) {
  json::object input{{"service", update.service}};
  if (!cluster_.empty()) input["cluster"] = cluster_;
  if (update.task_definition) input["taskDefinition"] = *update.task_definition;
  if (update.desired_count) input["desiredCount"] = *update.desired_count;
  if (update.force_new_deployment) input["forceNewDeployment"] = true;
  const auto target = target_of("UpdateService");
  const Operation made{.service = ecs, .target = target, .once = update.force_new_deployment};
  const auto answer = caller_.call(made, input);
  if (!answer) return answer.error();
  const auto& service = object_of(*answer, "service");
  if (service.empty()) return unreadable("UpdateService");
  return read_ecs_service(service);
}

Result<EcsTaskDefinition> Ecs::describe_task_definition(const std::string& name) {
  const auto target = target_of("DescribeTaskDefinition");
  const Operation made{ecs, target};
  const json::object input{{"taskDefinition", name}, {"include", json::array{"TAGS"}}};
  auto answer = caller_.call(made, input);
  if (!answer) {
    Error error = answer.error();
    // ECS has no code of its own for this.
    if (error.code == "ClientException" && error.what.starts_with("Unable to describe"))
      error.kind = Kind::not_found;
    return error;
  }
  auto out = read_definition(*answer);
  if (out.arn.empty()) return unreadable("DescribeTaskDefinition");
  return out;
}

Result<EcsTaskDefinition> Ecs::register_task_definition(const json::object& definition) {
  const auto target = target_of("RegisterTaskDefinition");
  const Operation made{.service = ecs, .target = target, .quota_is_final = true};
  const auto answer = caller_.call(made, definition);
  if (!answer) return answer.error();
  auto out = read_definition(*answer);
  if (out.arn.empty()) return unreadable("RegisterTaskDefinition");
  return out;
}

Result<std::vector<std::string>> Ecs::list_tasks(const EcsTaskFilter& filter) {
  json::object input;
  if (!filter.service.empty()) input["serviceName"] = filter.service;
  if (!filter.started_by.empty()) input["startedBy"] = filter.started_by;
  if (!filter.desired_status.empty()) input["desiredStatus"] = filter.desired_status;
  std::vector<std::string> out;
  for (;;) {
    const auto answer = call("ListTasks", input);
    if (!answer) return answer.error();
    for (auto& arn : texts_of(*answer, "taskArns")) out.push_back(std::move(arn));
    const auto next = text_of(*answer, "nextToken");
    if (next.empty()) return out;
    input["nextToken"] = next;
  }
}

Result<EcsTasks> Ecs::describe_tasks(const std::vector<std::string>& arns) {
  EcsTasks out;
  for (std::size_t i = 0; i < arns.size(); i += tasks_a_call) {
    const auto answer = call("DescribeTasks", {{"tasks", slice(arns, i, tasks_a_call)}});
    if (!answer) return answer.error();
    for (const auto* one : objects_of(*answer, "tasks")) out.tasks.push_back(read_ecs_task(*one));
    add_failures(*answer, out.failures);
  }
  return out;
}

Result<std::optional<EcsServiceDeployment>> Ecs::describe_service_deployment(
    const std::string& arn) {
  const auto target = target_of("DescribeServiceDeployments");
  const Operation made{ecs, target};
  const auto answer = caller_.call(made, {{"serviceDeploymentArns", json::array{arn}}});
  if (!answer && not_available(answer.error())) return std::optional<EcsServiceDeployment>{};
  if (!answer) return answer.error();
  const auto found = objects_of(*answer, "serviceDeployments");
  if (found.empty())
    return Error{Kind::not_found, "MISSING", "ECS has no service deployment " + arn, 200, ""};
  return std::optional{read_ecs_service_deployment(*found.front())};
}

json::object registrable(const EcsTaskDefinition& from) {
  json::object out = from.definition;
  for (const auto name : for_reading_only) out.erase(name);
  json::array tags;
  for (const json::value& tag : from.tags) {
    const auto* object = tag.if_object();
    if (object && !text_of(*object, "key").starts_with("aws:")) tags.push_back(tag);
  }
  // ECS refuses a list of no tags.
  if (!tags.empty()) out["tags"] = std::move(tags);
  return out;
}

}  // namespace sy::aws
