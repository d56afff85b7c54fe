#include <array>

#include "rollout/moves.h"
#include "rollout/text_lines.h"

namespace sy::rollout {
namespace {

std::string on(bool value) { return value ? " on" : " off"; }
std::string number(Duration duration) { return " " + std::to_string(duration.count()); }
std::string number(WallTime at) { return " " + std::to_string(at.time_since_epoch().count()); }
std::string number(std::uint64_t count) { return " " + std::to_string(count); }
std::string text(std::string_view value) { return " " + escape(value); }
std::string text(Phase phase) { return " " + std::string(word(phase)); }

std::string plan_lines(const Plan& plan) {
  std::string lines = "plan" + text(plan.name) + number(plan.gate_timeout) + " " +
                      std::string(word(plan.when_quiet)) + "\n";
  for (const Hold& hold : plan.holds) {
    lines += "hold " + std::to_string(hold.weight) + number(hold.at_least) + number(hold.requests) +
             "\n";
  }
  if (const auto& approval = plan.approval) {
    lines += "approval " + std::to_string(approval->before) + number(approval->timeout) + "\n";
  }
  return lines;
}

bool sound(int weight) { return weight >= 0 && weight <= whole; }

std::string_view read_plan(Lines& lines, Plan& plan) {
  Words first{lines.next("plan").value_or(none)};
  if (!(first >> plan.name >> plan.gate_timeout >> plan.when_quiet).good()) return "plan";
  while (auto words = lines.next("hold")) {
    Words line{std::move(*words)};
    Hold hold;
    if (!(line >> hold.weight >> hold.at_least >> hold.requests).good()) return "hold";
    if (!sound(hold.weight)) return "hold";
    plan.holds.push_back(hold);
  }
  if (auto words = lines.next("approval")) {
    Words line{std::move(*words)};
    Approval approval;
    if (!(line >> approval.before >> approval.timeout).good()) return "approval";
    plan.approval = approval;
  }
  return {};
}

// What the machine relies on.
bool sound(const Rollout& rollout, Color live) {
  const bool waits = rollout.phase == Phase::approval || rollout.after_gate == Phase::approval;
  const bool in_hold = rollout.phase == Phase::shifting || rollout.phase == Phase::baking;
  if (rollout.hold >= rollout.plan.holds.size()) return false;
  if (in_hold && rollout.phase != phase_of(rollout.plan, rollout.hold)) return false;
  return rollout.candidate != live && rollout.after_gate != Phase::gating &&
         (!waits || rollout.plan.approval);
}

std::string_view read_running(Lines& lines, Rollout& rollout) {
  if (const auto wrong = read_plan(lines, rollout.plan); !wrong.empty()) return wrong;
  Words at{lines.next("at").value_or(none)};
  if (!(at >> rollout.phase >> rollout.after_gate >> rollout.hold >> rollout.paused >>
        rollout.begun)
           .good()) {
    return "at";
  }
  Words spent{lines.next("spent").value_or(none)};
  if (!(spent >> rollout.held >> rollout.waited >> rollout.awaited >> rollout.requests).good()) {
    return "spent";
  }
  Words by{lines.next("by").value_or(none)};
  if (!(by >> rollout.actor >> rollout.reason >> rollout.started).good()) return "by";
  if (auto words = lines.next("approved")) {
    Words line{std::move(*words)};
    auto& approved = rollout.approved.emplace();
    if (!(line >> approved.actor >> approved.until).good()) return "approved";
  }
  if (auto words = lines.next("committed")) {
    Words line{std::move(*words)};
    if (!(line >> rollout.committed.emplace()).good()) return "committed";
  }
  return {};
}

}  // namespace

std::string rollout_lines(const State& state) {
  std::string lines;
  if (const auto& rollout = state.rollout) {
    lines += "rollout" + text(rollout->id) + text(name(rollout->candidate)) +
             text(rollout->version) + "\n" + plan_lines(rollout->plan);
    lines += "at" + text(rollout->phase) + text(rollout->after_gate) +
             number(std::uint64_t{rollout->hold}) + on(rollout->paused) + on(rollout->begun) + "\n";
    lines += "spent" + number(rollout->held) + number(rollout->waited) + number(rollout->awaited) +
             number(rollout->requests) + "\n";
    lines += "by" + text(rollout->actor) + text(rollout->reason) + number(rollout->started) + "\n";
    if (const auto& approved = rollout->approved) {
      lines += "approved" + text(approved->actor) + number(approved->until) + "\n";
    }
    if (rollout->committed) lines += "committed" + number(*rollout->committed) + "\n";
  }
  if (const auto& last = state.last) {
    lines += "last" + text(last->id) + text(name(last->candidate)) + text(last->version) +
             text(last->outcome) + text(last->why) + number(last->at) + "\n";
  }
  return lines;
}

std::string_view read_rollout(Lines& lines, State& state) {
  if (auto words = lines.next("rollout")) {
    Words line{std::move(*words)};
    Rollout& rollout = state.rollout.emplace();
    if (!(line >> rollout.id >> rollout.candidate >> rollout.version).good()) return "rollout";
    if (const auto wrong = read_running(lines, rollout); !wrong.empty()) return wrong;
    if (!sound(rollout, state.live)) return "rollout";
    if (state.weight[rollout.candidate] != weight_of(rollout)) return "weight";
  }
  if (auto words = lines.next("last")) {
    Words line{std::move(*words)};
    Ended& last = state.last.emplace();
    line >> last.id >> last.candidate >> last.version >> last.outcome >> last.why >> last.at;
    if (!line.good()) return "last";
  }
  return {};
}

}  // namespace sy::rollout
