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
#include "rollout/options.h"

namespace sy::rollout {

enum class Phase : std::uint8_t {
  gating,    // the candidate waits for its gate to open and its version to be the expected one
  shifting,  // a hold under 100 %
  approval,  // at the weight of the hold before; waits for an approver, then reverts
  baking,    // the last hold, at 100 %
};
[[nodiscard]] std::string_view word(Phase phase);

struct Approved {
  std::string actor{};
  WallTime until{};
  bool operator==(const Approved&) const = default;
};

// One candidacy by plan. `live` of the State stays where it was until the bake has ended.
struct Rollout {
  std::string id{};  // "r" and the generation that began it
  Color candidate = Color::green;
  Version version{};  // expected; empty: not checked
  Plan plan{};
  Phase phase = Phase::gating;
  Phase after_gate = Phase::shifting;  // what gating leads to: after a restart, where it was
  std::size_t hold = 0;  // index into plan.holds: in force, or to be entered (gating, approval)
  bool paused = false;
  bool begun = false;          // the candidate has had weight
  Duration held{};             // in this hold, without pauses, maintenance and restarts
  Duration waited{};           // in gating or for approval; a pause does not stop it
  Duration awaited{};          // of the time for approval, kept while a restart has it in gating
  std::uint64_t requests = 0;  // completed by the candidate in this hold
  std::string actor{};         // who started it, and why
  std::string reason{};
  WallTime started{};
  std::optional<Approved> approved{};
  std::optional<WallTime> committed{};  // when the change was committed, for lead time
  bool operator==(const Rollout&) const = default;
};

// How the last rollout ended.
struct Ended {
  std::string id{};
  Color candidate = Color::green;
  Version version{};
  std::string outcome{};  // "completed", "reverted", "aborted"
  std::string why{};      // in words
  WallTime at{};
  bool operator==(const Ended&) const = default;
};

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
  // Weights set by hand are guarded too: a candidate that breaches loses them. Off after a force.
  bool guarded = true;
  std::optional<Rollout> rollout{};
  std::optional<Ended> last{};
  // Live's own failure rate as verdict::Baseline keeps it.
  double baseline_requests = 0;
  double baseline_failures = 0;
  WallTime baseline_learned{};
  bool operator==(const State&) const = default;
};

// The facts a decision may use, read by the director just before.
struct Facts {
  PerColor<bool> open;                // gates; live's as in Tick
  std::vector<std::string> services;  // names, configured
  PerColor<Version> version{};        // as reported now; "mixed"; empty: none reported
  Options options{};                  // the plans there are
  bool alarm = false;                 // the verdict is against going on, or a breach: no promote
  std::string why{};                  // in words
};

struct SetWeights {  // 0.01 %, must sum to 10 000
  PerColor<int> weight;
  bool force = false;
  bool operator==(const SetWeights&) const = default;
};
// To live: back, all at once. To the other color: a rollout with the plan "switch", bound to the
// version it reports now; with force at once and by hand, unguarded.
struct Switch {
  Color color = Color::blue;
  bool force = false;
  std::string actor{};  // as the rollout keeps it
  std::string reason{};
  bool operator==(const Switch&) const = default;
};
struct Rollback {  // everything to `previous`, now; of a rollout that runs: Abort
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
struct Start {  // a rollout
  Color color = Color::green;
  Version version{};  // expected; empty only with any_version
  bool any_version = false;
  std::string plan_name{};             // of facts.options.plans; empty: the standard one
  std::optional<Plan> plan{};          // given in the call, instead of a name
  std::optional<Approval> approval{};  // beside the plan's; the earlier `before` counts
  std::optional<WallTime> committed{};
  std::string actor{};  // as the state keeps it
  std::string reason{};
  bool operator==(const Start&) const = default;
};
struct Promote {  // to the next hold now; the last hold ends. An approver passes an approval so.
  Version version{};  // of the approval; must be the rollout's unless empty
  bool approver = false;
  std::string actor{};
  bool operator==(const Promote&) const = default;
};
struct Approve {      // ahead of the approval, or at it
  Version version{};  // must be the rollout's
  std::string actor{};
  bool operator==(const Approve&) const = default;
};
struct Pause {
  bool operator==(const Pause&) const = default;
};
struct Resume {
  bool operator==(const Resume&) const = default;
};
struct Abort {  // everything back to live, now
  bool operator==(const Abort&) const = default;
};
using Command = std::variant<SetWeights, Switch, Rollback, SetMaintenance, SetUpstreams, Start,
                             Promote, Approve, Pause, Resume, Abort>;

struct Move {
  State next;           // equal to the state before when nothing changes
  bool forward = true;  // must be saved before it takes effect; going back need not wait for a disk
  std::string what{};   // in words, for the journal: "weights blue 90 % green 10 %"
  // What a tick did: "gated" (the gate opened with the version expected: the candidate has entered
  // a hold, its first or, after a restart, the one it was in), "hold" (entered the next),
  // "approval" (waits for one), "completed", "reverted"; or empty when it only kept time, which
  // raises no generation and needs no journal. Then `what` is empty, or says what keeps a candidate
  // from being taken out. Empty for commands.
  std::string action{};
};

// What the director saw since the tick before.
struct Tick {
  Duration elapsed{};
  PerColor<bool> open{};        // gates; live's is taken for open while its probes have not spoken
  PerColor<Version> version{};  // as reported; "mixed"; empty: none reported
  std::uint64_t requests = 0;   // completed by the candidate
  bool breach = false;          // the verdict: take it out
  bool alarm = false;           // the verdict is against going on (suspect, shared)
  std::string why{};            // of either, in words
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

// What time, gates and the verdict do to a rollout, or to weights set by hand. Never refuses; going
// back needs live's gate open, else it holds and says so in `what`. The table is in
// docs/rollout.md.
[[nodiscard]] Move tick(const State& state, const Tick& tick, WallTime now);
// After a restart: a candidate of a rollout is back in gating with all traffic on live and the time
// it has held; the generation is raised by that. Weights set by hand stay.
[[nodiscard]] State restarted(State state);
// What holds a rollout now, in words: "hold 2 of 4 at 10 %: 41 s and 120 requests to go".
[[nodiscard]] std::string standing(const Rollout& rollout);

// Text with a version line and a checksum; decode(encode(s)) == s. decode refuses a torn or foreign
// text with a reason.
[[nodiscard]] std::string encode(const State& state);
[[nodiscard]] Result<State> decode(std::string_view text);

// "100 %", "12.5 %", "0.01 %".
[[nodiscard]] std::string percent(int weight);

}  // namespace sy::rollout
