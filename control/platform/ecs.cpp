#include "control/platform/ecs.h"

#include <algorithm>
#include <utility>

#include "control/aws/sts.h"
#include "control/aws_failure/aws_failure.h"
#include "control/platform/names.h"

namespace sy::control::platform {
namespace {

std::string url_of(const aws::EcsTask& task, int port) {
  if (task.addresses.empty() || port == 0) return "";
  const std::string& address = task.addresses.front();
  const bool v6 = address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::string digest_of(const aws::EcsTask& task, const std::string& container) {
  for (const aws::EcsContainer& one : task.containers) {
    if (one.name == container && !one.image_digest.empty()) return one.image_digest;
  }
  return "";
}

std::string state_of(const aws::EcsService& service) {
  if (service.status != "ACTIVE") return service.status;
  const auto* primary = service.primary();
  if (!primary) return "no deployment";
  const bool done = primary->rollout_state.empty() || primary->rollout_state == "COMPLETED";
  const bool alone = service.deployments.size() == 1;
  if (done && alone && service.running == service.desired)
    return service.desired == 0 ? "stopped" : "steady";
  return "deployment " + primary->id +
         (primary->rollout_state.empty() ? "" : " " + primary->rollout_state);
}

}  // namespace

EcsPlatform::EcsPlatform(EcsWorld world, std::string app, std::string environment,
                         Services services, EcsOptions options)
    : world_{std::move(world)},
      app_{std::move(app)},
      environment_{std::move(environment)},
      services_{std::move(services)},
      options_{std::move(options)},
      cluster_{filled(options_.cluster, {app_, environment_})},
      ecs_{world_.caller, cluster_} {}

std::string EcsPlatform::service_name(const std::string& service, Color color) const {
  const std::string& text = color == Color::blue ? options_.service_blue : options_.service_green;
  return filled(text, {app_, environment_, service, sy::name(color)});
}

std::string EcsPlatform::image_template(const std::string& service) const {
  const auto found = services_.find(service);
  if (found == services_.end()) return "";
  return filled(found->second.image, {app_, environment_, service});
}

Chosen EcsPlatform::chosen(const std::string& service) const {
  const auto found = services_.find(service);
  return Chosen{found == services_.end() ? "" : found->second.container, image_template(service)};
}

Failure EcsPlatform::missing(const std::string& name) const {
  return Failure{ExitCode::failed, "ECS has no service " + name + " in the cluster " + cluster_,
                 "Create it, or set service_blue and service_green in switchctl.yaml."};
}

aws::Result<EcsPlatform::ByName> EcsPlatform::look_at(const std::vector<std::string>& names) {
  auto answer = ecs_.describe_services(names);
  if (!answer) return answer.error();
  ByName out;
  for (aws::EcsService& one : answer->services) {
    // A deleted service is described for a while.
    if (one.status != "INACTIVE") out.emplace(one.name, std::move(one));
  }
  return out;
}

Try<aws::EcsService> EcsPlatform::changeable(const ByName& all, const std::string& name) const {
  const auto found = all.find(name);
  if (found == all.end()) return missing(name);
  const aws::EcsService& one = found->second;
  if (one.status != "ACTIVE")
    return Failure{ExitCode::refused, "the service " + name + " is " + one.status,
                   "Wait until it is gone, and create it anew."};
  if (!one.deployment_controller.empty() && one.deployment_controller != "ECS")
    return Failure{ExitCode::refused,
                   "the service " + name + " is deployed by " + one.deployment_controller +
                       ", not by ECS itself",
                   "Create it with the deployment controller ECS."};
  return one;
}

Try<aws::EcsService> EcsPlatform::changeable(const std::string& service, Color color) {
  const std::string name = service_name(service, color);
  const auto all = look_at({name});
  if (!all) return explained(all.error(), "read the service " + name);
  return changeable(*all, name);
}

aws::Result<const aws::EcsTaskDefinition*> EcsPlatform::definition(const std::string& name) {
  const auto known = definitions_.find(short_name(name));
  if (known != definitions_.end()) return &known->second;
  auto answer = ecs_.describe_task_definition(name);
  if (!answer) return answer.error();
  aws::EcsTaskDefinition& kept = definitions_[short_name(answer->arn)];
  kept = std::move(*answer);
  return &kept;
}

Try<Facts> EcsPlatform::facts(const std::string& service, const std::string& name) {
  const auto found = definition(name);
  if (!found) return explained(found.error(), "read the task definition " + short_name(name));
  return facts_of(**found, chosen(service));
}

aws::Result<Facts> EcsPlatform::facts_if_clear(const std::string& service,
                                               const std::string& name) {
  if (name.empty()) return Facts{};
  const auto found = definition(name);
  if (!found) return found.error();
  const auto out = facts_of(**found, chosen(service));
  return out ? *out : Facts{};
}

aws::Result<std::vector<aws::EcsTask>> EcsPlatform::tasks(const aws::EcsTaskFilter& filter) {
  const auto arns = ecs_.list_tasks(filter);
  if (!arns) return arns.error();
  auto answer = ecs_.describe_tasks(*arns);
  if (!answer) return answer.error();
  return std::move(answer->tasks);
}

Try<Caller> EcsPlatform::caller() {
  const auto identity = aws::get_caller_identity(world_.caller);
  if (!identity) return explained(identity.error(), "learn from AWS who we are");
  if (!options_.expect_account.empty() && identity->account != options_.expect_account)
    return Failure{ExitCode::forbidden,
                   "the credentials are of account " + identity->account + ", and " + environment_ +
                       " is in account " + options_.expect_account,
                   "Use the credentials of that account, or change expect_account."};
  Caller out{identity->arn, identity->account, std::nullopt};
  if (world_.expires) out.expires = world_.expires();
  return out;
}

Try<Running> EcsPlatform::running(const std::string& service, const aws::EcsService& now) {
  Running out;
  out.exists = true;
  out.desired = now.desired;
  out.running = now.running;
  out.definition = short_name(now.task_definition);
  out.state = state_of(now);
  const auto own = facts_if_clear(service, now.task_definition);
  if (!own) return explained(own.error(), "read the task definition " + out.definition);
  out.version = own->version;
  if (const auto at = own->image.find('@'); at != std::string::npos)
    out.digest = own->image.substr(at + 1);
  if (now.running == 0 && now.pending == 0 && now.desired == 0) return out;
  const auto all = tasks({.service = now.name, .started_by = "", .desired_status = "RUNNING"});
  if (!all) return explained(all.error(), "read the tasks of " + now.name);
  const auto set = services_.find(service);
  for (const aws::EcsTask& one : *all) {
    const auto its = facts_if_clear(service, one.task_definition);
    if (!its)
      return explained(its.error(), "read the task definition " + short_name(one.task_definition));
    const int port = set != services_.end() && set->second.port ? set->second.port : its->port;
    out.tasks.push_back({.id = one.id,
                         .url = url_of(one, port),
                         .state = one.last_status + " " + one.health,
                         .version = its->version,
                         .up = is_up(one, its->checked)});
    if (out.digest.empty() && one.task_definition == now.task_definition)
      out.digest = digest_of(one, its->container);
  }
  return out;
}

Try<Observation> EcsPlatform::observe() {
  std::vector<std::string> names;
  for (const auto& [service, set] : services_) {
    for (const Color color : colors) names.push_back(service_name(service, color));
  }
  const auto all = look_at(names);
  if (!all) return explained(all.error(), "read the services of the cluster " + cluster_);
  Observation out;
  for (const auto& [service, set] : services_) {
    for (const Color color : colors) {
      Running& to = out[service][color];
      const auto found = all->find(service_name(service, color));
      if (found == all->end()) continue;
      auto one = running(service, found->second);
      if (!one) return one.error();
      to = std::move(*one);
    }
  }
  return out;
}

}  // namespace sy::control::platform
