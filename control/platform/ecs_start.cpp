// What EcsPlatform changes: start, restore, scale, restart.
#include <algorithm>

#include "control/aws_failure/aws_failure.h"
#include "control/platform/ecs.h"

namespace sy::control::platform {
namespace {

constexpr int rounds_max = 3;
constexpr int looks_max = 3;

Failure interrupted() {
  return Failure{ExitCode::interrupted, "interrupted", "Give the same command again to carry on."};
}

// Nothing of it is under way.
bool is_settled(const aws::EcsService& service) {
  const auto* primary = service.primary();
  return primary && service.deployments.size() == 1 && service.pending == 0 &&
         service.running == service.desired &&
         (primary->rollout_state.empty() || primary->rollout_state == "COMPLETED");
}

// Whether a service is as an update was to make it.
bool is_done(const aws::EcsUpdate& update, const aws::EcsService& before,
             const aws::EcsService& now) {
  const auto* primary = now.primary();
  if (!primary) return false;
  if (update.task_definition &&
      short_name(primary->task_definition) != short_name(*update.task_definition))
    return false;
  if (update.desired_count && now.desired != *update.desired_count) return false;
  // A forced deployment is one that was not there before.
  const auto* was = before.primary();
  return !update.force_new_deployment || !was || primary->id != was->id;
}

// Start found it as wanted.
bool was_left_alone(const Started::Service& to) {
  return to.deployment.empty() && to.definition == to.definition_before &&
         to.count == to.desired_before;
}

}  // namespace

Try<aws::EcsService> EcsPlatform::change(const aws::EcsUpdate& update,
                                         const aws::EcsService& before) {
  changed_.insert(update.service);
  for (int round = 1;; ++round) {
    auto answer = ecs_.update_service(update);
    if (answer) return std::move(*answer);
    const aws::Error error = answer.error();
    if (!passes(error) && !error.maybe_done)
      return explained(error, "update the service " + update.service);
    // It may have been done all the same, and what is shown at first may be of before.
    for (int look = 0; look < looks_max; ++look) {
      if (!world_.pace.wait(options_.poll)) return interrupted();
      auto now = ecs_.describe_service(update.service);
      if (now && is_done(update, before, *now)) return std::move(*now);
      if (!error.maybe_done) break;
    }
    if (round == rounds_max) return explained(error, "update the service " + update.service);
  }
}

Try<Before> EcsPlatform::before(const aws::EcsService& now, const std::string& op) {
  const auto runs = definition(now.task_definition);
  if (!runs)
    return explained(runs.error(), "read the task definition " + short_name(now.task_definition));
  if (auto was = before_of(**runs, op)) return *was;
  return Before{short_name(now.task_definition), now.desired};
}

Try<std::string> EcsPlatform::definition_for(const Wanted& wanted, const std::string& service,
                                             const aws::EcsService& now, const Before& before) {
  const Artifact& artifact = wanted.artifact;
  if (const auto given = artifact.definitions.find(service); given != artifact.definitions.end()) {
    // Not from memory: it may have been taken out of use.
    const auto there = ecs_.describe_task_definition(given->second);
    if (!there) return explained(there.error(), "read the task definition " + given->second);
    if (there->status == "ACTIVE") return short_name(there->arn);
    return Failure{
        ExitCode::failed,
        "the task definition " + given->second + " is " + there->status +
            ", so ECS does not start it",
        "Deploy the version anew: switchctl deploy " + environment_ + " " + artifact.version + "."};
  }
  const auto image = artifact.images.find(service);
  if (image == artifact.images.end())
    return Failure{ExitCode::failed, "no image is known for the service " + service, ""};
  const auto known = definition(now.task_definition);
  if (!known)
    return explained(known.error(), "read the task definition " + short_name(now.task_definition));
  const aws::EcsTaskDefinition* const from = *known;
  const auto made = revised(*from, Change{chosen(service), image->second.reference,
                                          artifact.version, artifact.git_sha, wanted.op, before});
  if (!made) return made.error();
  if (from->status == "ACTIVE" && runs_alike(*from, *made)) return short_name(from->arn);
  // What an attempt of before registered and did not come to use.
  const auto last = ecs_.describe_task_definition(from->family);
  if (last && last->status == "ACTIVE" && runs_alike(*last, *made)) return short_name(last->arn);
  const auto out = ecs_.register_task_definition(*made);
  if (!out) return explained(out.error(), "register a task definition of " + from->family);
  return short_name(out->arn);
}

Try<> EcsPlatform::bring(const aws::EcsService& now, Started::Service& to) {
  const auto* primary = now.primary();
  const bool same = primary && short_name(primary->task_definition) == to.definition;
  // ECS has given that deployment up, and does not begin another of the same definition by itself.
  const bool dead = same && primary->rollout_state == "FAILED";
  if (same && !dead && now.desired == to.count) {
    if (!is_settled(now)) {
      to.deployment = primary->id;
    } else if (to.deployment != primary->id) {
      to.deployment.clear();
    }
    return {};
  }
  const auto after = change({now.name, to.definition, to.count, dead}, now);
  if (!after) return after.error();
  const auto* started = after->primary();
  if (!started)
    return Failure{ExitCode::failed, "ECS shows no deployment of " + now.name, "Try again."};
  to.deployment = started->id;
  memories_[started->id].created = started->created_at;
  return {};
}

Try<> EcsPlatform::start(const Wanted& wanted, Started& started) {
  started.color = wanted.color;
  std::vector<std::string> names;
  for (const auto& [service, count] : wanted.counts)
    names.push_back(service_name(service, wanted.color));
  const auto all = look_at(names);
  if (!all) return explained(all.error(), "read the services of the cluster " + cluster_);
  for (const auto& [service, count] : wanted.counts) {
    const auto now = changeable(*all, service_name(service, wanted.color));
    if (!now) return now.error();
    Started::Service& to = started.services[service];
    to.count = std::max(1, count);
    if (!to.definition_before.empty()) continue;  // of an attempt of before
    const auto was = before(*now, wanted.op);
    if (!was) return was.error();
    to.definition_before = was->definition;
    to.desired_before = was->desired;
  }
  for (auto& [service, to] : started.services) {
    if (!wanted.counts.contains(service)) continue;
    const auto& now = all->at(service_name(service, wanted.color));
    const auto name =
        definition_for(wanted, service, now, {to.definition_before, to.desired_before});
    if (!name) return name.error();
    to.definition = *name;
  }
  for (auto& [service, to] : started.services) {
    if (!wanted.counts.contains(service)) continue;
    const auto done = bring(all->at(service_name(service, wanted.color)), to);
    if (!done) return done.error();
  }
  return {};
}

Try<> EcsPlatform::take_back(const aws::EcsService& now, const Started::Service& to) {
  const std::string runs = short_name(now.task_definition);
  if (was_left_alone(to)) return {};
  // Killed while it started, nobody knows which revision was made.
  const bool known = !to.definition.empty();
  if (known && runs != to.definition && runs != to.definition_before)
    return Failure{ExitCode::refused,
                   "the service " + now.name + " runs " + runs +
                       ", which somebody else started meanwhile; it is left alone",
                   "switchctl status " + environment_ + " shows what is there."};
  // What is read may be older than what was done, so a look that shows it as before does not count.
  aws::EcsUpdate update{now.name, std::nullopt, to.desired_before, false};
  const auto before = ecs_.describe_task_definition(to.definition_before);
  if (!before && (passes(before.error()) || before.error().kind == aws::Kind::interrupted))
    return explained(before.error(), "read the task definition " + to.definition_before);
  if (before && before->status == "ACTIVE") {
    update.task_definition = to.definition_before;
  } else if (to.desired_before > 0 && runs != to.definition_before) {
    return Failure{ExitCode::failed,
                   "the task definition " + to.definition_before + " is not in use any more, so " +
                       now.name + " cannot go back to it",
                   "Deploy a version that is known to be good."};
  }
  // Otherwise only the count: a service of no tasks does no harm with another definition.
  const auto done = change(update, now);
  if (!done) return done.error();
  return {};
}

Try<> EcsPlatform::restore(const Started& started) {
  std::vector<std::string> names;
  for (const auto& [service, to] : started.services)
    names.push_back(service_name(service, started.color));
  if (names.empty()) return {};
  const auto all = look_at(names);
  if (!all) return explained(all.error(), "read the services of the cluster " + cluster_);
  // One that cannot be taken back does not keep the others from it.
  Try<> out{};
  for (const auto& [service, to] : started.services) {
    const auto now = changeable(*all, service_name(service, started.color));
    if (!now && out) out = now.error();
    if (!now) continue;
    const auto done = take_back(*now, to);
    if (!done && out) out = done.error();
  }
  return out;
}

Try<> EcsPlatform::scale(const std::string& service, Color color, int count) {
  const auto now = changeable(service, color);
  if (!now) return now.error();
  // A look just after a change of ours may be of before it.
  if (now->desired == count && !changed_.contains(now->name)) return {};
  const auto done = change({now->name, std::nullopt, count, false}, *now);
  if (!done) return done.error();
  return {};
}

Try<Started> EcsPlatform::restart(const std::string& service, Color color) {
  const auto now = changeable(service, color);
  if (!now) return now.error();
  if (now->desired == 0)
    return Failure{ExitCode::refused, "the service " + now->name + " has no tasks to restart",
                   "Start a version in " + std::string{sy::name(color)} + " first."};
  const auto done = change({now->name, std::nullopt, std::nullopt, true}, *now);
  if (!done) return done.error();
  const auto* primary = done->primary();
  if (!primary)
    return Failure{ExitCode::failed, "ECS shows no deployment of " + now->name, "Try again."};
  memories_[primary->id].created = primary->created_at;
  const std::string runs = short_name(primary->task_definition);
  Started out;
  out.color = color;
  out.services[service] = {runs, primary->id, runs, now->desired, now->desired};
  return out;
}

}  // namespace sy::control::platform
