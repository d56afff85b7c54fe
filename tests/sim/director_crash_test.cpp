// A director that dies at every point at which something is kept or published, in every phase of a
// rollout, and another that begins with what was kept: never further forward, the time held kept,
// the candidate at its gate again, and in the end the rollout completes.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "support/rollout_world.h"

namespace sy::director {
namespace {

using namespace std::chrono_literals;
using rollout::Phase;
using rollout::State;
using testing::RolloutWorld;

struct Crash {};

// How far a rollout is: its hold, whether that is entered, how long it has been held.
using Place = std::tuple<std::size_t, bool, Duration>;

Place place_of(const State& state) {
  if (!state.rollout) return {state.last && state.last->outcome == "completed" ? 99 : 0, false, 0s};
  const rollout::Rollout& rollout = *state.rollout;
  const bool gating = rollout.phase == Phase::gating;
  const Phase phase = gating ? rollout.after_gate : rollout.phase;
  const bool entered = phase != Phase::approval && (!gating || rollout.begun);
  return {rollout.hold, entered, rollout.held};
}

// One rollout with an approval before 50 %, told by the second, until it has ended.
class Life : public RolloutWorld {
 public:
  using Story = void (*)(Life&, int second);

  // Dies at the point with this number, counted from the start of the rollout; -1: never.
  void arm(int point) {
    left_ = point;
    armed_ = true;
    fleet.on_adopt = [this] { step(); };
    store.on_save = [this](const State& state) {
      furthest = std::max(furthest, place_of(state));
      step();
    };
    store.on_saved = [this] { step(); };
  }
  void disarm() { armed_ = false; }
  // False once it died.
  bool live_through(Story story) {
    try {
      begin(with_approval()).value();
      go_on(story);
    } catch (const Crash&) {
      return false;
    }
    return true;
  }
  void go_on(Story story) {
    for (int second = 0; second < 300 && director->status().state.rollout; ++second) {
      furthest = std::max(furthest, place_of(director->status().state));
      if (routing().weight.green > 0) serve(Color::green, 1);
      story(*this, second);
      tick(1s);
    }
  }
  void approve_when_asked() {
    if (phase() == "approval") approve_ahead();
  }
  void approve_ahead() {
    rollout::Approve approve;
    approve.version = testing::new_version;
    submit(approve).value();
  }

  Place furthest{};
  int points = 0;  // passed so far

 private:
  void step() {
    if (!armed_) return;
    ++points;
    if (left_-- == 0) throw Crash{};
  }
  bool armed_ = false;
  int left_ = -1;
};

void completes(Life& life, int second) {
  if (second == 3) life.submit(rollout::Pause{}).value();
  if (second == 6) life.submit(rollout::Resume{}).value();
  if (second > 20) life.approve_when_asked();
}
void is_promoted(Life& life, int second) {
  if (second == 2) life.approve_ahead();
  if (second > 3 && second % 4 == 0) life.submit(rollout::Promote{}).value();
}
void is_reverted_in_its_bake(Life& life, int second) {
  life.approve_when_asked();
  if (life.phase() == "baking") life.refuse(Color::green, 5);
  std::ignore = second;
}
void is_reverted_while_it_waits(Life& life, int) {
  if (life.phase() == "approval") life.refuse(Color::green, 5);
}
void is_aborted(Life& life, int second) {
  if (second == 5) life.submit(rollout::Abort{}).value();
}
void is_rolled_back(Life& life, int second) {
  life.approve_when_asked();
  if (second == 17) life.submit(rollout::Rollback{}).value();
}
void is_helped_to_its_end(Life& life, int) {
  life.approve_when_asked();
  if (life.phase() == "paused") life.submit(rollout::Resume{}).value();
}

struct Told {
  const char* name;
  Life::Story story;
  const char* outcome;
};
const Told stories[] = {
    {"completes", completes, "completed"},
    {"is promoted", is_promoted, "completed"},
    {"is reverted in its bake", is_reverted_in_its_bake, "reverted"},
    {"is reverted while it waits", is_reverted_while_it_waits, "reverted"},
    {"is aborted", is_aborted, "aborted"},
    {"is rolled back", is_rolled_back, "aborted"},
};

bool journal_has(const Life& life, const std::string& outcome) {
  const auto& entries = life.journal.entries();
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    const auto found = entry.fields.find("outcome");
    return found != entry.fields.end() && found->second == outcome;
  });
}

// What must be true of the next life, before its probes have spoken.
void expect_no_further(Life& life, const Place& before) {
  const State state = life.director->status().state;
  const bool completed = state.live == Color::green;
  ASSERT_EQ(life.weight().green, completed ? 10'000 : 0);
  ASSERT_LE(place_of(state), before);
  if (!state.rollout) return;
  ASSERT_EQ(state.rollout->phase, Phase::gating);
  ASSERT_EQ(state.live, Color::blue);
}

// Books are kept once a second, so at most that much of the time held is lost.
void expect_time_kept(const State& state, const Place& before) {
  if (!state.rollout || std::get<0>(before) != state.rollout->hold) return;
  if (std::get<1>(before) != std::get<1>(place_of(state))) return;
  ASSERT_GE(state.rollout->held + 2s, std::get<2>(before));
}

void crash_at(const Told& told, int point) {
  Life life;
  life.arm(point);
  ASSERT_FALSE(life.live_through(told.story));
  life.disarm();
  const State died = life.director->status().state;
  const Place before = std::max(life.furthest, place_of(died));
  const bool ended = journal_has(life, told.outcome) && std::string{told.outcome} != "completed";
  const bool begun = life.store.saved.state.has_value();
  life.crash();
  ASSERT_NO_FATAL_FAILURE(expect_no_further(life, before));
  const State once = life.director->status().state;
  ASSERT_NO_FATAL_FAILURE(expect_time_kept(once, before));
  ASSERT_FALSE(ended && once.rollout.has_value());
  life.crash();
  ASSERT_EQ(life.director->status().state, once);
  life.probes_speak();
  life.go_on(is_helped_to_its_end);
  const State after = life.director->status().state;
  ASSERT_FALSE(after.rollout.has_value());
  if (ended || !begun) return;
  ASSERT_TRUE(after.last.has_value());
  ASSERT_TRUE(after.last->outcome == "completed" || after.last->outcome == told.outcome);
}

TEST(ADirectorThatDiesAnywhere, IsNeverFurtherForwardInItsNextLife) {
  for (const Told& told : stories) {
    Life whole;
    whole.arm(-1);
    ASSERT_TRUE(whole.live_through(told.story)) << told.name;
    ASSERT_EQ(whole.director->status().state.last->outcome, told.outcome) << told.name;
    ASSERT_GT(whole.points, 10) << told.name;
    for (int point = 0; point < whole.points; ++point) {
      ASSERT_NO_FATAL_FAILURE(crash_at(told, point)) << told.name << ", point " << point;
    }
  }
}

}  // namespace
}  // namespace sy::director
