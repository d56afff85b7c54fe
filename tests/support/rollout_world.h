// A director with a rollout under way: its plan has holds of ten seconds at 10, 50 and 100 %, five
// requests each.
#pragma once
#include <string>
#include <utility>

#include "support/director_world.h"

namespace sy::testing {

inline constexpr const char* old_version = "v20240101-aaaaaaa";
inline constexpr const char* new_version = "v20240102-bbbbbbb";

class RolloutWorld : public DirectorWorld {
 public:
  RolloutWorld() {
    start();
    probes.set(Color::blue, true, "200 after 3 ms", old_version);
    probes.set(Color::green, true, "200 after 3 ms", new_version);
    tick();
  }

  static rollout::Plan plan() {
    using std::chrono::seconds;
    return {.name = "short",
            .holds = {{1'000, seconds{10}, 5}, {5'000, seconds{10}, 5}, {10'000, seconds{10}, 5}},
            .gate_timeout = std::chrono::minutes{1}};
  }
  static rollout::Plan with_approval() {
    rollout::Plan asks = plan();
    asks.approval = rollout::Approval{.before = 5'000, .timeout = std::chrono::hours{1}};
    return asks;
  }
  static rollout::Start to_green(rollout::Plan with = plan()) {
    rollout::Start start;
    start.version = new_version;
    start.plan = std::move(with);
    return start;
  }
  Result<director::Applied> begin(rollout::Plan with = plan()) {
    return submit(to_green(std::move(with)));
  }
  // The time and the requests of one hold, and the tick that goes on.
  void hold() {
    serve(Color::green, 5);
    ticks(101);
  }
  [[nodiscard]] std::string phase() const { return director->status().phase; }
  [[nodiscard]] const rollout::State& saved() const { return *store.saved.state; }
  // What a next life of the director makes of what is saved, its probes silent yet.
  void crash() {
    probes.states_.clear();
    fleet.collected.evidence = {};
    make(two_services());
    run(director->start()).value();
  }
  void probes_speak() {
    probes.set(Color::blue, true, "200 after 3 ms", old_version);
    probes.set(Color::green, true, "200 after 3 ms", new_version);
    tick();
  }
};

}  // namespace sy::testing
