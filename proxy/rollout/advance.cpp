// Commands by hand, and what a rollout that runs lets them do.
#include <algorithm>
#include <utility>

#include "rollout/moves.h"

namespace sy::rollout {
namespace {

constexpr std::size_t endpoints_max = 64;  // of one service and color
constexpr std::size_t url_length_max = 512;

// `state` with other weights, and what follows from them for live, previous and the deploy.
State with_weights(const State& state, PerColor<int> weight, Moment moment) {
  State next = state;
  ++next.generation;
  if (next.weight != weight) next.since = moment.now;
  next.weight = weight;
  next.guarded = true;
  const Color candidate = other(state.live);
  const bool begins = state.weight[candidate] == 0 && weight[candidate] > 0;
  if (begins) next.deploy = deploy_name(moment.entropy, state.deploy);
  if (weight[candidate] == whole) {
    next.live = candidate;
    next.previous = state.live;
  } else if (begins) {
    next.previous.reset();  // That color is now the candidate: going back means going to live.
  }
  return next;
}

// Nobody moves traffic under a rollout's feet, unless forced: then the rollout has ended.
Result<State> hands_on(const State& state, bool force, WallTime now) {
  if (!state.rollout) return state;
  if (force) return taken_over(state, now);
  return refused(in_words(*state.rollout) +
                 " runs: promote, pause or abort it, or force to take over by hand");
}

// A color at 100 % by hand is live.
State settled(State state) {
  if (state.weight[state.live] > 0) return state;
  state.previous = state.live;
  state.live = other(state.live);
  return state;
}

Result<> sound(PerColor<int> weight) {
  for (const Color color : colors) {
    if (weight[color] < 0 || weight[color] > whole) {
      return invalid("weight of " + word(color) + " must be between 0 % and 100 %");
    }
  }
  if (weight.blue + weight.green == whole) return {};
  return invalid("weights must sum to 100 %, got " + percent(weight.blue + weight.green));
}

Result<Move> take(const State& state, const SetWeights& command, const Facts& facts,
                  Moment moment) {
  const auto& weight = command.weight;
  if (const auto fine = sound(weight); !fine) return fine.error();
  const std::string what = "weights " + weights_in_words(weight);
  const bool takes_over = state.rollout && command.force;
  if (weight == state.weight && !takes_over) return unchanged(state, what);
  const auto from = hands_on(state, command.force, moment.now);
  if (!from) return from.error();
  for (const Color color : colors) {
    if (weight[color] > state.weight[color] && !facts.open[color] && !command.force) {
      return refused("the gate of " + word(color) + " is shut: wait until it opens, or force");
    }
  }
  const Color candidate = other(state.live);
  Move move{with_weights(*from, weight, moment), weight[candidate] > state.weight[candidate], what};
  move.forward = move.forward || move.next.live != state.live;
  move.next.guarded = !command.force;
  return move;
}

// Everything to the other color by hand, unguarded.
Move forced(const State& state, const Switch& command, Moment moment) {
  const State from = state.rollout ? taken_over(state, moment.now) : state;
  Move move{with_weights(from, all_on(command.color), moment), true,
            "all to " + word(command.color) + ", from " + weights_in_words(state.weight)};
  move.next.guarded = false;
  return move;
}

Result<Move> take(const State& state, const Switch& command, const Facts& facts, Moment moment) {
  const std::string what = "all to " + word(command.color);
  if (command.color != state.live) {
    if (command.force) return forced(state, command, moment);
    if (const auto from = hands_on(state, false, moment.now); !from) return from.error();
    return begin(state, command, facts, moment);
  }
  if (state.rollout) {
    const Leaving leaving{"switched back to " + word(state.live) + " by hand", command.force};
    return abort(state, leaving, facts, moment.now);
  }
  if (state.weight[command.color] == whole) return unchanged(state, what);
  if (!facts.open[command.color] && !command.force) {
    return refused("the gate of " + word(command.color) +
                   " is shut: wait until it opens, or force");
  }
  return Move{with_weights(state, all_on(command.color), moment), false,
              what + ", from " + weights_in_words(state.weight)};
}

Result<Move> take(const State& state, const Rollback&, const Facts& facts, Moment moment) {
  if (state.rollout) return abort(state, {.why = "rolled back by hand"}, facts, moment.now);
  const Color target = state.previous.value_or(state.live);
  if (state.weight[target] == whole) {
    return unchanged(state, "nothing to go back to: " + word(target) + " has 100 %");
  }
  if (!facts.open[target] && facts.open[other(target)]) {
    return refused("the gate of " + word(target) + " is shut while that of " + word(other(target)) +
                   " is open: traffic stays, unless you set the weights with force");
  }
  Move move{with_weights(state, all_on(target), moment), false,
            "back to " + word(target) + ", from " + weights_in_words(state.weight)};
  move.next.previous.reset();  // A second rollback must not return to what the first one left.
  return move;
}

Result<Move> take(const State& state, const SetMaintenance& command, const Facts&, Moment) {
  const std::string what = command.on ? "maintenance on" : "maintenance off";
  if (command.on == state.maintenance) return unchanged(state, what);
  State next = state;
  ++next.generation;
  next.maintenance = command.on;
  return Move{std::move(next), !command.on, what};
}

Result<> well_formed(const SetUpstreams& command, const Facts& facts) {
  if (command.endpoints.empty()) return invalid("no service named");
  for (const auto& [service, urls] : command.endpoints) {
    if (std::find(facts.services.begin(), facts.services.end(), service) == facts.services.end()) {
      return invalid("no service \"" + service + "\" is configured");
    }
    if (urls.size() > endpoints_max) {
      return invalid("service \"" + service + "\": more than " + std::to_string(endpoints_max) +
                     " endpoints");
    }
    for (const std::string& url : urls) {
      if (url.empty() || url.size() > url_length_max) {
        return invalid("service \"" + service + "\": an endpoint must have 1 to " +
                       std::to_string(url_length_max) + " characters");
      }
    }
  }
  return {};
}

// Why `color` cannot have its endpoints replaced without force, or empty.
std::string carries_traffic(const State& state, Color color, const Facts& facts) {
  if (state.weight[color] > 0) {
    return word(color) + " has " + percent(state.weight[color]) + " of the traffic";
  }
  if (facts.open[color] && !facts.open[other(color)]) {
    return word(color) + " carries all traffic while the gate of " + word(other(color)) +
           " is shut";
  }
  return {};
}

Result<Move> take(const State& state, const SetUpstreams& command, const Facts& facts,
                  Moment moment) {
  if (const auto fine = well_formed(command, facts); !fine) return fine.error();
  State next = state;
  auto& upstreams = next.upstreams[command.color];
  std::string what = "upstreams of " + word(command.color) + ":";
  for (const auto& [service, urls] : command.endpoints) {
    what += " " + service;
    if (urls.empty()) {
      upstreams.erase(service);
      what += " as configured";
    } else {
      upstreams[service] = urls;
    }
    for (const std::string& url : urls) what += " " + url;
    what += ",";
  }
  what.pop_back();
  if (next == state) return unchanged(state, what);
  if (state.rollout) {
    auto from = hands_on(next, command.force, moment.now);
    if (!from) return from.error();
    next = settled(std::move(*from));
  }
  const std::string traffic = carries_traffic(state, command.color, facts);
  if (!traffic.empty() && !command.force) {
    return refused(traffic + ": force to replace its endpoints all the same");
  }
  ++next.generation;
  // What runs there now is not the version that was live before.
  if (next.previous == command.color) next.previous.reset();
  return Move{std::move(next), true, what};
}

Result<Move> take(const State& state, const Start& command, const Facts& facts, Moment moment) {
  return begin(state, command, facts, moment);
}

Result<Move> take(const State& state, const Promote& command, const Facts& facts, Moment moment) {
  return promote(state, command, facts, moment.now);
}

Result<Move> take(const State& state, const Approve& command, const Facts&, Moment moment) {
  return approve(state, command, moment.now);
}

Result<Move> take(const State& state, const Pause&, const Facts&, Moment) { return pause(state); }

Result<Move> take(const State& state, const Resume&, const Facts&, Moment) { return resume(state); }

Result<Move> take(const State& state, const Abort&, const Facts& facts, Moment moment) {
  return abort(state, {.why = "aborted by hand"}, facts, moment.now);
}

}  // namespace

Result<Move> advance(const State& state, const Command& command, const Facts& facts, WallTime now,
                     std::uint64_t entropy) {
  const Moment moment{now, entropy};
  const auto visitor = [&](const auto& each) { return take(state, each, facts, moment); };
  return std::visit(visitor, command);
}

}  // namespace sy::rollout
