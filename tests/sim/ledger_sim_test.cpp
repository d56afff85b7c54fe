// Many processes on one ledger in SSM, by seed: each call is a point at which another process goes
// on, an answer is lost, a read sees the past, or the process dies. Whatever happens, nobody wins
// an epoch that somebody else has won, epochs have no gap, and every life ends.
#include <gtest/gtest.h>
#include <ucontext.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

#include <array>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "control/records/ssm_ledger.h"
#include "control/records/takeover.h"
#include "support/records_world.h"
#include "support/scripted_ssm.h"

namespace sy::control::records {
namespace {

using Fate = aws::ScriptedSsm::Fate;

const std::string record_name = "/pms/staging/deployment-metadata";

struct Death {};

struct Weather {
  int lost = 0;           // of a hundred puts
  int stale = 0;          // of a hundred reads
  int deadly = 0;         // of a thousand calls
  bool expiring = false;  // claims expire under the hands of the living
};

// AddressSanitizer must be told of stacks that are not the thread's, or it takes what an exception
// left on one for live variables.
void leave_stack([[maybe_unused]] void** kept, [[maybe_unused]] const void* stack,
                 [[maybe_unused]] std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_start_switch_fiber(kept, stack, bytes);
#endif
}
void enter_stack([[maybe_unused]] void* kept, [[maybe_unused]] const void** stack,
                 [[maybe_unused]] std::size_t* bytes) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(kept, stack, bytes);
#endif
}

// One at a time runs, chosen by the seed, from one call to its next: all on one thread, each on a
// stack of its own.
class Turns {
 public:
  explicit Turns(unsigned seed) : random{seed} {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // Called by the one whose turn it is.
  void give_up_turn(int who) {
    Life& life = *lives_.at(who);
    void* kept = nullptr;
    leave_stack(&kept, stage_stack_, stage_bytes_);
    ::swapcontext(&life.here, &stage_);
    enter_stack(kept, &stage_stack_, &stage_bytes_);
  }

  void begin(int who, std::function<void()> act) {
    auto life = std::make_unique<Life>();
    life->act = std::move(act);
    life->stack.resize(stack_bytes);
    ::getcontext(&life->here);
    life->here.uc_stack.ss_sp = life->stack.data();
    life->here.uc_stack.ss_size = life->stack.size();
    life->here.uc_link = &stage_;
    ::makecontext(&life->here, &Turns::live, 0);
    lives_[who] = std::move(life);
    running_.insert(who);
  }

  // Until all lives have ended; false when they do not.
  bool play(int steps_max) {
    int steps = 0;
    while (!running_.empty()) {
      ending = ++steps > steps_max;
      auto chosen = running_.begin();
      std::advance(chosen, random() % running_.size());
      // Now and then one is held up for long, wherever it is.
      if (random() % 30 == 0) thaws_[*chosen] = steps + static_cast<int>(random() % 400);
      if (thaws_[*chosen] > steps) continue;
      Life& life = *lives_.at(*chosen);
      turn_of = &life;
      playing = this;
      void* kept = nullptr;
      leave_stack(&kept, life.stack.data(), life.stack.size());
      ::swapcontext(&stage_, &life.here);
      enter_stack(kept, nullptr, nullptr);
      if (life.ended) running_.erase(chosen);
    }
    return !ending;
  }

  std::mt19937 random;
  bool ending = false;  // too long: everybody leaves

 private:
  struct Life {
    ucontext_t here{};
    std::vector<char> stack{};
    std::function<void()> act{};
    bool ended = false;
  };
  static constexpr std::size_t stack_bytes = 512 * 1024;

  static void live() {
    Life& life = *turn_of;
    enter_stack(nullptr, &playing->stage_stack_, &playing->stage_bytes_);
    life.act();
    life.ended = true;
    leave_stack(nullptr, playing->stage_stack_, playing->stage_bytes_);
  }

  static inline Life* turn_of = nullptr;
  static inline Turns* playing = nullptr;
  const void* stage_stack_ = nullptr;
  std::size_t stage_bytes_ = 0;
  ucontext_t stage_{};
  std::map<int, std::unique_ptr<Life>> lives_;
  std::set<int> running_;
  std::map<int, int> thaws_;  // the step at which one that is held up goes on
};

class World {
 public:
  World(unsigned seed, Weather weather) : turns{seed}, weather_{weather} {
    ssm.now = [this] { return time.wall(); };
    ssm.fate = [this](std::string_view operation, const std::string&) { return fate(operation); };
    ssm.unseen = [this](const std::string&) { return chance(100, weather_.stale) ? 1U : 0U; };
  }

  bool chance(unsigned of, int hits) { return static_cast<int>(turns.random() % of) < hits; }

  Turns turns;
  aws::ScriptedSsm ssm;
  ManualPace time;
  std::set<std::int64_t> alive;
  std::map<std::uint64_t, int> wins;  // commits that said so, by epoch
  std::set<std::string> conflicts;    // nonces of commits that said CONFLICT
  std::set<std::string> dead;         // nonces of those who died at it
  int taken_over = 0;
  int deaths = 0;
  int blind = 0;  // notes of those who had been taken over, and did not see it

  bool taken_from(const Claim& held) const {
    const std::string next = ".t" + std::to_string(held.generation + 1);
    return ssm.parameters.contains("/pms/staging/deploy-claims/" + std::to_string(held.epoch) +
                                   next);
  }

  void die_perhaps() {
    if (turns.ending || chance(1'000, weather_.deadly)) throw Death{};
  }
  [[nodiscard]] const Weather& weather() const { return weather_; }

 private:
  Fate fate(std::string_view operation) {
    if (operation != "PutParameter" || !chance(100, weather_.lost)) return Fate::fine;
    constexpr std::array fates{Fate::lost_before, Fate::lost_after, Fate::retried, Fate::busy,
                               Fate::throttled};
    return fates[turns.random() % fates.size()];
  }
  Weather weather_;
};

// Time is everybody's; waiting lets others go on.
class SharedPace final : public Pace {
 public:
  SharedPace(World& world, int who) : world_{world}, who_{who} {}
  Instant now() const override { return world_.time.now(); }
  WallTime wall() const override { return world_.time.wall(); }
  bool wait(Duration duration) override {
    world_.time.pass(duration);
    world_.turns.give_up_turn(who_);
    world_.die_perhaps();
    return true;
  }
  void forgive() override {}

 private:
  World& world_;
  int who_;
};

class Actor {
 public:
  Actor(World& world, int who) : world_{world}, who_{who}, pace_{world, who} {}

  void live(int operations) {
    caller_.before = [this] {
      world_.turns.give_up_turn(who_);
      world_.die_perhaps();
    };
    world_.alive.insert(who_);
    try {
      for (int i = 0; i < operations; ++i) operate();
    } catch (const Death&) {
      ++world_.deaths;
      world_.dead.insert(std::to_string(who_) + "-" + std::to_string(nonces_));
    }
    world_.alive.erase(who_);
  }

 private:
  void operate() {
    const auto seen = ledger_.read();
    if (!seen) return pause();
    const auto claim = claimed(*seen);
    if (!claim) return pause();
    Claim held = *claim;
    for (const char* phase : {"start", "rollout"}) {
      held.phase = phase;
      held.heartbeat = pace_.wall();
      const bool lost = world_.taken_from(held);
      const auto noted = ledger_.note(held);
      world_.blind += lost && noted;
      if (!noted) return;
    }
    const Operation operation{"v20261123-abc1234", pace_.wall(), "deploy", "succeeded", "me", {}};
    Record next = after(seen->record.value_or(Record{}), operation, std::nullopt, std::nullopt);
    next.epoch = held.epoch;
    const auto done = ledger_.commit(held, next);
    if (done) ++world_.wins[held.epoch];
    if (!done && done.error().what.starts_with("CONFLICT")) world_.conflicts.insert(held.nonce);
  }

  Try<Claim> claimed(const Seen& seen) {
    Claim wanted = claim_for("deploy", pace_.wall());
    wanted.pid = who_;
    wanted.nonce = std::to_string(who_) + "-" + std::to_string(++nonces_);
    if (!world_.weather().expiring) wanted.expires.reset();
    if (world_.weather().expiring) *wanted.expires = pace_.wall() + std::chrono::seconds{3};
    if (!seen.claim) return ledger_.acquire(seen, wanted);
    const Self self{wanted.host, who_, ""};
    const auto found = takeover(*seen.claim, self, pace_.wall(),
                                [this](std::int64_t pid) { return world_.alive.contains(pid); });
    if (found == Takeover::locked) return locked_by(*seen.claim, "staging", pace_.wall());
    ++world_.taken_over;
    return ledger_.take_over(*seen.claim, wanted);
  }

  void pause() { std::ignore = pace_.wait(std::chrono::seconds{1}); }

  World& world_;
  int who_;
  int nonces_ = 0;
  SharedPace pace_;
  aws::ScriptedCaller caller_{world_.ssm};
  SsmLedger ledger_{caller_, Options{.path = "/pms/staging"}, "staging", pace_};
};

// The last life is alone in fair weather and must find a ledger that works.
void play(World& world, int actors) {
  std::vector<std::unique_ptr<Actor>> all;
  for (int who = 1; who <= actors; ++who) {
    all.push_back(std::make_unique<Actor>(world, who));
    world.turns.begin(who, [actor = all.back().get()] { actor->live(6); });
  }
  ASSERT_TRUE(world.turns.play(200'000)) << "some life does not end";
}

// Epochs in the order in which SSM has them: none left out, and written by two only when one of
// them said so loudly or died before it could.
void expect_sound(World& world) {
  std::uint64_t last = 0;
  bool late = false;
  std::map<std::uint64_t, std::set<std::string>> writers;
  for (const auto& stored : world.ssm.parameters[record_name]) {
    const auto record = decode(stored.value);
    ASSERT_TRUE(record.has_value());
    // Of one that was held up while others went on. It put theirs back, unless it died first.
    late = record->epoch < last;
    const bool died = world.dead.contains(record->nonce);
    const bool told = world.conflicts.contains(record->nonce);
    const bool again = writers[record->epoch].contains(record->nonce);
    if (late) {
      ASSERT_TRUE(died || told || again)
          << record->epoch << " after " << last << " by " << record->nonce;
      late = !died;
      continue;
    }
    ASSERT_TRUE(record->epoch == last || record->epoch == last + 1)
        << record->epoch << " after " << last;
    last = record->epoch;
    writers[record->epoch].insert(record->nonce);
  }
  ASSERT_FALSE(late) << "what was written over was not put back";
  for (const auto& [epoch, nonces] : writers) {
    std::size_t silent = 0;  // who neither said CONFLICT nor died: the winner, at most
    for (const std::string& nonce : nonces)
      silent += !world.conflicts.contains(nonce) && !world.dead.contains(nonce);
    ASSERT_LE(silent, 1U) << "epoch " << epoch;
    const bool misty = world.weather().stale > 0 || world.weather().expiring;
    ASSERT_TRUE(nonces.size() == 1 || misty) << "epoch " << epoch;
  }
  ASSERT_TRUE(world.blind == 0 || world.weather().stale > 0);
  for (const auto& [epoch, count] : world.wins) {
    ASSERT_EQ(count, 1) << "winners of epoch " << epoch;
    ASSERT_TRUE(writers.contains(epoch)) << epoch;
  }
}

struct Total {
  int wins = 0, conflicts = 0, taken_over = 0, deaths = 0;
};

Total play_seeds(Weather weather, unsigned seeds) {
  Total total;
  const char* times = std::getenv("SY_TIMES");  // for longer
  const unsigned end = seeds * (times ? static_cast<unsigned>(std::atoi(times)) : 1U);
  for (unsigned seed = 0; seed < end; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    World world{seed, weather};
    play(world, 5);
    expect_sound(world);
    if (::testing::Test::HasFatalFailure()) return total;
    total.wins += static_cast<int>(world.wins.size());
    total.conflicts += static_cast<int>(world.conflicts.size());
    total.taken_over += world.taken_over;
    total.deaths += world.deaths;
  }
  return total;
}

TEST(ManyProcesses, ShareALedgerInFairWeather) {
  const Total total = play_seeds({}, 100);
  EXPECT_GT(total.wins, 500);
  EXPECT_EQ(total.conflicts, 0);
  EXPECT_EQ(total.deaths, 0);
}

TEST(ManyProcesses, LoseAnswersAndNothingElse) {
  const Total total = play_seeds({.lost = 25}, 200);
  EXPECT_GT(total.wins, 500);
  EXPECT_EQ(total.conflicts, 0);
}

TEST(ManyProcesses, SeeThePastAndStillNeverWinAnEpochTwice) {
  const Total total = play_seeds({.lost = 10, .stale = 25}, 200);
  EXPECT_GT(total.wins, 500);
}

TEST(ManyProcesses, DieBetweenAnyTwoCallsAndAreFollowed) {
  const Total total = play_seeds({.lost = 10, .deadly = 10}, 200);
  EXPECT_GT(total.deaths, 200);
  EXPECT_GT(total.taken_over, 50);
  EXPECT_EQ(total.conflicts, 0);
}

TEST(ManyProcesses, DieInTheMistAndAreFollowed) {
  const Total total = play_seeds({.lost = 20, .stale = 25, .deadly = 10}, 200);
  EXPECT_GT(total.taken_over, 50);
}

TEST(ManyProcesses, AreTakenOverWhileTheyLiveAndSeeIt) {
  const Total total = play_seeds({.expiring = true}, 200);
  EXPECT_GT(total.taken_over, 200);
}

TEST(ManyProcesses, AreTakenOverWhileTheyLiveInTheMist) {
  const Total total = play_seeds({.lost = 10, .stale = 10, .deadly = 5, .expiring = true}, 200);
  EXPECT_GT(total.taken_over, 200);
}

}  // namespace
}  // namespace sy::control::records
