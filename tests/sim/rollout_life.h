// A state's life by seed: operators, gates, versions, verdicts, time and crashes.
#pragma once
#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "rollout/state.h"

namespace sy::rollout {

inline constexpr int whole_weight = 10'000;
inline const Version version_one = "v20260101-aaaaaaa";
inline const Version version_two = "v20260201-bbbbbbb";

class Life {
 public:
  explicit Life(unsigned seed) : random_{seed} {
    gates_move_ = chance(50) ? 1 : 12;
    forces_ = chance(50) ? 0 : 10;
  }

  int below(int limit) {
    return static_cast<int>(random_() % static_cast<std::mt19937::result_type>(limit));
  }
  bool chance(int percent_of) { return below(100) < percent_of; }
  Color color() { return chance(50) ? Color::blue : Color::green; }

  Command command() {
    const int kind = below(100);
    if (kind < 30) return start();
    if (kind < 40) return Promote{chance(90) ? Version{} : version_one, chance(50), "ann"};
    if (kind < 48) return Approve{chance(80) ? version_two : version_one, "ann"};
    if (kind < 54) return Pause{};
    if (kind < 66) return Resume{};
    if (kind < 68) return Abort{};
    return by_hand();
  }

  Command by_hand() {
    const bool force = chance(forces_);
    switch (below(12)) {
      case 0: return SetWeights{weights(), force};
      case 1: return Switch{color(), force};
      case 2: return Rollback{};
      case 3: return SetMaintenance{chance(50)};
      case 4: return SetUpstreams{color(), {{"backend", urls()}}, force};
      default: return SetWeights{step(), force};
    }
  }

  // What is true from now on.
  void turn() {
    now += std::chrono::seconds{1 + below(10)};
    for (const Color each : colors) {
      if (chance(gates_move_)) facts.open[each] = !facts.open[each];
      if (chance(1)) facts.version[each] = version();
    }
  }

  Tick tick() {
    static constexpr std::array<int, 6> spans{100, 100, 1'000, 20'000, 60'000, 300'000};
    Tick seen{.elapsed = std::chrono::milliseconds{spans[static_cast<std::size_t>(below(6))]}};
    seen.open = facts.open;
    seen.version = facts.version;
    seen.requests = static_cast<std::uint64_t>(below(4) * 100);
    seen.breach = chance(2);
    seen.alarm = seen.breach || chance(10);
    return seen;
  }

  State state{};  // in force
  State saved{};  // what a restart finds
  Facts facts{.open = {true, true},
              .services = {"backend"},
              .version = {version_two, version_two},
              .options = {}};
  WallTime now{};

 private:
  Start start() {
    Start command{.color = chance(80) ? other(state.live) : state.live, .version = version_two};
    if (chance(10)) {
      command.any_version = true;
      command.version.clear();
    }
    if (chance(40)) {
      constexpr std::array<const char*, 5> names{"canary", "linear", "switch", "rehearsal", "no"};
      command.plan_name = names[static_cast<std::size_t>(below(5))];
    } else {
      command.plan = plan();
    }
    return command;
  }

  Plan plan() {
    Plan made;
    for (int weight = below(20) == 0 ? 0 : 1 + below(3'000); weight < whole_weight;
         weight += 1 + below(5'000)) {
      made.holds.push_back(hold(weight));
    }
    made.holds.push_back(hold(whole_weight));
    made.gate_timeout = std::chrono::minutes{below(3)};
    if (chance(50)) {
      made.approval = Approval{.before = 1 + below(whole_weight),
                               .timeout = std::chrono::minutes{1 + below(60)}};
    }
    made.when_quiet = static_cast<WhenQuiet>(below(3));
    return made;
  }
  Hold hold(int weight) {
    return {.weight = weight,
            .at_least = std::chrono::seconds{below(120)},
            .requests = static_cast<std::uint64_t>(1 + below(300))};
  }
  Version version() {
    if (chance(80)) return version_two;
    if (chance(50)) return version_one;
    return chance(50) ? "mixed" : "";
  }
  PerColor<int> weights() {
    const int green = below(whole_weight + 1);
    return {whole_weight - green + (chance(2) ? 1 : 0), green};
  }
  PerColor<int> step() {
    constexpr int steps[] = {0, 1, 100, 1'000, 5'000, 9'999, whole_weight};
    const int green = steps[below(7)];
    return {whole_weight - green, green};
  }
  std::vector<std::string> urls() {
    return std::vector<std::string>(static_cast<std::size_t>(below(3)), "http://127.0.0.1:1");
  }

  std::mt19937 random_;
  int gates_move_ = 0;  // percent of the events
  int forces_ = 0;      // percent of the commands by hand
};

}  // namespace sy::rollout
