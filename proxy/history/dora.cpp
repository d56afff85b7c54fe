#include <algorithm>

#include "history/history.h"

namespace sy::history {
namespace {

std::optional<Duration> median(std::vector<Duration> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

bool within(const std::optional<WallTime>& at, WallTime now, Duration window) {
  return at && *at <= now && now - *at <= window;
}

// From the commit, or else from the build, to the deployment. A build "in the year 1" is one nobody
// set the time of.
std::optional<Duration> lead_time(const Change& change) {
  constexpr auto longest = std::chrono::years{10};
  const auto deployment = deployed(change);
  const auto from = change.committed ? change.committed : change.built;
  if (!deployment || !from || *from > *deployment) return std::nullopt;
  const auto lead = *deployment - *from;
  if (lead > longest) return std::nullopt;
  return lead;
}

}  // namespace

std::map<std::string, Durations> durations(const std::vector<Change>& changes) {
  std::map<std::string, std::vector<Duration>> taken;
  for (const Change& change : changes) {
    if (change.settled) taken[change.outcome].push_back(*change.settled - change.begun);
  }
  std::map<std::string, Durations> found;
  for (const auto& [outcome, values] : taken) {
    found[outcome] = {values.size(), median(values).value_or(Duration{}),
                      *std::max_element(values.begin(), values.end())};
  }
  return found;
}

std::optional<WallTime> deployed(const Change& change) {
  if (change.action == "rollback") return std::nullopt;
  if (change.rollout.empty()) return change.reached;
  return change.completed;
}

bool failed(const Change& change) {
  if (change.outcome == "reverted") return change.first_weight.has_value();
  const auto deployment = deployed(change);
  return change.outcome == "rolled back" && deployment &&
         *change.ended - *deployment <= failure_within;
}

std::optional<Duration> recovery(const Change& change) {
  if (!failed(change)) return std::nullopt;
  if (change.outcome == "rolled back") return *change.ended - *deployed(change);
  if (!change.first_failure || !change.last_failure) return std::nullopt;
  return std::max<Duration>(*change.last_failure - *change.first_failure, Duration::zero());
}

Dora dora(const std::vector<Entry>& entries, WallTime now, Duration window) {
  Dora result;
  std::vector<Duration> recoveries;
  std::vector<Duration> leads;
  for (const Change& change : timeline(entries)) {
    const auto deployment = deployed(change);
    const auto counted = deployment || !failed(change) ? deployment : change.settled;
    if (!within(counted, now, window)) continue;
    ++result.changes;
    if (deployment) ++result.deployments;
    if (failed(change)) ++result.failures;
    if (const auto lead = lead_time(change)) leads.push_back(*lead);
    if (const auto lasted = recovery(change)) recoveries.push_back(*lasted);
  }
  const double days = std::chrono::duration<double, std::ratio<86'400>>(window).count();
  const auto changes = static_cast<double>(result.changes);
  if (days > 0) result.deployments_per_day = static_cast<double>(result.deployments) / days;
  if (changes > 0) result.change_failure_rate = static_cast<double>(result.failures) / changes;
  result.recovery_time = median(std::move(recoveries));
  result.lead_time = median(std::move(leads));
  return result;
}

}  // namespace sy::history
