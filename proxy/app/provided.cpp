// What the control API serves that is not the director's: metrics, readiness, history.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/json_text.h"
#include "app/app.h"
#include "app/build.h"
#include "history/history.h"
#include "metrics/metrics.h"

namespace sy::app {
namespace {

namespace json = boost::json;

constexpr Duration dora_window = std::chrono::hours{24 * 30};

json::value seconds(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return std::chrono::duration<double>(*duration).count();
}

json::value unix_seconds(const std::optional<WallTime>& at) {
  if (!at) return nullptr;
  return std::chrono::duration<double>(at->time_since_epoch()).count();
}

json::value number(const std::optional<std::uint64_t>& count) {
  return count ? json::value(*count) : json::value(nullptr);
}

json::value between(WallTime from, const std::optional<WallTime>& to) {
  if (!to) return nullptr;
  return seconds(Duration{*to - from});
}

// Absent versions, plans and the like are empty; times and counts that are not known are null.
json::object change_json(const history::Change& change) {
  json::object one{{"color", name(change.color)},
                   {"version", change.version},
                   {"rollout", change.rollout},
                   {"plan", change.plan},
                   {"action", change.action},
                   {"actor", change.actor},
                   {"reason", change.reason},
                   {"outcome", change.outcome},
                   {"why", change.why},
                   {"test", change.test},
                   {"failed", history::failed(change)}};
  one["begun"] = unix_seconds(change.begun);
  one["first_weight"] = unix_seconds(change.first_weight);
  one["reached"] = unix_seconds(change.reached);
  one["completed"] = unix_seconds(change.completed);
  one["settled"] = unix_seconds(change.settled);
  one["ended"] = unix_seconds(change.ended);
  one["built"] = unix_seconds(change.built);
  one["committed"] = unix_seconds(change.committed);
  one["requests"] = number(change.requests);
  one["failures"] = number(change.failures);
  one["first_failure"] = unix_seconds(change.first_failure);
  one["last_failure"] = unix_seconds(change.last_failure);
  one["duration_seconds"] = between(change.begun, change.settled);
  one["recovery_seconds"] = seconds(history::recovery(change));
  return one;
}

std::string history_json(const std::vector<director::Entry>& entries) {
  const auto timeline = history::timeline(entries);
  json::array changes;
  for (const history::Change& change : timeline) changes.push_back(change_json(change));
  json::object durations;
  for (const auto& [outcome, took] : history::durations(timeline))
    durations[outcome] = {{"count", took.count},
                          {"median_seconds", seconds(took.median)},
                          {"longest_seconds", seconds(took.longest)}};
  json::object answer;
  answer["changes"] = std::move(changes);
  answer["durations"] = std::move(durations);
  return api::json_text(answer);
}

std::string dora_json(const std::vector<director::Entry>& entries, WallTime now) {
  const history::Dora dora = history::dora(entries, now, dora_window);
  json::object answer;
  answer["window_seconds"] = std::chrono::duration<double>(dora_window).count();
  answer["deployments"] = dora.deployments;
  answer["deployments_per_day"] = dora.deployments_per_day;
  answer["changes"] = dora.changes;
  answer["failures"] = dora.failures;
  answer["change_failure_rate"] =
      dora.change_failure_rate ? json::value(*dora.change_failure_rate) : json::value(nullptr);
  answer["recovery_time_seconds"] = seconds(dora.recovery_time);
  answer["lead_time_seconds"] = seconds(dora.lead_time);
  return api::json_text(answer);
}

metrics::Deployments deployments(const std::vector<director::Entry>& entries, WallTime now,
                                 std::map<std::string, std::uint64_t> ended) {
  const auto as_number = [](const std::optional<Duration>& duration) -> std::optional<double> {
    if (!duration) return std::nullopt;
    return std::chrono::duration<double>(*duration).count();
  };
  const history::Dora dora = history::dora(entries, now, dora_window);
  return {.rollouts = std::move(ended),
          .deployments = dora.deployments,
          .lead_time = as_number(dora.lead_time),
          .recovery_time = as_number(dora.recovery_time),
          .failure_ratio = dora.change_failure_rate};
}

}  // namespace

api::Provided App::provided() {
  api::Provided provided;
  provided.metrics = [this] { return metrics(); };
  provided.not_ready = [this] { return not_ready(); };
  provided.history = [this] { return history_json(journal_->entries()); };
  provided.dora = [this] { return dora_json(journal_->entries(), time_.wall()); };
  provided.version = build_version();
  provided.git_sha = build_git_sha();
  return provided;
}

std::string App::metrics() const {
  const director::Status status = director_->status();
  std::vector<std::string> services;
  for (const split::Service& service : director_->routing()->services)
    services.push_back(service.name);
  const metrics::Snapshot snapshot{
      .collected = director_->collected(),
      .status = status,
      .services = std::move(services),
      .usage = metrics::read_usage(),
      .access_log_dropped = sink_ ? sink_->dropped() : 0,
      .version = build_version(),
      .deployments = deployments(journal_->entries(), time_.wall(), control_->ended())};
  return metrics::render(snapshot);
}

}  // namespace sy::app
