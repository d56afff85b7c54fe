// The commands of rollouts. What is refused says what is true and what to do.
#include <algorithm>
#include <utility>

#include "rollout/moves.h"

namespace sy::rollout {
namespace {

Error none() { return refused("no rollout runs: start one first"); }

Error runs(const Rollout& rollout) {
  return refused(in_words(rollout) + " runs: promote or abort it first");
}

Result<Plan> plan_of(const Start& command, const Options& options) {
  Plan plan;
  if (command.plan) {
    plan = *command.plan;
    if (plan.name.empty()) plan.name = "given";
  } else {
    const std::string& name = command.plan_name.empty() ? options.standard : command.plan_name;
    const auto found = options.plans.find(name);
    if (found == options.plans.end()) {
      std::string known;
      for (const auto& [each, unused] : options.plans) known += (known.empty() ? "" : ", ") + each;
      return invalid("no plan \"" + name + "\"; there are: " + known);
    }
    plan = found->second;
  }
  if (command.approval) {
    const int before = plan.approval ? plan.approval->before : command.approval->before;
    plan.approval = command.approval;
    plan.approval->before = std::min(before, command.approval->before);
  }
  if (const auto sound = check(plan); !sound) return sound.error();
  return plan;
}

// Why a rollout cannot start, by what the candidate reports now.
Result<> fit_to_start(const Rollout& rollout, const Facts& facts) {
  const Color color = rollout.candidate;
  const Version& reported = facts.version[color];
  const std::string why = unfit(rollout, {facts.open[color], reported});
  if (why.empty()) return {};
  const bool another = facts.open[color] && !reported.empty() && reported != "mixed";
  if (another) {
    return refused(why + ": deploy the version named, or name the one it reports");
  }
  if (rollout.plan.gate_timeout > Duration::zero()) return {};
  return refused(why + ", and plan " + rollout.plan.name +
                 " does not wait for it: start it once it is ready");
}

Move started(const State& state, Rollout rollout, const Facts& facts, Moment moment) {
  State next = state;
  rollout.id = "r" + std::to_string(state.generation + 1);
  rollout.started = moment.now;
  rollout.after_gate =
      needs_approval(rollout, 0, moment.now) ? Phase::approval : phase_of(rollout.plan, 0);
  const Color color = rollout.candidate;
  const bool fit = unfit(rollout, {facts.open[color], facts.version[color]}).empty();
  if (state.weight[color] == 0) next.deploy = deploy_name(moment.entropy, state.deploy);
  next.guarded = true;
  std::string what = "rollout " + rollout.id + " of " + word(color);
  if (fit) bind_version(rollout, facts.version[color]);
  if (!rollout.version.empty()) what += " to " + rollout.version;
  what += " by plan " + rollout.plan.name + ": ";
  next.rollout = std::move(rollout);
  if (!fit) {
    ++next.generation;
    return Move{std::move(next), true, what + "waits for the gate of " + word(color)};
  }
  Move move = leave_gating(next, moment.now);
  move.action.clear();
  move.what = what + move.what;
  return move;
}

Approved approval_by(std::string actor, const Rollout& rollout, WallTime now) {
  const auto good_for =
      std::chrono::floor<std::chrono::milliseconds>(rollout.plan.approval->timeout);
  return Approved{std::move(actor), now + good_for};
}

// Whether what a promote leads to needs an approval that is not there.
bool asks_now(const Rollout& rollout, WallTime now) {
  switch (rollout.phase) {
    case Phase::gating:
      return rollout.after_gate == Phase::approval && needs_approval(rollout, rollout.hold, now);
    case Phase::approval: return needs_approval(rollout, rollout.hold, now);
    case Phase::shifting: return needs_approval(rollout, rollout.hold + 1, now);
    case Phase::baking: return false;
  }
  return false;
}

std::string against(const Facts& facts) {
  return facts.why.empty() ? "the verdict is against it" : facts.why;
}

Error needs_approver(const Rollout& rollout) {
  return Error{.blame = Blame::client,
               .retryable = false,
               .status = 403,
               .what = "needs the role approver: " + in_words(rollout) + " waits for approval"};
}

}  // namespace

Result<Move> begin(const State& state, const Start& command, const Facts& facts, Moment moment) {
  if (state.rollout) return runs(*state.rollout);
  const Color color = command.color;
  if (color == state.live) {
    return refused(word(color) + " is live already: name " + word(other(color)));
  }
  if (command.version.empty() != command.any_version) {
    return invalid("name a version, or say any_version");
  }
  if (command.committed && *command.committed < WallTime{}) {
    return invalid("committed: before 1970; leave it out when it is not known");
  }
  auto plan = plan_of(command, facts.options);
  if (!plan) return plan.error();
  if (state.weight[color] > 0) {
    return refused("weights are split by hand: set " + word(state.live) + " to 100 first");
  }
  Rollout rollout{.candidate = color, .version = command.version, .plan = std::move(*plan)};
  rollout.actor = command.actor;
  rollout.reason = command.reason;
  rollout.committed = command.committed;
  if (const auto fit = fit_to_start(rollout, facts); !fit) return fit.error();
  return started(state, std::move(rollout), facts, moment);
}

Result<Move> begin(const State& state, const Switch& command, const Facts& facts, Moment moment) {
  const Start start{.color = command.color, .any_version = true, .plan_name = "switch"};
  auto plan = plan_of(start, facts.options);
  if (!plan) return plan.error();
  const int split = state.weight[command.color];
  Rollout rollout{.candidate = command.color, .plan = std::move(*plan)};
  rollout.actor = command.actor;
  rollout.reason = command.reason;
  if (const auto fit = fit_to_start(rollout, facts); !fit) return fit.error();
  if (split > 0 && facts.alarm) {
    return refused(against(facts) + ": set " + word(state.live) + " to 100, or switch with force");
  }
  const bool less = rollout.plan.holds.front().weight < split || !facts.open[command.color] ||
                    needs_approval(rollout, 0, moment.now);
  if (split > 0 && less) {
    return refused("weights are split by hand: set " + word(state.live) + " to 100 first");
  }
  return started(state, std::move(rollout), facts, moment);
}

Result<Move> promote(const State& state, const Promote& command, const Facts& facts, WallTime now) {
  if (!state.rollout) return none();
  State from = state;
  Rollout& rollout = *from.rollout;
  const Color color = rollout.candidate;
  if (!command.version.empty() && command.version != rollout.version) {
    return refused(in_words(rollout) + " runs, not one to " + command.version);
  }
  if (std::string why = unfit(rollout, {facts.open[color], facts.version[color]}); !why.empty()) {
    return refused(why + ": promote skips time and requests only; wait or abort");
  }
  const bool gating = rollout.phase == Phase::gating;
  if (facts.alarm && !gating) {
    return refused(against(facts) + ": promote skips time and requests only; wait or abort");
  }
  if (asks_now(rollout, now)) {
    if (command.approver) {
      rollout.approved = approval_by(command.actor, rollout, now);
    } else if (rollout.phase == Phase::approval) {
      return needs_approver(rollout);
    }
  }
  if (gating) bind_version(rollout, facts.version[color]);
  Move move = gating                             ? leave_gating(from, now)
              : rollout.phase == Phase::approval ? enter_hold(from, rollout.hold, now)
                                                 : go_on(from, "promoted by hand", now);
  move.action.clear();
  move.what = "promoted: " + move.what;
  return move;
}

Result<Move> approve(const State& state, const Approve& command, WallTime now) {
  if (!state.rollout) return none();
  const Rollout& rollout = *state.rollout;
  if (command.version != rollout.version) {
    if (rollout.version.empty()) {
      return refused(word(rollout.candidate) +
                     " has reported no version that could be approved: wait, or promote");
    }
    return refused(in_words(rollout) + " runs, not one to " + command.version +
                   ": approve the version that runs");
  }
  if (!rollout.plan.approval) {
    return unchanged(state, "plan " + rollout.plan.name + " needs no approval");
  }
  Move move{.next = state, .forward = true};
  ++move.next.generation;
  move.next.rollout->approved = approval_by(command.actor, rollout, now);
  move.what = "approved: " + in_words(rollout) + " may have " +
              percent(rollout.plan.approval->before) + " and more";
  return move;
}

Result<Move> pause(const State& state) {
  if (!state.rollout) return none();
  const std::string what = "paused: " + in_words(*state.rollout);
  if (state.rollout->paused) return unchanged(state, what);
  Move move{.next = state, .forward = false, .what = what};
  ++move.next.generation;
  move.next.rollout->paused = true;
  return move;
}

Result<Move> resume(const State& state) {
  if (!state.rollout) return none();
  const std::string what = "resumed: " + in_words(*state.rollout);
  if (!state.rollout->paused) return unchanged(state, what);
  Move move{.next = state, .forward = true, .what = what};
  ++move.next.generation;
  move.next.rollout->paused = false;
  return move;
}

Result<Move> abort(const State& state, Leaving leaving, const Facts& facts, WallTime now) {
  if (!state.rollout) return none();
  const Color live = state.live;
  const bool moves = state.weight[live] < whole;
  if (moves && !facts.open[live] && facts.open[other(live)] && !leaving.force) {
    return refused("the gate of " + word(live) + " is shut while that of " + word(other(live)) +
                   " is open: traffic stays, unless you switch to " + word(live) + " with force");
  }
  return take_out(state, {"aborted", std::move(leaving.why)}, now);
}

}  // namespace sy::rollout
