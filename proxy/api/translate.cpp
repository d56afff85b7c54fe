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

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::optional<ApprovalView> view(const std::optional<rollout::Approval>& wanted,
                                 const std::optional<rollout::Approved>& given) {
  if (!wanted) return std::nullopt;
  ApprovalView seen{.before = wanted->before, .timeout_seconds = seconds(wanted->timeout)};
  if (given) {
    seen.approved_by = given->actor;
    seen.approved_until = given->until;
  }
  return seen;
}

RolloutView view(const director::RolloutStatus& status) {
  const rollout::Rollout& runs = status.rollout;
  RolloutView seen{.id = runs.id,
                   .color = runs.candidate,
                   .version = runs.version,
                   .plan = runs.plan.name,
                   .phase = std::string(rollout::word(runs.phase)),
                   .hold = runs.hold + 1,
                   .holds = {},
                   .weight = status.weight,
                   .held_seconds = seconds(runs.held),
                   .left_seconds = seconds(status.left),
                   .requests = runs.requests,
                   .requests_needed = status.needed,
                   .paused = runs.paused,
                   .standing = status.standing,
                   .started = runs.started,
                   .actor = runs.actor,
                   .reason = runs.reason,
                   .approval = view(runs.plan.approval, runs.approved)};
  for (const auto& hold : runs.plan.holds)
    seen.holds.push_back({hold.weight, seconds(hold.at_least), hold.requests});
  return seen;
}

EndedView view(const rollout::Ended& ended) {
  return {ended.id, ended.candidate, ended.version, ended.outcome, ended.why, ended.at};
}

VerdictView view(const verdict::Verdict& verdict) {
  return {.kind = std::string(word(verdict.kind)),
          .words = verdict.words,
          .test = verdict.test == 0 ? std::string{} : std::string(1, verdict.test),
          .requests = verdict.requests,
          .failures = verdict.failures,
          .charged = verdict.charged,
          .needed = verdict.needed,
          .absolute = verdict.absolute,
          .relative = verdict.relative,
          .slower = verdict.slower,
          .pairs_for = verdict.pairs_for,
          .pairs_against = verdict.pairs_against,
          .hard_in_a_row = verdict.hard_in_a_row,
          .tolerated_percent = verdict.tolerated * 100,
          .live_alarming = verdict.live_alarming};
}

BaselineView view(const verdict::Baseline& baseline) {
  BaselineView seen{baseline.requests, baseline.failures, baseline.upper_bound() * 100};
  if (baseline.learned != WallTime{}) seen.learned = baseline.learned;
  return seen;
}

std::optional<rollout::Approval> approval_of(const std::optional<ApprovalBody>& body) {
  if (!body) return std::nullopt;
  rollout::Approval approval;
  approval.before = body->before.value_or(approval.before);
  approval.timeout = body->timeout.value_or(approval.timeout);
  return approval;
}

rollout::Plan plan_of(const PlanBody& body) {
  rollout::Plan plan{.name = "given", .holds = {}};
  for (const auto& each : body.holds)
    plan.holds.push_back(
        {each.weight, each.at_least, each.requests.value_or(rollout::requests_default)});
  plan.gate_timeout = body.gate_timeout.value_or(plan.gate_timeout);
  plan.approval = approval_of(body.approval);
  if (body.when_quiet == "advance") plan.when_quiet = rollout::WhenQuiet::advance;
  if (body.when_quiet == "revert") plan.when_quiet = rollout::WhenQuiet::revert;
  return plan;
}

rollout::Start start_of(const StartBody& body) {
  rollout::Start start{.color = body.color,
                       .version = body.version,
                       .any_version = body.any_version,
                       .plan_name = body.plan_name};
  if (body.plan) start.plan = plan_of(*body.plan);
  start.approval = approval_of(body.approval);
  start.committed = body.committed;
  start.reason = body.reason;
  return start;
}

// A parsed body as a command, or its faults.
template <class Body, class To>
Parsed<Wanted> wanted(Parsed<Body> body, To to) {
  if (!body) return std::move(body.error());
  rollout::Command command = to(*body);
  return Wanted{std::move(command), std::move(body->reason)};
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
                  .note = status.note,
                  .rollout = {},
                  .last_rollout = {},
                  .verdict = view(status.verdict),
                  .baseline = view(status.baseline),
                  .guarded = status.state.guarded};
  if (status.rollout) seen.rollout = view(*status.rollout);
  if (status.state.last) seen.last_rollout = view(*status.state.last);
  for (const auto& gate : status.gates) seen.gates.push_back(view(gate));
  return seen;
}

EntryView view(const director::Entry& entry) {
  return {entry.sequence, entry.at,       entry.actor,   entry.action,
          entry.reason,   entry.detail,   entry.request, entry.generation,
          entry.fields,   entry.previous, entry.hash};
}

AppliedView view(const director::Applied& applied) {
  return {applied.generation, applied.what,     applied.changed,
          applied.dry_run,    applied.replayed, applied.rollout};
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
      return wanted(parse_reason(body), [](const ReasonBody&) { return rollout::Rollback{}; });
    case Change::maintenance:
      return wanted(parse_maintenance(body),
                    [](const MaintenanceBody& to) { return rollout::SetMaintenance{to.on}; });
    case Change::upstreams:
      return wanted(parse_upstreams(body), [color](const UpstreamsBody& to) {
        return rollout::SetUpstreams{color, to.endpoints, to.force};
      });
    case Change::start: return wanted(parse_start(body), start_of);
    case Change::promote:
      return wanted(parse_promote(body),
                    [](const PromoteBody& to) { return rollout::Promote{to.version}; });
    case Change::approve:
      return wanted(parse_approve(body),
                    [](const ApproveBody& to) { return rollout::Approve{to.version}; });
    case Change::pause:
      return wanted(parse_reason(body), [](const ReasonBody&) { return rollout::Pause{}; });
    case Change::resume:
      return wanted(parse_reason(body), [](const ReasonBody&) { return rollout::Resume{}; });
    case Change::abort:
      return wanted(parse_reason(body), [](const ReasonBody&) { return rollout::Abort{}; });
  }
  return std::vector<Fault>{};
}

void sign(rollout::Command& command, const director::Intent& intent) {
  const auto by = [&intent](auto& each) {
    if constexpr (requires { each.actor; }) each.actor = intent.actor;
    if constexpr (requires { each.approver; }) each.approver = intent.approver;
  };
  std::visit(by, command);
}

}  // namespace sy::api
