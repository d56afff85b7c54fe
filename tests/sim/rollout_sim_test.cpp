// Ten thousand lives of a state, two hundred events each, by seed: whatever operators, gates,
// verdicts and crashes do, the promises of docs/rollout.md hold.
#include <gtest/gtest.h>

#include <map>

#include "rollout_life.h"
#include "split/pick.h"

namespace sy::rollout {
namespace {

using Counts = std::map<std::string, int>;

bool forced(const Command& command) {
  const auto force = [](const auto& each) {
    if constexpr (requires { each.force; }) return each.force;
    return false;
  };
  return std::visit(force, command);
}

bool goes_back(const State& before, const Command& command) {
  const auto* to = std::get_if<Switch>(&command);
  return std::holds_alternative<Rollback>(command) || std::holds_alternative<Abort>(command) ||
         (to && to->color == before.live);
}

// The weight a rollout's phase gives its candidate, said once more.
int planned(const Rollout& rollout) {
  const auto& holds = rollout.plan.holds;
  if (rollout.phase == Phase::gating) return 0;
  if (rollout.phase != Phase::approval) return holds.at(rollout.hold).weight;
  return rollout.hold == 0 ? 0 : holds.at(rollout.hold - 1).weight;
}

void expect_sound(const State& state) {
  ASSERT_EQ(state.weight.blue + state.weight.green, whole_weight);
  ASSERT_GE(state.weight.blue, 0);
  ASSERT_GE(state.weight.green, 0);
  ASSERT_TRUE(!state.previous || *state.previous != state.live);
  if (const auto& rollout = state.rollout) {
    ASSERT_NE(rollout->candidate, state.live);
    ASSERT_EQ(state.weight[rollout->candidate], planned(*rollout));
    ASSERT_EQ(rollout->phase == Phase::baking,
              planned(*rollout) == whole_weight && rollout->phase != Phase::gating);
    return;
  }
  ASSERT_GT(state.weight[state.live], 0);
  ASSERT_TRUE(!state.previous || state.weight[state.live] == whole_weight);
}

// What a command may do to weights, given the gates.
void expect_allowed(const State& before, const Command& command, const Move& move,
                    const Facts& facts) {
  ASSERT_LE(move.next.generation, before.generation + 1);
  ASSERT_EQ(move.next.generation == before.generation, move.next == before);
  const bool back = goes_back(before, command);
  for (const Color color : colors) {
    if (move.next.weight[color] <= before.weight[color]) continue;
    const bool stays = facts.open[other(color)] && !facts.open[color];
    ASSERT_TRUE(facts.open[color] || forced(command) || (back && !stays));
    ASSERT_TRUE(color == before.live || move.forward || back);
    const bool begins = before.weight[color] == 0 && color != before.live;
    const bool returns = before.rollout && before.rollout->begun;
    ASSERT_TRUE(!begins || returns || move.next.deploy != before.deploy || before.rollout);
  }
}

bool right(const Rollout& rollout, const Tick& seen) {
  return rollout.version.empty() || seen.version[rollout.candidate] == rollout.version;
}

bool holds_fault(const State& state, const Tick& seen) {
  const Color candidate = other(state.live);
  if (state.weight[candidate] == 0) return false;
  if (!state.rollout) return state.guarded && seen.breach;
  return seen.breach || !seen.open[candidate] || !right(*state.rollout, seen);
}

// Weight is earned: by time, requests, gate, version, verdict and approval, one hold after another.
void expect_earned(const State& before, const Tick& seen, const Move& move, WallTime now) {
  ASSERT_TRUE(before.rollout);
  const Rollout& was = *before.rollout;
  ASSERT_TRUE(seen.open[was.candidate]);
  ASSERT_TRUE(right(was, seen));
  ASSERT_TRUE(move.forward);
  ASSERT_TRUE(move.next.rollout);
  const Rollout& is = *move.next.rollout;
  const bool approved = was.approved && now < was.approved->until;
  const bool asked = was.plan.approval && planned(is) >= was.plan.approval->before;
  if (was.phase == Phase::gating) {
    ASSERT_TRUE(!was.paused || was.begun);
    ASSERT_EQ(is.hold, was.hold);
    ASSERT_TRUE(was.begun || approved || !asked);
    if (was.begun) {
      ASSERT_EQ(is.phase, was.after_gate);
    }
    return;
  }
  ASSERT_FALSE(was.paused || seen.alarm || seen.breach);
  ASSERT_TRUE(approved || !asked);
  if (was.phase == Phase::approval) {
    ASSERT_TRUE(approved);
    ASSERT_EQ(is.hold, was.hold);
    return;
  }
  ASSERT_EQ(is.hold, was.hold + 1);
  const Hold& hold = was.plan.holds.at(was.hold);
  ASSERT_GE(was.held + seen.elapsed, hold.at_least);
  ASSERT_TRUE(was.requests + seen.requests >= hold.requests ||
              was.plan.when_quiet == WhenQuiet::advance);
}

void expect_ticked(const State& before, const Tick& seen, const Move& move, WallTime now) {
  ASSERT_EQ(move.next.generation, before.generation + (move.action.empty() ? 0 : 1));
  const Color candidate = other(before.live);
  if (holds_fault(before, seen) && seen.open[before.live]) {
    ASSERT_EQ(move.next.weight[before.live], whole_weight);
    ASSERT_EQ(move.action, "reverted");
    ASSERT_FALSE(move.forward);
    return;
  }
  if (holds_fault(before, seen)) {
    ASSERT_EQ(move.next.weight, before.weight);
    ASSERT_EQ(move.action, "");
    ASSERT_TRUE(move.what.starts_with("would revert"));
    return;
  }
  if (move.action == "completed") {
    ASSERT_EQ(before.rollout->phase, Phase::baking);
    ASSERT_EQ(move.next.live, candidate);
    ASSERT_TRUE(seen.open[candidate] && !seen.alarm && move.forward);
  } else {
    ASSERT_EQ(move.next.live, before.live);
  }
  if (move.action.empty()) {
    ASSERT_EQ(move.next.weight, before.weight);
  }
  if (move.next.weight[candidate] > before.weight[candidate]) {
    ASSERT_NO_FATAL_FAILURE(expect_earned(before, seen, move, now));
    ASSERT_TRUE(before.rollout->begun == false || move.next.deploy == before.deploy);
  }
}

void expect_effective_sound(const State& state, const Facts& facts) {
  const auto effective = split::effective(state.weight, facts.open, state.live);
  ASSERT_EQ(effective.weight.blue + effective.weight.green, whole_weight);
  for (const Color color : colors) {
    const bool traffic = effective.weight[color] > 0;
    ASSERT_TRUE(!traffic || facts.open[color] || (effective.panic && color == state.live));
    ASSERT_EQ(effective.panic, !facts.open.blue && !facts.open.green);
  }
}

// All on live, and never further forward than what was in force, or decided, when it crashed.
void expect_not_further(const State& found, const State& decided, const State& saved) {
  if (!found.rollout) {
    ASSERT_EQ(found, saved);
    return;
  }
  const Rollout& rollout = *found.rollout;
  ASSERT_EQ(rollout.phase, Phase::gating);
  ASSERT_EQ(found.weight[found.live], whole_weight);
  ASSERT_EQ(rollout.held, saved.rollout->held);
  ASSERT_EQ(found.deploy, saved.deploy);
  if (!decided.rollout || decided.rollout->id != rollout.id) return;
  ASSERT_LE(rollout.hold, decided.rollout->hold);
  if (rollout.hold == decided.rollout->hold && decided.rollout->phase != Phase::approval) {
    ASSERT_LE(rollout.held, decided.rollout->held);
    ASSERT_LE(rollout.requests, decided.rollout->requests);
  }
}

void crash(Life& life, const State& decided) {
  const State saved = decode(encode(life.saved)).value();
  ASSERT_EQ(saved, life.saved);
  life.state = restarted(saved);
  ASSERT_NO_FATAL_FAILURE(expect_not_further(life.state, decided, saved));
  ASSERT_EQ(restarted(life.state), life.state);
  life.saved = life.state;
}

// Forward moves are saved before they take effect, moves back after; a crash comes at any point.
void take_effect(Life& life, const Move& move) {
  const int when = life.chance(2) ? life.below(3) : -1;
  if (life.chance(10)) {
    ASSERT_EQ(decode(encode(move.next)).value(), move.next);
  }
  const bool kept_time = move.next.generation == life.state.generation;
  if (kept_time && life.chance(50)) life.saved = move.next;
  if (move.forward && when != 0) life.saved = move.next;
  if (when != 1) life.state = move.next;
  if (!move.forward && when < 0) life.saved = move.next;
  if (when >= 0) crash(life, move.forward && when == 1 ? move.next : life.state);
}

void pass(Life& life, Counts& counts) {
  const Tick seen = life.tick();
  const Move move = tick(life.state, seen, life.now);
  ASSERT_NO_FATAL_FAILURE(expect_sound(move.next));
  ASSERT_NO_FATAL_FAILURE(expect_ticked(life.state, seen, move, life.now));
  ++counts[move.action.empty() && !move.what.empty() ? "stuck" : move.action];
  ASSERT_NO_FATAL_FAILURE(take_effect(life, move));
}

void order(Life& life, Counts& counts) {
  const Command command = life.command();
  const auto move = advance(life.state, command, life.facts, life.now,
                            static_cast<std::uint64_t>(life.below(1'000'000)));
  if (!move) {
    ++counts[std::to_string(move.error().status)];
    return;
  }
  ASSERT_NO_FATAL_FAILURE(expect_sound(move->next));
  ASSERT_NO_FATAL_FAILURE(expect_allowed(life.state, command, *move, life.facts));
  ASSERT_NO_FATAL_FAILURE(take_effect(life, *move));
}

void live_through(Life& life, Counts& counts) {
  for (int event = 0; event < 200; ++event) {
    life.turn();
    if (life.chance(65)) {
      ASSERT_NO_FATAL_FAILURE(pass(life, counts)) << "event " << event;
    } else {
      ASSERT_NO_FATAL_FAILURE(order(life, counts)) << "event " << event;
    }
    ASSERT_NO_FATAL_FAILURE(expect_effective_sound(life.state, life.facts));
  }
}

TEST(TenThousandLives, KeepEveryPromise) {
  Counts counts;
  for (unsigned seed = 0; seed < 10'000; ++seed) {
    Life life{seed};
    ASSERT_NO_FATAL_FAILURE(live_through(life, counts)) << "seed " << seed;
  }
  for (const char* seen :
       {"gated", "hold", "approval", "completed", "reverted", "stuck", "403", "409", "422"}) {
    EXPECT_GE(counts[seen], 300) << seen;
  }
}

TEST(TenThousandLives, CanAlwaysGoBackToAnOpenLiveColor) {
  Counts counts;
  for (unsigned seed = 0; seed < 500; ++seed) {
    Life life{seed};
    ASSERT_NO_FATAL_FAILURE(live_through(life, counts)) << "seed " << seed;
    life.facts.open = {true, true};
    const bool runs = life.state.rollout.has_value();
    const Color target = runs ? life.state.live : life.state.previous.value_or(life.state.live);
    const auto move = advance(life.state, Rollback{}, life.facts, life.now, 1);
    ASSERT_TRUE(move.has_value()) << "seed " << seed;
    ASSERT_EQ(move->next.weight[target], whole_weight) << "seed " << seed;
    ASSERT_FALSE(move->forward);
  }
}

// Brings a life to a rollout that has traffic; false when this one does not get there.
bool reach_traffic(Life& life, Counts& counts) {
  for (int part = 0; part < 10; ++part) {
    live_through(life, counts);
    if (::testing::Test::HasFatalFailure()) return false;
    const auto& rollout = life.state.rollout;
    if (rollout && life.state.weight[rollout->candidate] > 0) return true;
  }
  return false;
}

TEST(ALifeWithACandidate, LosesItWithinOneTickOfABreachInEveryPhasePausedOrNot) {
  Counts phases;
  Counts counts;
  for (unsigned seed = 0; seed < 600; ++seed) {
    Life life{seed};
    if (!reach_traffic(life, counts)) continue;
    if (const auto paused = advance(life.state, Pause{}, life.facts, life.now, 1);
        paused && life.chance(50)) {
      life.state = paused->next;
    }
    const Color live = life.state.live;
    const Rollout rollout = *life.state.rollout;
    Tick seen{.elapsed = std::chrono::milliseconds{100}, .breach = true, .why = "fails"};
    seen.open = {true, true};
    seen.version = {rollout.version, rollout.version};
    const Move move = tick(life.state, seen, life.now);
    ASSERT_EQ(move.next.weight[live], whole_weight) << "seed " << seed;
    ASSERT_EQ(move.next.last->why, "fails");
    ASSERT_EQ(move.next.last->id, rollout.id);
    ++phases[std::string(word(rollout.phase)) + (rollout.paused ? " paused" : "")];
  }
  for (const char* phase :
       {"shifting", "shifting paused", "approval", "approval paused", "baking", "baking paused"}) {
    EXPECT_GE(phases[phase], 3) << phase;
  }
}

// Everything is well from now on: what is left of the rollout, minute by minute.
int minutes_to_the_end(Life& life) {
  const Version version = life.state.rollout->version;
  int minutes = 0;
  for (; life.state.rollout && minutes < 10'000; ++minutes) {
    life.now += std::chrono::minutes{1};
    Tick seen{.elapsed = std::chrono::minutes{1}, .open = {true, true}};
    seen.version = {version, version};
    seen.requests = 300;
    life.state = tick(life.state, seen, life.now).next;
  }
  return minutes;
}

TEST(EveryLife, EndsItsRolloutOnceEverythingIsWell) {
  Counts counts;
  Counts ends;
  for (unsigned seed = 0; seed < 900; ++seed) {
    Life life{seed};
    ASSERT_NO_FATAL_FAILURE(live_through(life, counts)) << "seed " << seed;
    if (!life.state.rollout) continue;
    life.state.rollout->paused = false;
    life.state.maintenance = false;
    const auto& plan = life.state.rollout->plan;
    const auto bound = static_cast<int>(plan.holds.size()) * 11 + 61 + 2;
    const bool asks = plan.approval.has_value();
    const bool restarts = life.chance(50);
    if (restarts) life.state = restarted(life.state);
    ASSERT_LE(minutes_to_the_end(life), bound) << "seed " << seed;
    const Ended& last = *life.state.last;
    ASSERT_TRUE(last.outcome == "completed" ||
                (asks && last.outcome == "reverted" && last.why == "nobody approved in time"))
        << last.outcome << ": " << last.why;
    ASSERT_EQ(life.state.weight[life.state.live], whole_weight);
    ++ends[last.outcome];
  }
  EXPECT_GE(ends["completed"], 30);
  EXPECT_GE(ends["reverted"], 30);
}

TEST(ALifeThatCrashesAtEveryTick, StillEndsItsRolloutWithTheTimeItHeld) {
  for (const auto& [name, plan] : named_plans()) {
    Life life{1};
    life.state =
        advance(State{}, Start{.version = version_two, .plan = plan}, life.facts, life.now, 1)
            .value()
            .next;
    Duration wanted{};
    for (const Hold& hold : plan.holds) wanted += hold.at_least;
    Duration spent{};
    while (life.state.rollout && spent < wanted * 2) {
      life.state = restarted(decode(encode(life.state)).value());
      Tick seen{.elapsed = std::chrono::seconds{1}, .open = {true, true}};
      seen.version = life.facts.version;
      life.state = tick(life.state, seen, life.now).next;
      seen.requests = 300;
      life.state = tick(life.state, seen, life.now).next;
      spent += seen.elapsed;
    }
    ASSERT_FALSE(life.state.rollout) << name;
    ASSERT_EQ(life.state.last->outcome, "completed") << name;
    ASSERT_EQ(spent, wanted) << name;
  }
}

}  // namespace
}  // namespace sy::rollout
