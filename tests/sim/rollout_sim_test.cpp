// Ten thousand lives of a state, two hundred events each, by seed: whatever operators, gates and
// crashes do, the promises of docs/rollout.md hold.
#include <gtest/gtest.h>

#include <random>

#include "rollout/state.h"
#include "split/pick.h"

namespace sy::rollout {
namespace {

constexpr int whole = 10'000;

class Life {
 public:
  explicit Life(unsigned seed) : random_{seed} {}

  int below(int limit) {
    return static_cast<int>(random_() % static_cast<std::mt19937::result_type>(limit));
  }
  bool chance(int percent_of) { return below(100) < percent_of; }
  Color color() { return chance(50) ? Color::blue : Color::green; }

  Command command() {
    const bool force = chance(10);
    switch (below(6)) {
      case 0: return SetWeights{weights(), force};
      case 1: return Switch{color(), force};
      case 2: return Rollback{};
      case 3: return SetMaintenance{chance(50)};
      case 4: return SetUpstreams{color(), {{"backend", urls()}}, force};
      default: return SetWeights{step(), force};
    }
  }

  void move_gates() {
    for (const Color each : colors) {
      if (chance(15)) facts.open[each] = !facts.open[each];
    }
  }

  State state;  // in force
  State saved;  // what a restart finds
  Facts facts{.open = {true, true}, .services = {"backend"}};
  WallTime now{};

 private:
  PerColor<int> weights() {
    const int green = below(whole + 1);
    return {whole - green + (chance(2) ? 1 : 0), green};
  }
  PerColor<int> step() {
    constexpr int steps[] = {0, 1, 100, 1'000, 5'000, 9'999, whole};
    const int green = steps[below(7)];
    return {whole - green, green};
  }
  std::vector<std::string> urls() {
    return std::vector<std::string>(static_cast<std::size_t>(below(3)), "http://127.0.0.1:1");
  }

  std::mt19937 random_;
};

bool forced(const Command& command) {
  const auto force = [](const auto& each) {
    if constexpr (requires { each.force; }) return each.force;
    return false;
  };
  return std::visit(force, command);
}

void expect_sound(const State& state) {
  ASSERT_EQ(state.weight.blue + state.weight.green, whole);
  ASSERT_GT(state.weight[state.live], 0);
  ASSERT_TRUE(!state.previous || *state.previous != state.live);
  ASSERT_TRUE(!state.previous || state.weight[state.live] == whole);
}

// What a move may do to weights, given the gates.
void expect_allowed(const State& before, const Command& command, const Move& move,
                    const Facts& facts) {
  const bool rollback = std::holds_alternative<Rollback>(command);
  for (const Color color : colors) {
    const bool more = move.next.weight[color] > before.weight[color];
    if (!more) continue;
    if (rollback) {
      ASSERT_TRUE(facts.open[color] || !facts.open[other(color)]);
    } else {
      ASSERT_TRUE(facts.open[color] || forced(command));
    }
    ASSERT_TRUE(color == before.live || move.forward || rollback);
    ASSERT_TRUE(before.weight[color] > 0 || move.next.deploy != before.deploy);
  }
}

void expect_effective_sound(const State& state, const Facts& facts) {
  const auto effective = split::effective(state.weight, facts.open, state.live);
  ASSERT_EQ(effective.weight.blue + effective.weight.green, whole);
  for (const Color color : colors) {
    const bool traffic = effective.weight[color] > 0;
    ASSERT_TRUE(!traffic || facts.open[color] || (effective.panic && color == state.live));
    ASSERT_EQ(effective.panic, !facts.open.blue && !facts.open.green);
  }
}

// Forward moves are saved before they take effect, moves back after; a crash comes at any point.
void take_effect(Life& life, const Move& move) {
  const int crash = life.chance(2) ? life.below(3) : -1;
  if (life.chance(25)) {
    ASSERT_EQ(decode(encode(move.next)).value(), move.next);
  }
  if (move.forward && crash != 0) life.saved = move.next;
  if (crash != 1) life.state = move.next;
  if (!move.forward && crash < 0) life.saved = move.next;
  if (crash < 0) return;
  const State before = life.state;
  life.state = decode(encode(life.saved)).value();
  // The place it was, the one it was about to save, or one before: nothing else was ever saved.
  ASSERT_TRUE(life.state == before || life.state == move.next ||
              life.state.generation < move.next.generation);
  ASSERT_LE(life.state.generation, move.next.generation);
}

void live_through(Life& life) {
  for (int event = 0; event < 200; ++event) {
    life.now += std::chrono::seconds{1};
    life.move_gates();
    const Command command = life.command();
    const auto move =
        advance(life.state, command, life.facts, life.now, static_cast<std::uint64_t>(event));
    if (move) {
      ASSERT_LE(move->next.generation, life.state.generation + 1);
      ASSERT_EQ(move->next.generation == life.state.generation, move->next == life.state);
      ASSERT_NO_FATAL_FAILURE(expect_sound(move->next));
      ASSERT_NO_FATAL_FAILURE(expect_allowed(life.state, command, *move, life.facts));
      ASSERT_NO_FATAL_FAILURE(take_effect(life, *move));
    }
    ASSERT_NO_FATAL_FAILURE(expect_effective_sound(life.state, life.facts));
  }
}

TEST(TenThousandLives, KeepEveryPromise) {
  for (unsigned seed = 0; seed < 10'000; ++seed) {
    Life life{seed};
    ASSERT_NO_FATAL_FAILURE(live_through(life)) << "seed " << seed;
  }
}

TEST(TenThousandLives, CanAlwaysGoBackToAnOpenLiveColor) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    Life life{seed};
    ASSERT_NO_FATAL_FAILURE(live_through(life)) << "seed " << seed;
    life.facts.open = {true, true};
    const Color target = life.state.previous.value_or(life.state.live);
    const auto move = advance(life.state, Rollback{}, life.facts, life.now, 1);
    ASSERT_TRUE(move.has_value()) << "seed " << seed;
    ASSERT_EQ(move->next.weight[target], whole) << "seed " << seed;
    ASSERT_FALSE(move->forward);
  }
}

}  // namespace
}  // namespace sy::rollout
