// What commands and ticks are made of. Private to this folder.
#pragma once
#include <string>

#include "rollout/state.h"

namespace sy::rollout {

inline constexpr int whole = 10'000;
// For a candidate to come back after a restart, when its plan has no time for gating.
inline constexpr Duration regating = std::chrono::minutes{5};

struct Moment {
  WallTime now;
  std::uint64_t entropy;
};

[[nodiscard]] Error refused(std::string what);  // 409
[[nodiscard]] Error invalid(std::string what);  // 422
[[nodiscard]] std::string word(Color color);
[[nodiscard]] std::string weights_in_words(PerColor<int> weight);
[[nodiscard]] PerColor<int> all_on(Color color);
[[nodiscard]] Move unchanged(const State& state, std::string what);
// A name for a candidacy: eight of [0-9a-z], never the one it follows.
[[nodiscard]] std::string deploy_name(std::uint64_t entropy, const std::string& before);

// The weight of the candidate in the rollout's phase.
[[nodiscard]] int weight_of(const Rollout& rollout);
// What a hold is called: shifting, or baking for the last.
[[nodiscard]] Phase phase_of(const Plan& plan, std::size_t hold);
// How long gating may last.
[[nodiscard]] Duration gate_timeout(const Rollout& rollout);
// "hold 2 of 4 at 10 %"
[[nodiscard]] std::string hold_in_words(const Rollout& rollout);
// "rollout r7 of green to v20240101-abc1234 (shifting, hold 2 of 4 at 10 %)"
[[nodiscard]] std::string in_words(const Rollout& rollout);
[[nodiscard]] bool approved(const Rollout& rollout, WallTime now);
[[nodiscard]] bool needs_approval(const Rollout& rollout, std::size_t hold, WallTime now);

// Why a color may not have traffic by its gate and version, in words; empty when it may.
struct Reported {
  bool open = false;
  const Version& version;
};
[[nodiscard]] std::string unfit(const Rollout& rollout, Reported reported);
// A rollout for any version is bound to the one reported when it leaves gating.
void bind_version(Rollout& rollout, const Version& reported);

// Each is one change: the generation grows by one.
// REQUIRES: a rollout runs.
[[nodiscard]] Move leave_gating(const State& state, WallTime now);  // to a hold or to approval
[[nodiscard]] Move enter_hold(const State& state, std::size_t hold, WallTime now);
[[nodiscard]] Move await_approval(const State& state, std::size_t hold, WallTime now);
[[nodiscard]] Move complete(const State& state, std::string why, WallTime now);
struct Ending {
  std::string outcome;
  std::string why;
};
[[nodiscard]] Move take_out(const State& state, Ending ending, WallTime now);
// What follows the hold in force: the next, an approval, or the end.
[[nodiscard]] Move go_on(const State& state, std::string why, WallTime now);
// The weights stay, unguarded, and the rollout has ended. Raises no generation.
[[nodiscard]] State taken_over(State state, WallTime now);

// The commands of rollouts, in commands.cpp.
[[nodiscard]] Result<Move> begin(const State& state, const Start& command, const Facts& facts,
                                 Moment moment);
[[nodiscard]] Result<Move> begin(const State& state, const Switch& command, const Facts& facts,
                                 Moment moment);
[[nodiscard]] Result<Move> promote(const State& state, const Promote& command, const Facts& facts,
                                   WallTime now);
[[nodiscard]] Result<Move> approve(const State& state, const Approve& command, WallTime now);
[[nodiscard]] Result<Move> pause(const State& state);
[[nodiscard]] Result<Move> resume(const State& state);
// `why` in words: "aborted by hand". `force`: even onto live's shut gate.
struct Leaving {
  std::string why;
  bool force = false;
};
[[nodiscard]] Result<Move> abort(const State& state, Leaving leaving, const Facts& facts,
                                 WallTime now);

}  // namespace sy::rollout
