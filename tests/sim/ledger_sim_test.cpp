// Many processes on one ledger in SSM, by seed: each call is a point at which another process goes
// on, an answer is lost, a read sees the past, or the process dies. Whatever happens, nobody wins
// an epoch that somebody else has won, epochs have no gap, and every life ends.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <semaphore>
#include <set>
#include <thread>
#include <utility>

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

// One at a time runs, chosen by the seed, from one call to its next.
class Turns {
 public:
  explicit Turns(unsigned seed) : random{seed} {}

  // Called by the one whose turn it is.
  void give_up_turn(int who) {
    stage_.release();
    turn_.at(who)->acquire();
  }
  void begin(int who, std::function<void()> life) {
    turn_[who] = std::make_unique<std::binary_semaphore>(0);
    running_.insert(who);
    threads_.emplace_back([this, who, life = std::move(life)] {
      turn_.at(who)->acquire();
      life();
      running_.erase(who);
      stage_.release();
    });
  }
  // Until all lives have ended; false when they do not.
  bool play(int steps_max) {
    int steps = 0;
    while (!running_.empty()) {
      ending = ++steps > steps_max;
      auto chosen = running_.begin();
      std::advance(chosen, random() % running_.size());
      turn_.at(*chosen)->release();
      stage_.acquire();
    }
    for (auto& thread : threads_) thread.join();
    return !ending;
  }

  std::mt19937 random;
  bool ending = false;  // too long: everybody leaves

 private:
  std::binary_semaphore stage_{0};
  std::map<int, std::unique_ptr<std::binary_semaphore>> turn_;
  std::set<int> running_;
  std::vector<std::thread> threads_;
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
      if (!ledger_.note(held)) return;
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
  std::map<std::uint64_t, std::set<std::string>> writers;
  for (const auto& stored : world.ssm.parameters[record_name]) {
    const auto record = decode(stored.value);
    ASSERT_TRUE(record.has_value());
    ASSERT_TRUE(record->epoch == last || record->epoch == last + 1)
        << record->epoch << " after " << last;
    last = record->epoch;
    writers[record->epoch].insert(record->nonce);
  }
  for (const auto& [epoch, nonces] : writers) {
    std::size_t silent = 0;  // who neither said CONFLICT nor died: the winner, at most
    for (const std::string& nonce : nonces)
      silent += !world.conflicts.contains(nonce) && !world.dead.contains(nonce);
    ASSERT_LE(silent, 1U) << "epoch " << epoch;
    const bool misty = world.weather().stale > 0 || world.weather().expiring;
    ASSERT_TRUE(nonces.size() == 1 || misty) << "epoch " << epoch;
  }
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
  for (unsigned seed = 0; seed < seeds; ++seed) {
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
  const Total total = play_seeds({.lost = 25}, 150);
  EXPECT_GT(total.wins, 500);
  EXPECT_EQ(total.conflicts, 0);
}

TEST(ManyProcesses, SeeThePastAndStillNeverWinAnEpochTwice) {
  const Total total = play_seeds({.lost = 10, .stale = 25}, 150);
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

TEST(ManyProcesses, AreTakenOverWhileTheyLive) {
  const Total total = play_seeds({.lost = 10, .stale = 10, .deadly = 5, .expiring = true}, 200);
  EXPECT_GT(total.taken_over, 200);
}

}  // namespace
}  // namespace sy::control::records
