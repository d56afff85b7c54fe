// A state that commands and ticks move, for tests of rollouts.
#pragma once
#include <string>

#include "rollout/state.h"

namespace sy::rollout {

inline const Version one = "v20260101-aaaaaaa";
inline const Version two = "v20260201-bbbbbbb";

// Blue is live with version `one`; green's gate is open with version `two`.
struct Rig {
  State state{};
  Facts facts{.open = {true, true}, .services = {"backend"}, .version = {one, two}};
  Tick seen{};  // what every tick sees besides time, requests, gates and versions
  WallTime now{std::chrono::hours{1}};
  Move last{};  // of the last command or tick

  static Start start(std::string plan = "canary") {
    return {.version = two, .plan_name = std::move(plan), .actor = "ci", .reason = "release"};
  }
  static Start start(Plan plan) {
    Start command = start();
    command.plan = std::move(plan);
    return command;
  }

  Result<Move> take(const Command& command) {
    auto move = advance(state, command, facts, now, 42);
    if (!move) return move;
    last = *move;
    state = move->next;
    return move;
  }

  // One tick; the gates and versions are those of `facts`.
  const Move& pass(Duration elapsed, std::uint64_t requests = 0) {
    now += std::chrono::ceil<std::chrono::milliseconds>(elapsed);
    Tick tick = seen;
    tick.elapsed = elapsed;
    tick.requests = requests;
    tick.open = facts.open;
    tick.version = facts.version;
    last = rollout::tick(state, tick, now);
    state = last.next;
    return last;
  }

  void restart() { state = restarted(decode(encode(state)).value()); }
};

}  // namespace sy::rollout
