// What the director says: status, events, words.
#include <algorithm>
#include <utility>

#include "director/inner.h"
#include "director/text.h"

namespace sy::director {
namespace {

// "12.5", for JSON.
std::string number(int weight) {
  std::string text = rollout::percent(weight);
  text.resize(text.size() - 2);
  return text;
}

std::string weights_json(PerColor<int> weight) {
  return "{\"blue\":" + number(weight.blue) + ",\"green\":" + number(weight.green) + "}";
}

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
  for (const std::string* each : {&load_note, &save_note, &journal_note, &ports.journal.note()}) {
    if (each->empty()) continue;
    if (!text.empty()) text += "; ";
    text += *each;
  }
  return text;
}

std::string Director::Inner::phase() const {
  if (state.maintenance) return "maintenance";
  if (effective().panic) return "panic";
  return state.weight[state.live] == split::whole ? "steady" : "split";
}

void Director::Inner::announce(const Entry& entry) {
  const std::string word = entry.action;
  events.add(entry.at, word,
             "{\"generation\":" + std::to_string(state.generation) + ",\"weights\":" +
                 weights_json(state.weight) + ",\"effective\":" + weights_json(effective().weight) +
                 ",\"live\":" + quote(name(state.live)) +
                 ",\"maintenance\":" + (state.maintenance ? "true" : "false") +
                 ",\"what\":" + quote(clean(entry.detail, 2'000)) +
                 ",\"actor\":" + quote(clean(entry.actor, 100)) +
                 ",\"reason\":" + quote(clean(entry.reason, 500)) + "}");
  announce_status();
}

// Only when it differs from the one before.
void Director::Inner::announce_status() {
  std::string json = "{\"generation\":" + std::to_string(state.generation) +
                     ",\"phase\":" + quote(phase()) +
                     ",\"effective\":" + weights_json(effective().weight) +
                     ",\"note\":" + quote(clean(note(), 1'000)) + "}";
  if (json == announced_status) return;
  announced_status = json;
  events.add(ports.time.wall(), "status", std::move(json));
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
  status.verdict = verdict(status.requests, status.errors);
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
                .note = inner.note()};
  for (const Color color : colors) status.colors[color] = inner.color_status(color);
  return status;
}

}  // namespace sy::director
