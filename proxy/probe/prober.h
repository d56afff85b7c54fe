// Probes every endpoint for ever, both colors alike, and keeps what it found. The only active
// health I/O; belongs to the control thread.
#pragma once
#include <boost/asio/basic_waitable_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "director/ports.h"
#include "health/gate.h"
#include "net/task_group.h"
#include "net/tls.h"
#include "probe/options.h"

namespace sy::probe {

struct Attempted;

class Prober final : public director::Probes {
 public:
  // `tls` verifies https endpoints; not null.
  Prober(net::Executor executor, const TimeSource& time, Options options,
         std::shared_ptr<const net::ClientTls> tls);

  // A target stays while its service, color and endpoint do; its options may change. New targets
  // are probed at once.
  void watch(std::vector<director::ProbeTarget> targets) override;
  // In the order of watch().
  [[nodiscard]] const std::vector<director::ProbeState>& states() const override { return states_; }

  // Called after a gate moved, an identity changed, or a target was heard of first.
  void set_on_change(std::function<void()> on_change) { on_change_ = std::move(on_change); }
  // Holds for probes that begin from now on.
  void set_tls(std::shared_ptr<const net::ClientTls> tls) { tls_ = std::move(tls); }
  // Ends all probes, for good; completes when nothing of this runs any more.
  [[nodiscard]] net::Awaitable<> stop();
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

 private:
  using Id = std::uint64_t;
  struct Watched {
    Id id;
    health::Gate gate;
  };
  struct Due {
    Instant at;
    Id id;
    bool operator>(const Due& other) const { return at > other.at; }
  };

  net::Awaitable<> run();
  void start_due();
  net::Awaitable<> probe(Id id, director::ProbeTarget target);
  void settle(Id id, Attempted attempted);
  [[nodiscard]] Instant next_due() const;
  [[nodiscard]] Duration jittered(Duration interval);

  net::Executor executor_;
  const TimeSource& time_;
  Options options_;
  std::string user_agent_;
  std::shared_ptr<const net::ClientTls> tls_;
  std::function<void()> on_change_;
  std::mt19937 random_;

  std::vector<director::ProbeState> states_;
  std::vector<Watched> watched_;                  // one for each state, in the same order
  std::unordered_map<Id, std::size_t> position_;  // of those still watched
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  Id last_id_ = 0;
  std::size_t in_flight_ = 0;
  bool stopped_ = false;
  boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, net::Executor>
      wake_;
  net::TaskGroup tasks_;
};

}  // namespace sy::probe
