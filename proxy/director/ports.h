// What the director needs from the outside, declared by their user. app/ adapts workers and prober.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "health/options.h"
#include "health/probe_result.h"
#include "net/async.h"
#include "rollout/state.h"
#include "split/routing.h"
#include "tally/evidence.h"
#include "tally/outcome.h"

namespace sy::director {

// The summaries of all workers, added up: [service index] by color, plus one a worker.
struct Collected {
  struct PerWorker {
    std::vector<PerColor<tally::Summary>> services;
    std::int64_t clients = 0;  // open client connections
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;     // requests answered with 4xx/5xx before a color was picked
    std::uint64_t faults = 0;      // connections that ended by an exception: bugs
    std::uint64_t over_limit = 0;  // connections turned away
    Duration loop_lag{};           // worst since the last collect
  };
  std::vector<PerColor<tally::Summary>> services;
  std::vector<PerWorker> workers;
  tally::Evidence evidence;  // counts added up, mishaps merged by time, routes merged
};

// The workers. Called on the control thread.
class Fleet {
 public:
  virtual ~Fleet() = default;
  // Completes once no worker can pick by an older routing.
  virtual net::Awaitable<> adopt(split::RoutingPtr routing) = 0;
  virtual net::Awaitable<Collected> collect() = 0;
};

// One endpoint to probe for ever.
struct ProbeTarget {
  std::string service;
  Color color = Color::blue;
  split::Endpoint endpoint;
  health::Options options;
  bool operator==(const ProbeTarget&) const = default;
};

struct ProbeState {
  ProbeTarget target;
  bool open = false;
  std::optional<health::ProbeResult> last;
  WallTime since{};  // when the gate last moved
};

// The prober. Called on the control thread.
class Probes {
 public:
  virtual ~Probes() = default;
  // Targets that stay keep their gate; new ones start shut; others are dropped.
  virtual void watch(std::vector<ProbeTarget> targets) = 0;
  [[nodiscard]] virtual const std::vector<ProbeState>& states() const = 0;
};

// Where State is kept. Called on the control thread; saving blocks it for one fsync.
class Store {
 public:
  struct Loaded {
    std::optional<rollout::State> state;  // none: nothing saved yet
    std::string note;  // what was wrong with newer files, in words; empty: nothing
  };
  virtual ~Store() = default;
  [[nodiscard]] virtual Result<> save(const rollout::State& state) = 0;
  [[nodiscard]] virtual Result<Loaded> load() = 0;
};

// Something people may want to be told about.
struct Notice {
  std::string type;  // "started", "held", "approval", "approved", "reverted", "completed",
                     // "aborted", "inconclusive", "version_mismatch", "shared_dependency"
  WallTime at{};
  std::string app;
  std::string environment;
  std::string rollout;  // its id
  Color color = Color::green;
  Version version;
  std::string what;  // in words
  std::string actor;
  std::string reason;
  std::map<std::string, std::string> numbers;  // for programs: "requests" → "120", …
};

// Who tells them. Called on the control thread; never blocks, may drop.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual void notify(const Notice& notice) = 0;
};

}  // namespace sy::director
