// The director's parts. Private to this folder.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "director/answers.h"
#include "director/batches.h"
#include "director/director.h"
#include "director/endpoints.h"
#include "director/event_log.h"
#include "director/turn.h"
#include "split/pick.h"

namespace sy::director {

// What the candidate's requests say, from tick to tick.
struct Judging {
  verdict::Judge judge;
  Batches batches;
  verdict::Baseline baseline;
  verdict::Verdict verdict;    // as of the last tick
  std::string deploy;          // of the candidacy that is judged
  std::uint64_t requests = 0;  // completed by the candidate since the tick before, with weight
};

// What a change of state means to a rollout that runs on.
enum class Entered : std::uint8_t { nothing, hold, approval };
[[nodiscard]] Entered entered(const rollout::State& before, const rollout::State& after);

struct Director::Inner {
  struct Ports {
    const TimeSource& time;
    Fleet& fleet;
    Probes& probes;
    Store& store;
    Journal& journal;
  };
  Inner(net::Executor executor, Ports with, Addresses::Resolve resolve, Entropy draw);

  // Decides.
  [[nodiscard]] Result<rollout::Move> decide(rollout::Command command, const Intent& intent);
  net::Awaitable<Result<Applied>> apply(rollout::Command command, Intent intent);
  net::Awaitable<> follow_rollout(Duration elapsed);
  net::Awaitable<> take_effect(const rollout::Move& move, const Entry& entry);
  [[nodiscard]] Duration elapsed();
  [[nodiscard]] rollout::Tick seen(Duration elapsed) const;
  [[nodiscard]] bool keep_step(const rollout::Move& move, const Entry& entry);
  void begin_life();
  void put_back();
  [[nodiscard]] bool end_as_journaled();
  [[nodiscard]] bool go_back_as_journaled();
  void pause_as_journaled();
  [[nodiscard]] std::vector<const Entry*> unsaved() const;
  [[nodiscard]] PerColor<Version> reported() const;

  // Judges.
  void observe();
  void learn(const verdict::Batch& batch);
  void load_baseline();
  net::Awaitable<> follow_candidacy();
  void conclude();
  [[nodiscard]] bool against() const;

  // Keeps.
  [[nodiscard]] Result<> save(const rollout::State& next);
  [[nodiscard]] Result<> keep_forward(const rollout::State& next, const Entry& entry);
  void keep_back(const Entry& entry);
  void keep_books();
  void retry_disk();

  // Follows facts.
  void follow();
  void feed_windows();
  void forget_replaced(Color color, const std::vector<ProbeTarget>& wanted);
  void read_gates();
  void judge_gates(PerColor<bool> open);
  void read_versions();
  net::Awaitable<> publish();
  void reset_windows();
  [[nodiscard]] Duration grace() const;
  [[nodiscard]] const ProbeState* state_of(const std::string& service, Color color,
                                           const split::Endpoint& endpoint) const;

  // Says.
  void append(Entry entry);
  void say_gates();
  void say_stays();
  [[nodiscard]] Entry entry_for(const rollout::Move& move, const rollout::Command& command,
                                const Intent& intent) const;
  [[nodiscard]] Entry entry_of(const rollout::Move& move) const;
  [[nodiscard]] Entry own_entry(std::string action, std::string detail) const;
  void describe(Entry& entry, const rollout::State& next) const;
  void describe_end(Entry& entry, const rollout::State& next) const;
  void announce(const Entry& entry, const rollout::State& before);
  void announce_status();
  void announce_verdict(verdict::Kind before);
  void notify_of(const Entry& entry, const rollout::State& before);
  void notify_spells();
  void notify_once(bool now, const std::string& type, const std::string& what);
  void notify(std::string type, const std::string& what, const Entry* entry);
  [[nodiscard]] bool quiet_for_long() const;
  [[nodiscard]] std::string version_mismatch() const;
  [[nodiscard]] std::string why_shut(Color color) const;
  [[nodiscard]] std::string note() const;
  [[nodiscard]] std::string phase() const;
  [[nodiscard]] std::string rollout_json() const;
  [[nodiscard]] split::Effective effective() const;
  [[nodiscard]] std::optional<Color> candidate() const;
  [[nodiscard]] ColorStatus color_status(Color color) const;
  [[nodiscard]] std::vector<GateStatus> gates() const;
  [[nodiscard]] std::optional<RolloutStatus> rollout_status() const;

  Ports ports;
  Options options;
  Entropy entropy;
  Addresses addresses;
  Turn turn;
  std::size_t waiting = 0;

  rollout::State state;
  Standing standing;
  PerColor<Version> fresh;  // as reported by probes that found their endpoint well
  std::vector<ProbeTarget> targets;
  // The live color keeps its traffic until its probes have had time to speak: after a start, and
  // after its endpoints were replaced while it was open.
  std::optional<std::pair<Color, Instant>> presumed_until;
  PerColor<std::string> built;  // build time, as reported with the version

  split::RoutingPtr published = std::make_shared<const split::Routing>();
  Collected collected;
  std::vector<PerColor<tally::Window>> windows;
  Judging judging;
  Instant ticked{};

  Notifier* notifier = nullptr;
  std::set<std::string> told;  // what is told once a spell, while it lasts
  EventLog events;
  Answers answers;
  std::string announced_status;
  std::vector<Entry> gate_entries;  // not journaled yet: going back must not wait for a disk
  rollout::State saved;             // as on the disk
  Instant saved_at{};
  std::string load_note;
  std::string save_note;     // not empty: the state in force is newer than the saved one
  std::string journal_note;  // not empty: the journal could not be written
  std::string step_note;     // not empty: why a rollout's next step could not be kept
  std::string staying;       // not empty: why a candidate that should go stays, as of this tick
  std::string alarm_note;    // the same, as said
  Instant disk_retry{};
  Instant step_retry{};
};

}  // namespace sy::director
