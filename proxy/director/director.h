// The only writer. Takes commands one at a time, decides through rollout::advance, saves, publishes
// to the workers, journals, and tells subscribers. Lives on the control thread; nothing here is
// called from another.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "director/journal.h"
#include "director/options.h"
#include "director/ports.h"
#include "rollout/state.h"
#include "split/routing.h"
#include "tally/window.h"
#include "verdict/judge.h"

namespace sy::director {

// Who wants it, why, and under which conditions (product.md, "Every mutating call takes …").
struct Intent {
  std::string actor;
  std::string reason;
  std::string idempotency_key;                 // empty: none
  std::optional<std::uint64_t> if_generation;  // If-Match
  bool dry_run = false;
  bool approver = false;  // the actor's role allows approvals
};

struct Applied {
  std::uint64_t generation = 0;
  std::string what;     // in words
  bool changed = true;  // false: it was so already
  bool dry_run = false;
  bool replayed = false;  // the same idempotency key was answered before
  std::string rollout{};  // id of the one that runs now; empty: none
};

// One line of the event stream; `id` grows by one.
struct Event {
  std::uint64_t id = 0;
  WallTime at{};
  std::string
      type;  // "weights", "gate", "maintenance", "upstreams", "rollback", "switch", "status", and
             // of rollouts: "rollout", "hold", "approval", "approved", "paused", "resumed",
             // "promoted", "reverted", "aborted", "completed", "verdict"
  std::string json;  // one object, no line breaks
};

struct GateStatus {
  std::string service;
  Color color = Color::blue;
  std::string url;
  bool open = false;
  std::string reason;  // of the last probe, in words; "not probed yet"
  Duration took{};
  WallTime since{};
  health::Identity identity;
};

struct ColorStatus {
  Version version;  // when all endpoints agree; "mixed" otherwise; empty: unknown
  bool open = false;
  std::string why;  // in words, when shut: the first endpoint that keeps it so
  int weight = 0;   // configured, 0.01 %
  int effective = 0;
  double requests_per_second = 0;
  std::uint64_t requests = 0;  // within the window of ten seconds
  std::uint64_t errors = 0;    // 5xx and failed exchanges, within the window
  Duration p50{};
  Duration p99{};
  std::int64_t in_flight = 0;
  std::string verdict;  // in words
};

// The rollout that runs, as people follow it.
struct RolloutStatus {
  rollout::Rollout rollout;
  int weight = 0;            // of the candidate, 0.01 %
  std::string standing;      // "hold 2 of 4 at 10 %: 41 s and 120 requests to go"
  std::uint64_t needed = 0;  // requests still to come in this hold
  Duration left{};           // of its time, or until gating or approval give up
};

struct Status {
  std::string app;
  std::string environment;
  std::string
      phase;  // "steady" (one color at 100 %), "split" (by hand), "maintenance", "panic" (both
              // gates shut), "paused", or a rollout's: "gating", "shifting", "approval", "baking"
  rollout::State state;
  PerColor<ColorStatus> colors;
  std::vector<GateStatus> gates;
  std::uint64_t generation = 0;
  WallTime since{};
  std::optional<RolloutStatus> rollout{};
  verdict::Verdict verdict{};
  verdict::Baseline baseline{};
  std::string note;  // degraded operation in words: disk full, state restored from an older
                     // generation; empty: nothing
};

class Director {
 public:
  // All references outlive the director. `resolve` gives numeric addresses for a host now known
  // (last-good included), in a stable order; it never blocks.
  using Resolve = std::function<std::vector<std::string>(const std::string& host)>;
  // 64 unpredictable bits: they name deploys, which clients see in their cookies.
  using Entropy = std::function<std::uint64_t()>;
  static std::uint64_t system_entropy();
  Director(net::Executor executor, const TimeSource& time, Fleet& fleet, Probes& probes,
           Store& store, Journal& journal, Resolve resolve, Options options,
           Entropy entropy = system_entropy);

  // Loads the saved state, starts the probes, publishes the first routing.
  net::Awaitable<Result<>> start();
  // One command, after those before it. 412 for a stale generation (RFC 9110 section 13.1.1), 409
  // for a shut gate, 422 for a value that can never be right or a key used before for another
  // command, 503 when it could not be saved, 429 when too many wait. Completes once no worker can
  // pick by the routing before.
  net::Awaitable<Result<Applied>> submit(rollout::Command command, Intent intent);
  // Every 100 ms, and on a nudge: collect, feed windows, follow gates, republish what changed.
  net::Awaitable<> tick();
  // After a valid reload. Same lock as submit.
  net::Awaitable<Result<>> reconfigure(Options options);

  // Told of everything worth telling from now on; outlives this or is replaced by null.
  void set_notifier(Notifier* notifier);
  [[nodiscard]] Status status() const;
  [[nodiscard]] const Journal& journal() const;
  [[nodiscard]] const Collected& collected() const;        // as of the last tick
  [[nodiscard]] const split::RoutingPtr& routing() const;  // as published
  // Events with an id over `after`, oldest first; the last 1 000 are kept. `gap` is set when some
  // after `after` are gone already.
  [[nodiscard]] std::vector<Event> events(std::uint64_t after, bool& gap) const;
  // Called after every new event; returns an id for unsubscribe.
  std::uint64_t subscribe(std::function<void()> wake);
  void unsubscribe(std::uint64_t id);
  // Records what is not a command: start, stop, reload.
  void record(std::string action, std::string actor, std::string detail);
  ~Director();

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sy::director
