// What the director says: status, events, words.
#include <algorithm>
#include <utility>

#include "director/inner.h"
#include "director/text.h"

namespace sy::director {
namespace {

// Failures that came after a good head keep its status, and only a cut body is sure to be one.
std::uint64_t errors_in(const tally::Summary& summary) {
  return summary.by_class[5] +
         summary.failures[static_cast<std::size_t>(tally::Failure::truncated)];
}

}  // namespace

std::string Director::Inner::why_shut(Color color) const {
  for (std::size_t i = 0; i < standing.services.size(); ++i) {
    const split::Service& service = standing.services[i];
    const auto& endpoints = service.endpoints[color];
    const auto open = [](const split::Endpoint& endpoint) { return endpoint.open; };
    if (std::any_of(endpoints.begin(), endpoints.end(), open)) continue;
    if (endpoints.empty()) {
      const auto& urls = urls_of(options.services[i], color, state);
      if (urls.empty()) return service.name + " has no endpoint";
      return service.name + " " + urls.front() + ": name not resolved";
    }
    const ProbeState* found = state_of(service.name, color, endpoints.front());
    const bool probed = found != nullptr && found->last.has_value();
    return service.name + " " + endpoints.front().url + ": " +
           (probed ? found->last->reason : "not probed yet");
  }
  return options.services.empty() ? "no service is configured" : "";
}

std::string Director::Inner::note() const {
  std::string text;
  for (const std::string* each :
       {&load_note, &save_note, &journal_note, &step_note, &alarm_note, &ports.journal.note()}) {
    if (each->empty()) continue;
    if (!text.empty()) text += "; ";
    text += *each;
  }
  return text;
}

std::string Director::Inner::phase() const {
  if (state.maintenance) return "maintenance";
  if (effective().panic) return "panic";
  if (state.rollout && state.rollout->paused) return "paused";
  if (state.rollout) return std::string(rollout::word(state.rollout->phase));
  return state.weight[state.live] == split::whole ? "steady" : "split";
}

ColorStatus Director::Inner::color_status(Color color) const {
  ColorStatus status;
  status.version = standing.version[color];
  status.open = standing.open[color];
  if (!status.open) status.why = "gate shut: " + why_shut(color);
  status.weight = state.weight[color];
  status.effective = effective().weight[color];
  const Instant now = ports.time.now();
  tally::Summary sum;
  Duration covered{};
  for (const auto& window : windows) {
    sum += window[color].sum(now);
    covered = std::max(covered, window[color].covered(now));
  }
  status.requests = sum.requests();
  status.errors = std::min(errors_in(sum), status.requests);
  if (covered > Duration::zero()) {
    status.requests_per_second =
        static_cast<double>(status.requests) / std::chrono::duration<double>(covered).count();
  }
  status.p50 = sum.latency.quantile(0.5);
  status.p99 = sum.latency.quantile(0.99);
  status.in_flight = sum.in_flight;
  const bool judged = color == candidate() && !judging.verdict.words.empty();
  status.verdict = judged ? judging.verdict.words : verdict(status.requests, status.errors);
  return status;
}

std::vector<GateStatus> Director::Inner::gates() const {
  std::vector<GateStatus> gates;
  for (const ProbeTarget& target : targets) {
    GateStatus gate{.service = target.service,
                    .color = target.color,
                    .url = target.endpoint.url,
                    .open = false,
                    .reason = "not probed yet",
                    .took = {},
                    .since = {},
                    .identity = {}};
    const ProbeState* found = state_of(target.service, target.color, target.endpoint);
    if (found != nullptr) {
      gate.open = found->open;
      gate.since = found->since;
    }
    if (found != nullptr && found->last) {
      gate.reason = found->last->reason;
      gate.took = found->last->took;
      gate.identity = found->last->identity;
    }
    gates.push_back(std::move(gate));
  }
  return gates;
}

std::optional<RolloutStatus> Director::Inner::rollout_status() const {
  if (!state.rollout) return std::nullopt;
  const rollout::Rollout& rollout = *state.rollout;
  RolloutStatus status{.rollout = rollout,
                       .weight = state.weight[rollout.candidate],
                       .standing = rollout::standing(rollout)};
  Duration left{};
  switch (rollout.phase) {
    case rollout::Phase::gating:
      left = rollout.plan.gate_timeout == Duration::zero() ? rollout::Plan{}.gate_timeout
                                                           : rollout.plan.gate_timeout;
      left -= rollout.waited;
      break;
    case rollout::Phase::approval:
      left = rollout.plan.approval.value_or(rollout::Approval{}).timeout - rollout.waited;
      break;
    case rollout::Phase::shifting:
    case rollout::Phase::baking: {
      const rollout::Hold& hold = rollout.plan.holds[rollout.hold];
      status.needed = hold.requests - std::min(hold.requests, rollout.requests);
      left = hold.at_least - rollout.held;
      break;
    }
  }
  status.left = std::max(left, Duration::zero());
  return status;
}

Status Director::status() const {
  const Inner& inner = *inner_;
  Status status{.app = inner.options.app,
                .environment = inner.options.environment,
                .phase = inner.phase(),
                .state = inner.state,
                .colors = {},
                .gates = inner.gates(),
                .generation = inner.state.generation,
                .since = inner.state.since,
                .rollout = inner.rollout_status(),
                .verdict = inner.judging.verdict,
                .baseline = inner.judging.baseline,
                .note = inner.note()};
  for (const Color color : colors) status.colors[color] = inner.color_status(color);
  return status;
}

}  // namespace sy::director
