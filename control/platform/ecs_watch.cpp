// How far EcsPlatform's changes are, and what ECS and CloudWatch Logs say about them.
#include <algorithm>

#include "control/aws/logs.h"
#include "control/aws_failure/aws_failure.h"
#include "control/platform/ecs.h"
#include "control/platform/names.h"

namespace sy::control::platform {
namespace {

constexpr std::size_t events_max = 20;
constexpr std::size_t stopped_max = 5;
constexpr std::size_t log_lines_max = 10'000;
constexpr std::size_t given_max = 50'000;

struct Dated {
  std::optional<aws::Moment> at;
  std::string what;
};

std::string dated(const Dated& one) {
  if (!one.at) return one.what;
  return aws::iso_date(std::chrono::floor<std::chrono::seconds>(*one.at)) + " " + one.what;
}

void newest_first(std::vector<Dated>& all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const Dated& a, const Dated& b) { return a.at > b.at; });
}

std::string task_of(const std::string& stream) { return stream.substr(stream.rfind('/') + 1); }

}  // namespace

aws::Result<Look> EcsPlatform::look(const Goal& goal, const ByName& all) {
  Look out;
  const auto found = all.find(goal.service);
  if (found == all.end()) return out;
  out.service = found->second;
  const std::string id = deployment_of(goal, *out.service);
  if (id.empty()) return out;
  auto stopped = tasks({.service = "", .started_by = id, .desired_status = "STOPPED"});
  if (!stopped) return stopped.error();
  out.stopped = std::move(*stopped);
  const auto* primary = out.service->primary();
  if (!primary || primary->running < primary->desired) return out;
  auto running = tasks({.service = "", .started_by = id, .desired_status = "RUNNING"});
  if (!running) return running.error();
  out.tasks = std::move(*running);
  return out;
}

Failure EcsPlatform::failure(const std::string& service, const Goal& goal, const Look& look,
                             const Judgement& why) {
  std::string what = service + " (" + goal.service + "): " + why.words;
  if (look.service && !look.service->current_service_deployment.empty()) {
    // Newer accounts know more; that others do not is no error.
    const auto more = ecs_.describe_service_deployment(look.service->current_service_deployment);
    if (more && *more && !(*more)->status_reason.empty())
      what += "\n  service deployment " + (*more)->status + ": " + (*more)->status_reason;
  }
  const std::string id = look.service ? deployment_of(goal, *look.service) : "";
  for (const std::string& line : reasons(goal, look, memories_[id])) what += "\n  " + line;
  return Failure{why.code, std::move(what),
                 "switchctl doctor " + environment_ + " and switchctl logs " + environment_ + " " +
                     service + " say more."};
}

Try<Progress> EcsPlatform::progress(const Started& started) {
  const auto silent = [](const aws::Error& error) {
    Progress out;
    out.words = "ECS does not answer: " + error.what + ", trying again";
    return out;
  };
  std::vector<std::string> names;
  for (const auto& [service, to] : started.services)
    names.push_back(service_name(service, started.color));
  const auto all = look_at(names);
  if (!all && passes(all.error())) return silent(all.error());
  if (!all) return explained(all.error(), "read the services of the cluster " + cluster_);
  Progress out;
  out.up = true;
  for (const auto& [service, to] : started.services) {
    Goal goal{service_name(service, started.color), to, {}, options_.failed_tasks_max};
    const auto its = facts_if_clear(service, to.definition);
    if (!its && passes(its.error())) return silent(its.error());
    if (!its) return explained(its.error(), "read the task definition " + to.definition);
    goal.facts = *its;
    const auto seen = look(goal, *all);
    if (!seen && passes(seen.error())) return silent(seen.error());
    if (!seen) return explained(seen.error(), "read the tasks of " + goal.service);
    const std::string id = seen->service ? deployment_of(goal, *seen->service) : "";
    const Judgement now = judge(goal, *seen, memories_[id]);
    out.running += now.running;
    out.desired += now.desired;
    out.words += (out.words.empty() ? "" : "; ") + service + ": " + now.words;
    out.up = out.up && now.stage == Stage::up;
    if (now.stage != Stage::failed) continue;
    out.up = false;
    out.failed = failure(service, goal, *seen, now);
    out.words = service + ": " + now.words;
    return out;
  }
  return out;
}

Try<std::vector<std::string>> EcsPlatform::events(const std::string& service, Color color) {
  const std::string name = service_name(service, color);
  const auto all = look_at({name});
  if (!all) return explained(all.error(), "read the service " + name);
  const auto found = all->find(name);
  if (found == all->end()) return missing(name);
  const aws::EcsService& now = found->second;
  const auto stopped = tasks({.service = name, .started_by = "", .desired_status = "STOPPED"});
  const auto live = tasks({.service = name, .started_by = "", .desired_status = "RUNNING"});
  if (!stopped || !live)
    return explained((stopped ? live : stopped).error(), "read the tasks of " + name);
  std::vector<Dated> ends;
  for (const aws::EcsTask& one : *stopped) {
    const auto its = facts_if_clear(service, one.task_definition);
    if (!its) return explained(its.error(), "read the task definitions of " + name);
    ends.push_back({one.stopped_at, describe(one, *its)});
  }
  newest_first(ends);
  ends.resize(std::min(ends.size(), stopped_max));
  std::vector<Dated> lines = std::move(ends);
  for (const aws::EcsTask& one : *live) {
    if (one.last_status != "RUNNING") lines.push_back({one.created_at, describe(one, {})});
  }
  for (std::size_t i = 0; i < std::min(now.events.size(), events_max); ++i)
    lines.push_back({now.events[i].created_at, now.events[i].message});
  newest_first(lines);
  std::vector<std::string> out;
  const auto* primary = now.primary();
  if (primary && !primary->rollout_state.empty() && primary->rollout_state != "COMPLETED")
    out.push_back("deployment " + primary->id + " " + primary->rollout_state +
                  (primary->rollout_state_reason.empty() ? "" : ": ") +
                  primary->rollout_state_reason);
  for (const Dated& one : lines) out.push_back(dated(one));
  return out;
}

// The group that the definition in use writes to; the option's where it names none.
Try<std::vector<EcsPlatform::LogSource>> EcsPlatform::log_sources(const std::string& service,
                                                                  std::optional<Color> color) {
  PerColor<std::string> groups;
  PerColor<std::string> names;
  const auto all =
      look_at({service_name(service, Color::blue), service_name(service, Color::green)});
  if (!all) return explained(all.error(), "read the services of the cluster " + cluster_);
  for (const Color one : colors) {
    names[one] = service_name(service, one);
    groups[one] = filled(options_.log_group, {app_, environment_, service, sy::name(one)});
    const auto found = all->find(names[one]);
    if (found == all->end()) continue;
    const auto its = facts_if_clear(service, found->second.task_definition);
    if (!its) return explained(its.error(), "read the task definition of " + names[one]);
    if (!its->log_group.empty()) groups[one] = its->log_group;
  }
  if (!color && groups.blue == groups.green)
    return std::vector<LogSource>{{groups.blue, std::nullopt}};
  if (!color)
    return std::vector<LogSource>{{groups.blue, std::nullopt}, {groups.green, std::nullopt}};
  LogSource out{groups[*color], std::nullopt};
  if (groups.blue != groups.green) return std::vector{out};
  // Both colors write to one group: told apart by the tasks that ECS still knows.
  out.tasks.emplace();
  for (const char* status : {"RUNNING", "STOPPED"}) {
    const auto some = tasks({.service = names[*color], .started_by = "", .desired_status = status});
    if (!some) return explained(some.error(), "read the tasks of " + names[*color]);
    for (const aws::EcsTask& one : *some) out.tasks->insert(one.id);
  }
  return std::vector{out};
}

aws::Result<> EcsPlatform::read_log(const LogSource& source, WallTime since,
                                    std::vector<Line>& to) {
  auto& given = log_given_[source.group];
  if (since < log_since_[source.group] || given.size() > given_max) given.clear();
  log_since_[source.group] = since;
  aws::LogFilter filter;
  filter.group = source.group;
  filter.start = since;
  // An empty page is not the last: only a page without a token is.
  for (;;) {
    auto page = aws::filter_log_events(world_.caller, filter);
    if (!page) return page.error();
    for (aws::LogEvent& one : page->events) {
      if (source.tasks && !source.tasks->contains(task_of(one.stream))) continue;
      if (!given.insert(one.id).second) continue;
      to.push_back({one.at.value_or(since), one.stream, std::move(one.message)});
    }
    if (page->next_token.empty() || to.size() >= log_lines_max) return {};
    filter.next_token = page->next_token;
  }
}

Try<std::vector<Line>> EcsPlatform::logs(const std::string& service, std::optional<Color> color,
                                         WallTime since) {
  const auto sources = log_sources(service, color);
  if (!sources) return sources.error();
  std::vector<Line> out;
  bool read = false;
  std::optional<Failure> absent;
  for (const LogSource& source : *sources) {
    const auto done = read_log(source, since, out);
    read = read || done.has_value();
    if (done) continue;
    auto why = explained(done.error(), "read the log group " + source.group);
    // A color that never ran has no group yet.
    if (done.error().kind != aws::Kind::not_found) return why;
    absent = std::move(why);
  }
  if (!read && absent) return *absent;
  std::stable_sort(out.begin(), out.end(),
                   [](const Line& a, const Line& b) { return a.at < b.at; });
  return out;
}

}  // namespace sy::control::platform
