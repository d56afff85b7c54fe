// The families of rollouts: how one goes, what the verdict sees, how they ended.
#include <array>
#include <string>
#include <utility>

#include "metrics/samples.h"

namespace sy::metrics {
namespace {

void level(Out& out, std::string_view name, std::string_view help, double value) {
  add_one(out, family(MetricType::Gauge, name, help), gauge({}, value));
}

void total(Out& out, std::string_view name, std::string_view help, std::uint64_t value) {
  add_one(out, family(MetricType::Counter, name, help), counter({}, value));
}

// What is not known has no sample: 0 would be a claim.
void level_if(Out& out, std::string_view name, std::string_view help,
              const std::optional<double>& value) {
  auto made = family(MetricType::Gauge, name, help);
  if (value) made.metric.push_back(gauge({}, *value));
  out.push_back(std::move(made));
}

void add_phases(Out& out, const director::Status& status) {
  using rollout::Phase;
  auto phases = family(MetricType::Gauge, "rollout_phase", "1 for the phase a rollout is in.");
  for (const Phase phase : {Phase::gating, Phase::shifting, Phase::approval, Phase::baking}) {
    const bool now = status.rollout && status.rollout->rollout.phase == phase;
    phases.metric.push_back(gauge({{"phase", std::string{word(phase)}}}, now ? 1 : 0));
  }
  out.push_back(std::move(phases));
}

void add_rollout(Out& out, const director::Status& status) {
  const auto& now = status.rollout;
  add_phases(out, status);
  level(out, "rollout_paused", "1 while a rollout is paused.", now && now->rollout.paused ? 1 : 0);
  level(out, "rollout_weight", "Share of the candidate of a rollout, 0 to 1; 0 when none runs.",
        now ? static_cast<double>(now->weight) / split::whole : 0);
  level(out, "rollout_hold", "Hold of the rollout, from 1; 0 when none runs.",
        now ? static_cast<double>(now->rollout.hold + 1) : 0);
}

void add_verdict(Out& out, const director::Status& status) {
  using verdict::Kind;
  const verdict::Verdict& verdict = status.verdict;
  auto kinds = family(MetricType::Gauge, "verdict_kind", "1 for what the verdict is now.");
  for (const Kind kind :
       {Kind::none, Kind::inconclusive, Kind::healthy, Kind::suspect, Kind::breach, Kind::shared}) {
    kinds.metric.push_back(
        gauge({{"kind", std::string{word(kind)}}}, verdict.kind == kind ? 1 : 0));
  }
  out.push_back(std::move(kinds));
  level(out, "verdict_absolute",
        "Test A: ln of the mean of e^S; alarms at 13.8, 18.4 in long bakes.", verdict.absolute);
  level(out, "verdict_relative", "Test B: ln of the mean e-value; alarms at ln 1/alpha.",
        verdict.relative);
  level(out, "verdict_slower", "Test E, of latency: ln of the mean e-value; alarms at 13.8.",
        verdict.slower);
  level(out, "verdict_requests", "Requests of the candidate that were judged.",
        static_cast<double>(verdict.requests));
  level(out, "verdict_failures", "Of them, failures.", static_cast<double>(verdict.failures));
  level(out, "verdict_charged", "Of those, charged once bursts and repeats are taken off.",
        static_cast<double>(verdict.charged));
  level(out, "verdict_tolerated_ratio", "Failure rate that test A tolerates, 0 to 1.",
        verdict.tolerated);
  level(out, "baseline_upper_ratio", "Upper 95 % bound of live's own failure rate, 0 to 1.",
        status.baseline.upper_bound());
  level(out, "baseline_requests", "Requests of live that the baseline rests on.",
        status.baseline.requests);
}

void add_shield(Out& out, const tally::Evidence& evidence) {
  total(out, "replays_total", "Requests that failed on the candidate and were replayed on live.",
        evidence.replays);
  total(out, "unshielded_total", "Replayable failures that no replay budget was left for.",
        evidence.unshielded);
  total(out, "mishaps_dropped_total", "Failures counted without details: too many at once.",
        evidence.dropped);
}

void add_history(Out& out, const Deployments& deployments) {
  auto ended = family(MetricType::Counter, "rollouts_total", "Rollouts that ended, by how.");
  for (const auto& [outcome, count] : deployments.rollouts)
    ended.metric.push_back(counter({{"outcome", outcome}}, count));
  out.push_back(std::move(ended));
  level(out, "deployments_30d", "Deployments of the last 30 days.",
        static_cast<double>(deployments.deployments));
  level_if(out, "lead_time_seconds", "From commit or build to 100 %, median of 30 days.",
           deployments.lead_time);
  level_if(out, "recovery_time_seconds", "From first to last bad response, median of 30 days.",
           deployments.recovery_time);
  level_if(out, "change_failure_ratio", "Deployments that failed, of all in 30 days; 0 to 1.",
           deployments.failure_ratio);
}

}  // namespace

void add_rollouts(Out& out, const Snapshot& snapshot) {
  add_rollout(out, snapshot.status);
  add_verdict(out, snapshot.status);
  add_shield(out, snapshot.collected.evidence);
  add_history(out, snapshot.deployments);
}

}  // namespace sy::metrics
