#include "control/platform/static.h"

#include "control/platform/here.h"

namespace sy::control::platform {
namespace {

std::string text(Color color) { return std::string{name(color)}; }

// What `running` says against its being the version; empty: nothing.
std::string against(const std::string& service, const Running& running, Color color,
                    const Version& version) {
  if (!running.exists || running.running == 0)
    return "nothing answers for " + service + " in " + text(color);
  // Each endpoint by itself: while they differ, the service as a whole reports none.
  std::string other = running.version;
  for (const Task& task : running.tasks)
    if (!task.version.empty() && task.version != version) other = task.version;
  if (other.empty() || other == version) return "";
  return service + " in " + text(color) + " runs " + other + ", not " + version;
}

Failure cannot(const std::string& what, const std::string& next) {
  return Failure{
      ExitCode::usage,
      "The platform of this environment is static, so switchctl cannot " + what + " here.", next};
}

}  // namespace

StaticPlatform::StaticPlatform(Services services, Look look)
    : services_{std::move(services)}, look_{std::move(look)} {}

Try<Caller> StaticPlatform::caller() { return Caller{.name = user_at_host()}; }

Try<Observation> StaticPlatform::observe() {
  Try<Observation> seen = look_();
  if (!seen || services_.empty()) return seen;
  Observation mine;
  for (const auto& [service, options] : services_) {
    const auto found = seen->find(service);
    mine[service] = found == seen->end() ? PerColor<Running>{} : std::move(found->second);
  }
  return mine;
}

Try<Artifact> StaticPlatform::find(const Version& version) { return Artifact{.version = version}; }

Try<> StaticPlatform::start(const Wanted& wanted, Started& started) {
  const auto seen = observe();
  if (!seen) return seen.error();
  const Version& version = wanted.artifact.version;
  started.color = wanted.color;
  for (const auto& [service, pair] : *seen) {
    const std::string fault = against(service, pair[wanted.color], wanted.color, version);
    if (!fault.empty()) {
      return Failure{ExitCode::refused, "The version is not there: " + fault + ".",
                     "Put " + version + " into " + text(wanted.color) + ", then run this again."};
    }
  }
  for (const auto& [service, pair] : *seen) {
    const int count = pair[wanted.color].running;
    started.services[service] = {.definition = version,
                                 .definition_before = version,
                                 .desired_before = count,
                                 .count = count};
  }
  return {};
}

Try<Progress> StaticPlatform::progress(const Started& started) {
  const auto seen = observe();
  if (!seen) return seen.error();
  Progress progress{.up = true};
  for (const auto& [service, wanted] : started.services) {
    const auto found = seen->find(service);
    const Running running = found == seen->end() ? Running{} : found->second[started.color];
    progress.running += running.running;
    progress.desired += running.desired;
    const std::string fault = against(service, running, started.color, wanted.definition);
    if (fault.empty()) continue;
    progress.up = false;
    progress.words = fault;
  }
  if (progress.up) progress.words = text(started.color) + " is there already";
  return progress;
}

Try<> StaticPlatform::restore(const Started&) { return {}; }

Try<> StaticPlatform::scale(const std::string& service, Color color, int count) {
  const auto seen = observe();
  if (!seen) return seen.error();
  const auto found = seen->find(service);
  if (found != seen->end() && found->second[color].running == count) return {};
  return cannot("start or stop tasks of " + service,
                "Do that where the application runs; the proxies see it by themselves.");
}

Try<Started> StaticPlatform::restart(const std::string& service, Color) {
  return cannot("restart " + service,
                "Restart it where it runs; the proxies take it out and in again by themselves.");
}

Try<std::vector<std::string>> StaticPlatform::events(const std::string& service, Color color) {
  const auto seen = observe();
  if (!seen) return seen.error();
  const auto found = seen->find(service);
  if (found == seen->end()) return std::vector<std::string>{};
  std::vector<std::string> lines;
  const Running& running = found->second[color];
  if (!running.state.empty())
    lines.push_back(service + " in " + text(color) + ": " + running.state);
  for (const Task& task : running.tasks)
    lines.push_back((task.id.empty() ? task.url : task.id) + ": " + task.state);
  return lines;
}

Try<std::vector<Line>> StaticPlatform::logs(const std::string& service, std::optional<Color>,
                                            WallTime) {
  return cannot("read the log of " + service, "Read it where the application writes it.");
}

}  // namespace sy::control::platform
