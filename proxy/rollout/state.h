// What must survive a crash, the commands that change it, and the change as a pure function.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/color.h"
#include "base/error.h"
#include "base/time.h"
#include "base/version.h"

namespace sy::rollout {

// A value: copy it, compare it, save it.
struct State {
  std::uint64_t generation = 0;     // grows by one with every change; the API's ETag
  PerColor<int> weight{10'000, 0};  // configured, in 0.01 %; sums to 10 000
  Color live = Color::blue;         // where traffic returns when in doubt
  std::optional<Color> previous{};  // what `rollback` goes back to
  std::string deploy = "0";         // affinity cookies are bound to it; new with each candidacy
  bool maintenance = false;
  // Endpoints put by the API in place of the configured ones: color → service → urls.
  PerColor<std::map<std::string, std::vector<std::string>>> upstreams{};
  WallTime since{};  // when the weights last changed
  bool operator==(const State&) const = default;
};

// The facts a decision may use, read by the director just before.
struct Facts {
  PerColor<bool> open;                // gates
  std::vector<std::string> services;  // names, configured
};

struct SetWeights {  // 0.01 %, must sum to 10 000
  PerColor<int> weight;
  bool force = false;
  bool operator==(const SetWeights&) const = default;
};
struct Switch {  // all at once
  Color color = Color::blue;
  bool force = false;
  bool operator==(const Switch&) const = default;
};
struct Rollback {  // everything to `previous`, now
  bool operator==(const Rollback&) const = default;
};
struct SetMaintenance {
  bool on = false;
  bool operator==(const SetMaintenance&) const = default;
};
struct SetUpstreams {  // the named services only; an empty list returns to the configured endpoints
  Color color = Color::blue;
  std::map<std::string, std::vector<std::string>> endpoints;
  bool force = false;
  bool operator==(const SetUpstreams&) const = default;
};
using Command = std::variant<SetWeights, Switch, Rollback, SetMaintenance, SetUpstreams>;

struct Move {
  State next;           // equal to the state before when nothing changes
  bool forward = true;  // must be saved before it takes effect; going back need not wait for a disk
  std::string what;     // in words, for the journal: "weights blue 90 % green 10 %"
};

// The next state, or why the command cannot be taken now (Error.status 409, or 422 for a value that
// can never be right). Deterministic: `entropy` names a new deploy where one begins.
// Rules: weight onto a shut gate is refused without force; `live` becomes the color that reaches
// 100 %, and `previous` the one that was live; a color going from 0 to more begins a new deploy;
// a candidate under 100 % clears `previous`, since that color no longer holds what was live before,
// and so do new endpoints for it; Rollback goes to `previous` when set, else to `live` (undoing a
// candidate), clears `previous`, and is refused (409) when the target's gate is shut while the
// other's is open. The whole table is in docs/rollout.md.
[[nodiscard]] Result<Move> advance(const State& state, const Command& command, const Facts& facts,
                                   WallTime now, std::uint64_t entropy);

// Text with a version line and a checksum; decode(encode(s)) == s. decode refuses a torn or foreign
// text with a reason.
[[nodiscard]] std::string encode(const State& state);
[[nodiscard]] Result<State> decode(std::string_view text);

// "100 %", "12.5 %", "0.01 %".
[[nodiscard]] std::string percent(int weight);

}  // namespace sy::rollout
