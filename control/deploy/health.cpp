#include "control/deploy/health.h"

#include <algorithm>

#include "control/deploy/web.h"

namespace sy::control::deploy {
namespace {

constexpr std::string_view step = "health";

std::string seconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + 's';
}

}  // namespace

bool HealthJudge::too_many(const std::string& service, std::string_view fault) {
  int& row = in_a_row_[service];
  if (fault.empty()) {
    ++good_;
    row = 0;
    return false;
  }
  ++bad_;
  return ++row > failures_max_;
}

bool HealthJudge::doubtful() const {
  return std::any_of(in_a_row_.begin(), in_a_row_.end(),
                     [](const auto& entry) { return entry.second > 0; });
}

Ask asker(const edge::Options& edge, const Target& target, Pace& pace) {
  return [&edge, &target, &pace](const std::string& service) -> Try<std::string> {
    const auto found = target.services.find(service);
    if (found == target.services.end()) return std::string{"it is not known"};
    const platform::ServiceOptions& options = found->second;
    const auto reply = ask_web({.url = url_of(edge.traffic, options.health_path),
                                .ca = edge.traffic_ca,
                                .timeout = edge.timeout},
                               pace);
    const std::string& path = options.health_path;
    if (!reply && reply.error().code == ExitCode::interrupted) return reply.error();
    if (!reply) return path + ": " + reply.error().what;
    if (reply->status < 200 || reply->status > 299)
      return path + ": status " + std::to_string(reply->status);
    if (options.version_field.empty()) return std::string{};
    const auto reported = reported_version(reply->body, options.version_field);
    if (!reported) return path + " does not say its version";
    if (*reported != target.version) return path + " says " + *reported + ", not " + target.version;
    return std::string{};
  };
}

Try<> watch_health(const Health& options, const std::vector<std::string>& services, const Ask& ask,
                   Pace& pace, Teller& teller) {
  HealthJudge judge{options.failures_max};
  const Instant begun = pace.now();
  const Instant end = begun + options.for_;
  for (;;) {
    for (const std::string& service : services) {
      const auto fault = ask(service);
      if (!fault) return fault.error();
      if (judge.too_many(service, *fault)) {
        return Failure{ExitCode::failed,
                       service + " gave " + std::to_string(options.failures_max + 1) +
                           " bad answers in a row with all traffic on it: " + *fault + "."};
      }
    }
    const Instant now = pace.now();
    // A row of bad answers at the end is followed until it is known what it is.
    if (now >= end && !judge.doubtful()) return {};
    const Duration passed = std::min<Duration>(now - begun, options.for_);
    std::string what = seconds(passed) + " of " + seconds(options.for_) + ": " +
                       std::to_string(judge.good()) + " good answers";
    if (judge.bad() > 0) what += ", " + std::to_string(judge.bad()) + " bad";
    const double share = options.for_.count() == 0 ? 1
                                                   : static_cast<double>(passed.count()) /
                                                         static_cast<double>(options.for_.count());
    teller.tell({Note::Kind::progress, std::string{step}, std::move(what), share});
    const Duration left = now < end ? end - now : options.interval;
    if (!pace.wait(std::min(options.interval, left)))
      return Failure{ExitCode::interrupted, "The health check was interrupted."};
  }
}

Try<> check_health(const Health& options, const edge::Options& edge, const Target& target,
                   Pace& pace, Teller& teller) {
  std::vector<std::string> services;
  for (const auto& [service, known] : target.services) services.push_back(service);
  if (edge.traffic.empty() || services.empty()) {
    const std::string lack = services.empty() ? "services" : "traffic URL";
    teller.tell({Note::Kind::warning, std::string{step},
                 "nothing was checked: switchctl.yaml names no " + lack});
    return {};
  }
  return watch_health(options, services, asker(edge, target, pace), pace, teller);
}

}  // namespace sy::control::deploy
