#include "control/platform/ecs_progress.h"

#include <algorithm>

namespace sy::control::platform {
namespace {

constexpr int good_looks = 2;
constexpr int absent_looks = 2;  // of a deployment that has been seen
constexpr int first_looks = 6;   // of one that has not
constexpr int small_looks = 6;
constexpr std::size_t events_max = 10;
constexpr std::size_t stopped_max = 3;

std::string number(int value) { return std::to_string(value); }

Judgement failed(std::string words, ExitCode code = ExitCode::failed) {
  return Judgement{Stage::failed, code, std::move(words), 0, 0};
}

// Somebody else is PRIMARY, and our deployment is or is not listed.
Judgement lost(const Goal& goal, const aws::EcsDeployment* ours, const aws::EcsDeployment& now) {
  const bool gave_up = ours && ours->rollout_state == "FAILED";
  const std::string runs = short_name(now.task_definition);
  const bool back = runs == short_name(goal.started.definition_before) &&
                    runs != short_name(goal.started.definition);
  if (gave_up || back) {
    std::string words = "ECS rolled deployment " + goal.started.deployment + " back to " + runs;
    if (gave_up && !ours->rollout_state_reason.empty()) words += ": " + ours->rollout_state_reason;
    return failed(std::move(words));
  }
  return failed(
      "deployment " + goal.started.deployment + " was superseded by " + now.id + " of " + runs,
      ExitCode::refused);
}

// The deployment is not the PRIMARY of this look.
Judgement away(const Goal& goal, const aws::EcsService& service, Memory& memory) {
  const auto* ours = service.deployment(goal.started.deployment);
  const auto* primary = service.primary();
  memory.good = 0;
  ++memory.absent;
  const bool newer =
      primary && primary->created_at && memory.created && *primary->created_at > *memory.created;
  const bool sure = ours || newer || memory.absent >= (memory.seen ? absent_looks : first_looks);
  if (primary && sure) return lost(goal, ours, *primary);
  if (sure) return failed("deployment " + goal.started.deployment + " is gone");
  return Judgement{Stage::going,
                   {},
                   "ECS does not show deployment " + goal.started.deployment + " yet",
                   0,
                   goal.started.count};
}

void begin(const Goal& goal, const Look& look, const aws::EcsDeployment& ours, Memory& memory) {
  if (memory.begun) return;
  memory.begun = true;
  // Not a new deployment, but more tasks of one that may be weeks old.
  if (goal.started.definition != goal.started.definition_before) return;
  for (const aws::EcsTask& task : look.stopped) memory.failed_before.insert(task.arn);
  memory.failed_count_before = ours.failed;
}

std::optional<Judgement> too_many_failed(const Goal& goal, const Look& look,
                                         const aws::EcsDeployment& ours, const Memory& memory) {
  if (goal.failed_tasks_max <= 0) return std::nullopt;
  const auto stopped = static_cast<int>(
      std::count_if(look.stopped.begin(), look.stopped.end(), [&](const aws::EcsTask& task) {
        return task.started_by == ours.id && failed_by_itself(task) &&
               !memory.failed_before.contains(task.arn);
      }));
  const int most = std::max(stopped, ours.failed - memory.failed_count_before);
  if (most < goal.failed_tasks_max) return std::nullopt;
  return failed(number(most) + " tasks of deployment " + ours.id + " have failed");
}

// ECS says that it is done, or does not say, and then that nothing else is under way.
bool rolled_out(const aws::EcsService& service, const aws::EcsDeployment& ours) {
  if (!ours.rollout_state.empty()) return ours.rollout_state == "COMPLETED";
  return service.deployments.size() == 1 && ours.pending == 0;
}

bool all_up(const Goal& goal, const Look& look, const aws::EcsDeployment& ours) {
  int up = 0;
  for (const aws::EcsTask& task : look.tasks) {
    if (task.started_by != ours.id || task.desired_status == "STOPPED") continue;
    if (!is_up(task, goal.facts.checked)) return false;
    ++up;
  }
  return up >= ours.desired;
}

// The newest event of after the deployment began: "unable to place a task because …".
std::string last_event(const aws::EcsService& service, const Memory& memory) {
  for (const aws::EcsEvent& event : service.events) {
    if (memory.created && event.created_at && *event.created_at < *memory.created) break;
    return event.message;
  }
  return "";
}

std::string going_words(const Look& look, const aws::EcsDeployment& ours, const Memory& memory) {
  std::string out = number(ours.running) + " of " + number(ours.desired) + " tasks run";
  if (ours.pending > 0) out += ", " + number(ours.pending) + " start";
  if (ours.failed > memory.failed_count_before)
    out += ", " + number(ours.failed - memory.failed_count_before) + " have failed";
  if (ours.running >= ours.desired)
    return out + (ours.rollout_state == "IN_PROGRESS" ? "; ECS waits for them to be healthy"
                                                      : "; not all of them are healthy");
  const std::string event = last_event(*look.service, memory);
  if (ours.pending == 0 && !event.empty()) out += "; " + event;
  return out;
}

// Fewer tasks are wanted than were asked for: an old look, or somebody else scaled the service.
Judgement too_small(const Goal& goal, const aws::EcsDeployment& ours, Memory& memory) {
  memory.good = 0;
  ++memory.small;
  const std::string words = "its desired count is " + number(ours.desired) + ", not " +
                            number(std::max(1, goal.started.count));
  if (memory.small >= small_looks)
    return failed(words + ": somebody else, or autoscaling, scaled it", ExitCode::refused);
  return Judgement{Stage::going, {}, words + " yet", ours.running, ours.desired};
}

Judgement judge_primary(const Goal& goal, const Look& look, const aws::EcsDeployment& ours,
                        Memory& memory) {
  memory.absent = 0;
  memory.seen = true;
  if (ours.created_at) memory.created = ours.created_at;
  begin(goal, look, ours, memory);
  if (short_name(ours.task_definition) != short_name(goal.started.definition))
    return failed("deployment " + ours.id + " runs " + short_name(ours.task_definition) + ", not " +
                      short_name(goal.started.definition),
                  ExitCode::refused);
  if (ours.rollout_state == "FAILED")
    return failed("ECS gave deployment " + ours.id + " up" +
                  (ours.rollout_state_reason.empty() ? "" : ": " + ours.rollout_state_reason));
  if (auto out = too_many_failed(goal, look, ours, memory)) return *out;
  if (ours.desired < std::max(1, goal.started.count)) return too_small(goal, ours, memory);
  memory.small = 0;
  Judgement out{Stage::going, {}, "", ours.running, ours.desired};
  if (ours.running != ours.desired || !rolled_out(*look.service, ours) ||
      !all_up(goal, look, ours)) {
    memory.good = 0;
    out.words = going_words(look, ours, memory);
    return out;
  }
  ++memory.good;
  out.words = number(ours.running) + " of " + number(ours.desired) + " tasks run";
  if (memory.good < good_looks) {
    out.words += "; looking once more";
  } else {
    out.stage = Stage::up;
  }
  return out;
}

}  // namespace

std::string deployment_of(const Goal& goal, const aws::EcsService& service) {
  if (!goal.started.deployment.empty()) return goal.started.deployment;
  const auto* primary = service.primary();
  return primary ? primary->id : "";
}

Judgement judge(const Goal& goal, const Look& look, Memory& memory) {
  if (!look.service) return failed("ECS has no such service");
  const aws::EcsService& service = *look.service;
  if (service.status != "ACTIVE") return failed("the service is " + service.status);
  const auto* primary = service.primary();
  if (!primary || primary->id != deployment_of(goal, service)) return away(goal, service, memory);
  return judge_primary(goal, look, *primary, memory);
}

bool failed_by_itself(const aws::EcsTask& task) {
  if (task.last_status != "STOPPED" && task.desired_status != "STOPPED") return false;
  if (task.stop_code == "TaskFailedToStart" || task.stop_code == "EssentialContainerExited")
    return true;
  // The scheduler replaces a task that fails its health check, and `failedTasks` may stay 0.
  return task.stop_code == "ServiceSchedulerInitiated" && task.health == "UNHEALTHY";
}

bool is_up(const aws::EcsTask& task, bool checked) {
  if (task.last_status != "RUNNING" || task.desired_status == "STOPPED") return false;
  return checked ? task.health == "HEALTHY" : task.health != "UNHEALTHY";
}

std::string describe(const aws::EcsTask& task, const Facts& facts) {
  std::string out = "task " + task.id + ": ";
  out += task.stop_code.empty() ? task.last_status : task.stop_code;
  if (!task.stopped_reason.empty()) out += ": " + task.stopped_reason;
  for (const aws::EcsContainer& one : task.containers) {
    std::string end = one.exit_code ? " exit code " + number(*one.exit_code) : "";
    if (!one.reason.empty() && one.reason != task.stopped_reason) end += " " + one.reason;
    if (!end.empty()) out += "; " + one.name + ":" + end;
  }
  if (!facts.log_prefix.empty())
    out += "; log stream " + facts.log_prefix + "/" + facts.container + "/" + task.id;
  return out;
}

std::vector<std::string> reasons(const Goal& goal, const Look& look, const Memory& memory) {
  std::vector<std::string> out;
  std::vector<const aws::EcsTask*> stopped;
  for (const aws::EcsTask& task : look.stopped) {
    if (failed_by_itself(task) && !memory.failed_before.contains(task.arn))
      stopped.push_back(&task);
  }
  std::stable_sort(stopped.begin(), stopped.end(),
                   [](const auto* a, const auto* b) { return a->stopped_at > b->stopped_at; });
  for (std::size_t i = 0; i < std::min(stopped.size(), stopped_max); ++i)
    out.push_back(describe(*stopped[i], goal.facts));
  if (!look.service) return out;
  for (std::size_t i = 0; i < std::min(look.service->events.size(), events_max); ++i) {
    const aws::EcsEvent& event = look.service->events[i];
    if (memory.created && event.created_at && *event.created_at < *memory.created) break;
    out.push_back(event.message);
  }
  return out;
}

}  // namespace sy::control::platform
