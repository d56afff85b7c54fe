#include "rollout/moves.h"

#include <utility>

namespace sy::rollout {
namespace {

void set_weight(State& state, PerColor<int> weight, WallTime now) {
  if (state.weight == weight) return;
  state.weight = weight;
  state.since = now;
}

// Weight for the candidate as its phase has it.
void follow_phase(State& state, WallTime now) {
  const Rollout& rollout = *state.rollout;
  const int mine = weight_of(rollout);
  PerColor<int> weight = all_on(other(rollout.candidate));
  weight[other(rollout.candidate)] -= mine;
  weight[rollout.candidate] = mine;
  set_weight(state, weight, now);
  if (mine == 0) return;
  state.rollout->begun = true;
  state.previous.reset();  // That color is now the candidate: going back means going to live.
}

void end(State& state, Ending ending, WallTime now) {
  const Rollout& rollout = *state.rollout;
  state.last = Ended{.id = rollout.id,
                     .candidate = rollout.candidate,
                     .version = rollout.version,
                     .outcome = std::move(ending.outcome),
                     .why = std::move(ending.why),
                     .at = now};
  state.rollout.reset();
  state.guarded = true;
}

}  // namespace

Error refused(std::string what) {
  return Error{.blame = Blame::client, .retryable = false, .status = 409, .what = std::move(what)};
}

Error invalid(std::string what) {
  return Error{.blame = Blame::client, .retryable = false, .status = 422, .what = std::move(what)};
}

std::string word(Color color) { return std::string(name(color)); }

std::string weights_in_words(PerColor<int> weight) {
  return "blue " + percent(weight.blue) + " green " + percent(weight.green);
}

PerColor<int> all_on(Color color) {
  PerColor<int> weight{0, 0};
  weight[color] = whole;
  return weight;
}

Move unchanged(const State& state, std::string what) {
  return Move{.next = state, .forward = false, .what = std::move(what)};
}

std::string deploy_name(std::uint64_t entropy, const std::string& before) {
  constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text(8, '0');
  for (char& c : text) {
    c = alphabet[entropy % alphabet.size()];
    entropy /= alphabet.size();
  }
  if (text == before) text.front() = text.front() == 'x' ? 'y' : 'x';
  return text;
}

int weight_of(const Rollout& rollout) {
  switch (rollout.phase) {
    case Phase::gating: return 0;
    case Phase::approval:
      return rollout.hold == 0 ? 0 : rollout.plan.holds[rollout.hold - 1].weight;
    case Phase::shifting:
    case Phase::baking: return rollout.plan.holds[rollout.hold].weight;
  }
  return 0;
}

Phase phase_of(const Plan& plan, std::size_t hold) {
  return hold + 1 == plan.holds.size() ? Phase::baking : Phase::shifting;
}

Duration gate_timeout(const Rollout& rollout) {
  const Duration planned = rollout.plan.gate_timeout;
  return planned == Duration::zero() ? regating : planned;
}

std::string hold_in_words(const Rollout& rollout) {
  const auto& holds = rollout.plan.holds;
  return "hold " + std::to_string(rollout.hold + 1) + " of " + std::to_string(holds.size()) +
         " at " + percent(holds[rollout.hold].weight);
}

std::string in_words(const Rollout& rollout) {
  std::string text = "rollout " + rollout.id + " of " + word(rollout.candidate);
  if (!rollout.version.empty()) text += " to " + rollout.version;
  return text + " (" + std::string(word(rollout.phase)) + (rollout.paused ? ", paused" : "") +
         ", " + hold_in_words(rollout) + ")";
}

bool approved(const Rollout& rollout, WallTime now) {
  return rollout.approved && now < rollout.approved->until;
}

bool needs_approval(const Rollout& rollout, std::size_t hold, WallTime now) {
  const auto& approval = rollout.plan.approval;
  return approval && rollout.plan.holds[hold].weight >= approval->before && !approved(rollout, now);
}

std::string unfit(const Rollout& rollout, Reported reported) {
  const std::string color = word(rollout.candidate);
  if (!reported.open) return "the gate of " + color + " is shut";
  if (rollout.version.empty() || reported.version == rollout.version) return {};
  if (reported.version.empty()) return color + " reports no version, not " + rollout.version;
  return color + " reports " + reported.version + ", not " + rollout.version;
}

void bind_version(Rollout& rollout, const Version& reported) {
  if (rollout.version.empty() && reported != "mixed") rollout.version = reported;
}

Move enter_hold(const State& state, std::size_t hold, WallTime now) {
  Move move{.next = state, .forward = true, .action = "hold"};
  ++move.next.generation;
  Rollout& rollout = *move.next.rollout;
  rollout.hold = hold;
  rollout.phase = phase_of(rollout.plan, hold);
  rollout.held = rollout.waited = rollout.awaited = Duration::zero();
  rollout.requests = 0;
  follow_phase(move.next, now);
  move.what = word(rollout.candidate) + " enters " + hold_in_words(rollout);
  return move;
}

Move await_approval(const State& state, std::size_t hold, WallTime now) {
  Move move{.next = state, .forward = true, .action = "approval"};
  ++move.next.generation;
  Rollout& rollout = *move.next.rollout;
  rollout.hold = hold;
  rollout.phase = Phase::approval;
  rollout.waited = std::exchange(rollout.awaited, Duration::zero());
  rollout.held = Duration::zero();
  rollout.requests = 0;
  follow_phase(move.next, now);
  move.what = word(rollout.candidate) + " waits at " + percent(weight_of(rollout)) +
              " for an approver before " + percent(rollout.plan.holds[hold].weight);
  return move;
}

Move leave_gating(const State& state, WallTime now) {
  const Rollout& before = *state.rollout;
  if (before.after_gate == Phase::approval) {
    // After a restart first back to the weight it had, whatever was approved meanwhile.
    const bool waits = before.begun || needs_approval(before, before.hold, now);
    return waits ? await_approval(state, before.hold, now) : enter_hold(state, before.hold, now);
  }
  Move move = enter_hold(state, before.hold, now);
  move.next.rollout->held = before.held;
  move.next.rollout->requests = before.requests;
  move.action = "gated";
  return move;
}

Move complete(const State& state, std::string why, WallTime now) {
  Move move{.next = state, .forward = true, .action = "completed"};
  State& next = move.next;
  ++next.generation;
  next.previous = next.live;
  next.live = next.rollout->candidate;
  set_weight(next, all_on(next.live), now);
  move.what = next.rollout->id + " completed: " + word(next.live) + " is live, " + why;
  end(next, {"completed", std::move(why)}, now);
  return move;
}

Move take_out(const State& state, Ending ending, WallTime now) {
  Move move{.next = state, .forward = false};
  State& next = move.next;
  ++next.generation;
  set_weight(next, all_on(next.live), now);
  move.what =
      "back to " + word(next.live) + ", from " + weights_in_words(state.weight) + ": " + ending.why;
  if (ending.outcome == "reverted") move.action = "reverted";
  end(next, std::move(ending), now);
  return move;
}

Move go_on(const State& state, std::string why, WallTime now) {
  const Rollout& rollout = *state.rollout;
  const std::size_t next = rollout.hold + 1;
  if (next == rollout.plan.holds.size()) return complete(state, std::move(why), now);
  if (needs_approval(rollout, next, now)) return await_approval(state, next, now);
  return enter_hold(state, next, now);
}

State taken_over(State state, WallTime now) {
  end(state, {"aborted", "taken over by hand"}, now);
  state.guarded = false;
  return state;
}

}  // namespace sy::rollout
