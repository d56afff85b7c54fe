// The director's parts. Private to this folder.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "director/answers.h"
#include "director/director.h"
#include "director/endpoints.h"
#include "director/event_log.h"
#include "director/turn.h"
#include "split/pick.h"

namespace sy::director {

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
  [[nodiscard]] Result<rollout::Move> decide(const rollout::Command& command, const Intent& intent);
  net::Awaitable<Result<Applied>> apply(rollout::Command command, Intent intent);
  [[nodiscard]] Result<> keep_forward(const rollout::State& next, const Entry& entry);
  void keep_back(const Entry& entry);

  // Follows facts.
  void follow();
  void feed_windows();
  void forget_replaced(Color color, const std::vector<ProbeTarget>& wanted);
  void read_gates();
  void judge_gates(PerColor<bool> open);
  void read_versions();
  void retry_disk();
  net::Awaitable<> publish();
  void reset_windows();
  [[nodiscard]] Duration grace() const;
  [[nodiscard]] const ProbeState* state_of(const std::string& service, Color color,
                                           const split::Endpoint& endpoint) const;

  // Says.
  void append(Entry entry);
  [[nodiscard]] Entry entry_for(const rollout::Move& move, const rollout::Command& command,
                                const Intent& intent) const;
  [[nodiscard]] Entry own_entry(std::string action, std::string detail) const;
  void announce(const Entry& entry);
  void announce_status();
  [[nodiscard]] std::string why_shut(Color color) const;
  [[nodiscard]] std::string note() const;
  [[nodiscard]] std::string phase() const;
  [[nodiscard]] split::Effective effective() const;
  [[nodiscard]] ColorStatus color_status(Color color) const;
  [[nodiscard]] std::vector<GateStatus> gates() const;

  Ports ports;
  Options options;
  Entropy entropy;
  Addresses addresses;
  Turn turn;
  std::size_t waiting = 0;

  rollout::State state;
  Standing standing;
  std::vector<ProbeTarget> targets;
  // The live color keeps its traffic until its probes have had time to speak: after a start, and
  // after its endpoints were replaced while it was open.
  std::optional<std::pair<Color, Instant>> presumed_until;
  PerColor<std::string> built;  // build time, as reported with the version

  split::RoutingPtr published = std::make_shared<const split::Routing>();
  Collected collected;
  std::vector<PerColor<tally::Window>> windows;

  Notifier* notifier = nullptr;
  EventLog events;
  Answers answers;
  std::string announced_status;
  std::string load_note;
  std::string save_note;     // not empty: the state in force is newer than the saved one
  std::string journal_note;  // not empty: the journal could not be written
  Instant disk_retry{};
};

}  // namespace sy::director
