// What time, gates and the verdict do. Going back is looked at before going on.
#include <algorithm>
#include <utility>

#include "rollout/moves.h"

namespace sy::rollout {
namespace {

// Time passes and nothing else: no generation, nothing to save before it takes effect.
Move keeps(State next, std::string what = {}) {
  return Move{.next = std::move(next), .forward = false, .what = std::move(what)};
}

std::string cannot(const State& state, const std::string& why) {
  return "would revert (" + why + "), but the gate of " + word(state.live) + " is shut";
}

Move revert(const State& state, std::string why, WallTime now) {
  return take_out(state, {"reverted", std::move(why)}, now);
}

std::string breach_in_words(const Tick& tick) {
  return tick.why.empty() ? "the verdict is against it" : tick.why;
}

// Weights set by hand: only a verdict takes them back.
Move guard(const State& state, const Tick& tick, WallTime now) {
  const Color candidate = other(state.live);
  if (!state.guarded || !tick.breach || state.weight[candidate] == 0) return keeps(state);
  std::string why = breach_in_words(tick);
  if (!tick.open[state.live]) return keeps(state, cannot(state, why));
  Move move{.next = state, .forward = false, .action = "reverted"};
  ++move.next.generation;
  move.next.weight = all_on(state.live);
  move.next.since = now;
  move.what =
      "back to " + word(state.live) + ", from " + weights_in_words(state.weight) + ": " + why;
  move.next.last = Ended{.candidate = candidate,
                         .version = tick.version[candidate],
                         .outcome = "reverted",
                         .why = std::move(why),
                         .at = now};
  return move;
}

Move gate(State state, const Tick& tick, WallTime now) {
  Rollout& rollout = *state.rollout;
  const Color candidate = rollout.candidate;
  const std::string why = unfit(rollout, {tick.open[candidate], tick.version[candidate]});
  if (why.empty()) {
    // A pause keeps a candidate where it was; it was nowhere before its first hold.
    if (rollout.paused && !rollout.begun) return keeps(std::move(state));
    bind_version(rollout, tick.version[candidate]);
    return leave_gating(state, now);
  }
  rollout.waited += tick.elapsed;
  if (rollout.waited < gate_timeout(rollout)) return keeps(std::move(state));
  return revert(state, "gating timed out: " + why, now);
}

Move await(State state, const Tick& tick, WallTime now) {
  Rollout& rollout = *state.rollout;
  const Color candidate = rollout.candidate;
  rollout.waited += tick.elapsed;
  if (approved(rollout, now)) {
    const bool fit = unfit(rollout, {tick.open[candidate], tick.version[candidate]}).empty();
    if (!fit || rollout.paused || tick.alarm) return keeps(std::move(state));
    return enter_hold(state, rollout.hold, now);
  }
  if (rollout.waited < rollout.plan.approval->timeout) return keeps(std::move(state));
  std::string why = "nobody approved in time";
  const bool moves = state.weight[candidate] > 0;
  if (moves && !tick.open[state.live]) {
    const std::string what = cannot(state, why);
    return keeps(std::move(state), what);
  }
  return revert(state, std::move(why), now);
}

Move hold(State state, const Tick& tick, WallTime now) {
  Rollout& rollout = *state.rollout;
  const Hold& hold = rollout.plan.holds[rollout.hold];
  rollout.requests += tick.requests;
  // In maintenance no request gets as far as the candidate.
  if (rollout.paused || state.maintenance) return keeps(std::move(state));
  rollout.held += tick.elapsed;
  if (rollout.held < hold.at_least || tick.alarm) return keeps(std::move(state));
  const std::string counted =
      std::to_string(rollout.requests) + " of " + std::to_string(hold.requests) + " requests";
  if (rollout.requests >= hold.requests) return go_on(state, counted, now);
  switch (rollout.plan.when_quiet) {
    case WhenQuiet::hold: return keeps(std::move(state));
    case WhenQuiet::advance: return go_on(state, "quiet: " + counted, now);
    case WhenQuiet::revert: break;
  }
  std::string why = "quiet: " + counted + " in the time of the hold";
  if (tick.open[state.live]) return revert(state, std::move(why), now);
  const std::string what = cannot(state, why);
  return keeps(std::move(state), what);
}

// Why the candidate must lose its traffic, or empty.
std::string fault(const Rollout& rollout, const Tick& tick) {
  std::string why = unfit(rollout, {tick.open[rollout.candidate], tick.version[rollout.candidate]});
  if (why.empty() && tick.breach) why = breach_in_words(tick);
  return why;
}

// A rollout for any version left gating while its endpoints reported several versions, or none.
bool comes_to_one_version(const Rollout& rollout, const Tick& tick) {
  const Version& reported = tick.version[rollout.candidate];
  const bool one = !reported.empty() && reported != "mixed";
  return rollout.version.empty() && one && tick.open[rollout.candidate];
}

}  // namespace

Move tick(const State& state, const Tick& tick, WallTime now) {
  if (!state.rollout) return guard(state, tick, now);
  const Rollout& rollout = *state.rollout;
  if (rollout.phase == Phase::gating) return gate(state, tick, now);
  if (comes_to_one_version(rollout, tick)) {
    State bound = state;
    bind_version(*bound.rollout, tick.version[rollout.candidate]);
    return rollout::tick(bound, tick, now);
  }
  if (std::string why = fault(rollout, tick); !why.empty() && weight_of(rollout) > 0) {
    if (tick.open[state.live]) return revert(state, std::move(why), now);
    return keeps(state, cannot(state, why));
  }
  return rollout.phase == Phase::approval ? await(state, tick, now) : hold(state, tick, now);
}

State restarted(State state) {
  if (!state.rollout || state.rollout->phase == Phase::gating) return state;
  Rollout& rollout = *state.rollout;
  ++state.generation;
  rollout.after_gate = rollout.phase;
  if (rollout.phase == Phase::approval) rollout.awaited = rollout.waited;
  rollout.phase = Phase::gating;
  rollout.waited = Duration::zero();
  state.weight = all_on(state.live);
  return state;
}

}  // namespace sy::rollout
