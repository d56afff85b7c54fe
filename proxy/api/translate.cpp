#include "api/translate.h"

namespace sy::api {
namespace {

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

ColorView view(const director::ColorStatus& color) {
  return {.version = color.version,
          .open = color.open,
          .why = color.why,
          .weight = color.weight,
          .effective = color.effective,
          .requests_per_second = color.requests_per_second,
          .requests = color.requests,
          .errors = color.errors,
          .p50_ms = milliseconds(color.p50),
          .p99_ms = milliseconds(color.p99),
          .in_flight = color.in_flight,
          .verdict = color.verdict};
}

GateView view(const director::GateStatus& gate) {
  return {.service = gate.service,
          .color = gate.color,
          .url = gate.url,
          .open = gate.open,
          .reason = gate.reason,
          .took_ms = milliseconds(gate.took),
          .since = gate.since,
          .identity = {gate.identity.version, gate.identity.git_sha, gate.identity.environment,
                       gate.identity.build_time, gate.identity.service}};
}

// A parsed body as a command, or its faults.
template <class Body, class To>
Parsed<Wanted> wanted(Parsed<Body> body, To to) {
  if (!body) return std::move(body.error());
  return Wanted{to(*body), std::move(body->reason)};
}

}  // namespace

StatusView view(const director::Status& status) {
  StatusView seen{.app = status.app,
                  .environment = status.environment,
                  .phase = status.phase,
                  .live = status.state.live,
                  .previous = status.state.previous,
                  .maintenance = status.state.maintenance,
                  .colors = {view(status.colors.blue), view(status.colors.green)},
                  .upstreams = {status.state.upstreams.blue, status.state.upstreams.green},
                  .gates = {},
                  .generation = status.generation,
                  .since = status.since,
                  .note = status.note};
  for (const auto& gate : status.gates) seen.gates.push_back(view(gate));
  return seen;
}

EntryView view(const director::Entry& entry) {
  return {entry.sequence, entry.at,       entry.actor,   entry.action,
          entry.reason,   entry.detail,   entry.request, entry.generation,
          entry.fields,   entry.previous, entry.hash};
}

AppliedView view(const director::Applied& applied) {
  return {applied.generation, applied.what, applied.changed, applied.dry_run, applied.replayed};
}

Parsed<Wanted> parse(Change change, Color color, std::string_view body) {
  switch (change) {
    case Change::weights:
      return wanted(parse_weights(body), [](const WeightsBody& weights) {
        return rollout::SetWeights{weights.weight, weights.force};
      });
    case Change::switch_:
      return wanted(parse_switch(body), [](const SwitchBody& to) {
        return rollout::Switch{to.color, to.force};
      });
    case Change::rollback:
      return wanted(parse_rollback(body), [](const RollbackBody&) { return rollout::Rollback{}; });
    case Change::maintenance:
      return wanted(parse_maintenance(body),
                    [](const MaintenanceBody& to) { return rollout::SetMaintenance{to.on}; });
    case Change::upstreams:
      return wanted(parse_upstreams(body), [color](const UpstreamsBody& to) {
        return rollout::SetUpstreams{color, to.endpoints, to.force};
      });
  }
  return std::vector<Fault>{};
}

}  // namespace sy::api
