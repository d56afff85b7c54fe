// The data plane, one per thread and core: accepts, picks, forwards, counts. Shares nothing; is
// told what to do by orders for its thread, and never calls back.
#pragma once
#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "access_log/access_log.h"
#include "http/h1.h"
#include "net/async.h"
#include "net/buffer.h"
#include "net/listener.h"
#include "net/pipe.h"
#include "net/poller.h"
#include "net/task.h"
#include "net/wheel.h"
#include "split/pick.h"
#include "split/route_index.h"
#include "split/routing.h"
#include "tally/evidence.h"
#include "upstream/pool.h"
#include "worker/allowance.h"
#include "worker/held.h"
#include "worker/ledger.h"
#include "worker/orders.h"
#include "worker/service_slot.h"
#include "worker/session.h"
#include "worker/settings.h"
#include "worker/tunnel.h"

struct sockaddr_storage;

namespace sy::worker {

// Cumulative since the worker started, but for the levels and the lag.
struct Report {
  struct Service {
    std::string name;
    PerColor<tally::Summary> summary;
  };
  std::vector<Service> services;  // every one ever routed to
  std::int64_t clients = 0;       // level
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;     // requests answered here before a color was picked
  std::uint64_t over_limit = 0;  // connections turned away
  std::uint64_t faults = 0;      // coroutines that died of an exception: bugs
  Duration loop_lag{};           // worst since the last report
  tally::Evidence evidence;      // mishaps are handed over, counts stay
};

// How good an endpoint must be: its gate open and no connect failed in the last second; its gate
// open; or just there.
enum class Fitness : std::uint8_t { fit, open, any };

struct Setup {
  std::size_t index = 0;
  std::size_t count = 1;  // of workers; process-wide limits are divided by it
  SettingsPtr settings;
  std::vector<net::Listener> listeners;  // taken over; parallel to settings->listen
  std::uint64_t seed = 0;
  // Called on the worker's thread, at most once between two collects, when a candidate has failed
  // a request: asks to be collected now. Must not throw. May be empty.
  std::function<void()> nudge{};
};

// An even share of a process-wide limit, never nothing.
[[nodiscard]] constexpr std::size_t share_of(std::size_t limit, std::size_t count) {
  return limit < count ? 1 : (limit + count - 1) / count;
}

class Worker {
 public:
  // `sink` may be null: no access log. References outlive the worker.
  Worker(const TimeSource& time, access_log::Sink* sink, Setup setup);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  // The thread's body; returns after stop().
  void run();
  void stop();  // from any thread

  // The pieces run() is made of, for whoever drives a worker by hand on one thread (the tests):
  // everything that can be done without waiting, the tick, and what the calls below do.
  void poll();
  void turn(Instant now);
  void install(split::RoutingPtr routing);
  void apply(SettingsPtr settings);
  [[nodiscard]] Report report();
  void finish_here();
  void close_here();

  // Called on another thread's executor; each completes there once the worker has done it.
  [[nodiscard]] net::Awaitable<> adopt(split::RoutingPtr routing);
  [[nodiscard]] net::Awaitable<> reload(SettingsPtr settings);
  [[nodiscard]] net::Awaitable<Report> collect();
  // No new connections; idle ones close, busy ones close after their response.
  [[nodiscard]] net::Awaitable<> finish();
  [[nodiscard]] net::Awaitable<> close_all();

  // For sessions and exchanges, on the worker's thread.
  [[nodiscard]] const SettingsPtr& settings() const { return settings_; }
  [[nodiscard]] const split::Routing& routing() const { return *routing_; }
  // The route for a request, as split::find_route.
  [[nodiscard]] const split::Route* find_route(std::string_view host, std::string_view path) const {
    return route_index_.find(*routing_, host, path);
  }
  [[nodiscard]] const TimeSource& time() const { return time_; }
  [[nodiscard]] net::Wheel& wheel() { return wheel_; }
  [[nodiscard]] net::BufferPool& buffers() { return buffers_; }
  [[nodiscard]] net::PipePool& pipes() { return pipes_; }
  [[nodiscard]] net::Poller& poller() { return poller_; }
  [[nodiscard]] bool finishing() const { return finishing_; }
  [[nodiscard]] std::string_view date() const { return date_; }
  [[nodiscard]] WallTime wall(Instant at) const;
  [[nodiscard]] std::uint64_t random();
  [[nodiscard]] http::RequestHead& request_head() { return request_head_; }
  [[nodiscard]] http::ResponseHead& response_head() { return response_head_; }
  [[nodiscard]] split::Diffusion& diffusion() { return diffusion_; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  // A mishap waits for its replay: the ledger is to be asked when it has for too long.
  void expect_pair();
  [[nodiscard]] ServiceSlot& slot(std::size_t service) { return *table_[service]; }
  [[nodiscard]] const std::string* route_name(const split::Route& route) const;
  // The less busy of two random endpoints of this color that are at least this fit; never `avoid`,
  // null when there is none.
  [[nodiscard]] upstream::Pool* choose(const ServiceSlot& slot, Color color, Fitness fitness,
                                       const upstream::Pool* avoid);
  [[nodiscard]] Allowance& retries() { return retries_; }
  [[nodiscard]] Allowance& replays() { return replays_; }
  [[nodiscard]] Held& held() { return held_; }
  [[nodiscard]] bool may_hold() const;
  [[nodiscard]] bool enter_pending(Color color);
  void leave_pending(Color color) { --pending_[color]; }
  [[nodiscard]] bool begin_head(const net::Address& address);
  void end_head(const net::Address& address);
  void count_refused() { ++refused_; }
  [[nodiscard]] access_log::Writer* log() {
    return settings_->options.access_log ? log_.get() : nullptr;
  }
  [[nodiscard]] Tunnels& tunnels() { return tunnels_; }
  // Strings with capacity, for heads; give back what was taken.
  [[nodiscard]] std::string take_string();
  void give_string(std::string text);

 private:
  using Sessions = boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>>;
  class Gate;  // one listening socket
  void step(Duration most);
  [[nodiscard]] Duration until_due() const;
  void fill(ServiceSlot& slot, const split::Service& service);
  void drop_unused_pools();
  [[nodiscard]] upstream::Pool& pool(const split::Endpoint& endpoint);
  const std::string* intern(std::string_view text);
  const std::string* name(std::string_view configured);
  [[nodiscard]] ServiceSlot& slot_named(const std::string& name);
  void stop_accepting();
  void wind_up();
  void admit(int fd, const sockaddr_storage& from, std::size_t listener);
  [[nodiscard]] net::Task<> serve(int fd, std::size_t listener, Peer peer);

  const TimeSource& time_;
  std::size_t count_;
  net::Poller poller_;
  Orders orders_{poller_};
  net::PipePool pipes_;  // outlives the tasks
  net::Tasks tasks_;
  net::BufferPool buffers_;
  net::Wheel wheel_;
  Instant tick_due_;
  Instant pair_due_ = Instant::max();
  SettingsPtr settings_;
  split::RoutingPtr routing_;      // never null
  split::RouteIndex route_index_;  // of routing_
  upstream::Options pool_options_;
  const net::ClientTls* upstream_tls_ = nullptr;
  upstream::Surroundings around_;
  std::unordered_map<std::string, std::unique_ptr<upstream::Pool>> pools_;
  std::map<std::string, std::unique_ptr<ServiceSlot>, std::less<>> slots_;
  std::vector<ServiceSlot*> table_;              // by service index of routing_
  std::unordered_set<std::string> names_;        // versions: the upstreams' words
  std::unordered_set<std::string> configured_;   // prefixes and templates
  std::vector<const std::string*> route_names_;  // by route index
  http::RequestHead request_head_;
  http::ResponseHead response_head_;
  split::Diffusion diffusion_;
  Ledger ledger_;
  std::unique_ptr<access_log::Writer> log_;
  Sessions sessions_;
  Tunnels tunnels_;
  std::vector<std::string> strings_;
  std::unordered_map<std::string, int> heads_;  // by address bytes
  std::vector<std::unique_ptr<Gate>> gates_;
  PerColor<std::int64_t> pending_{};
  Allowance retries_;
  Allowance replays_;
  Held held_;
  std::uint64_t random_;
  std::string date_;
  std::int64_t date_second_ = -1;
  Instant wall_base_{};
  WallTime wall_{};
  std::int64_t clients_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t over_limit_ = 0;
  Duration lag_{};
  bool finishing_ = false;
  bool stopped_ = false;
  std::atomic<bool> stop_{false};
};

}  // namespace sy::worker
