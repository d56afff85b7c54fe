// Connections to one endpoint: idle ones kept for reuse, new ones made within a deadline. One per
// endpoint and worker, on the worker's thread. Knows no HTTP beyond "idle" and "in use".
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "net/buffer.h"
#include "net/stream.h"
#include "net/wheel.h"
#include "split/routing.h"
#include "tally/outcome.h"

namespace sy::upstream {

class Pool;

struct Options {
  Duration connect{};  // TCP and TLS together
  Duration idle{};     // in the pool
  Duration age{};      // since connected
  std::size_t idle_max = 64;
};

// What every pool of a worker shares. All outlive the pools.
struct Surroundings {
  net::Poller& poller;
  net::Wheel& wheel;
  net::BufferPool& buffers;
  const Options& options;
  const net::ClientTls* const& tls;  // for https endpoints; null: none could be loaded
};

// One connection. While idle it waits for readability, so that a close or stray bytes (RFC 9112
// §9.2) are noticed at once.
class Connection : private net::Waiter {
 public:
  Connection(Pool& pool, int fd, net::SslPtr ssl);

  net::Stream stream;
  net::Deadline deadline;
  net::Buffer in;       // what was read and not yet used
  bool reused = false;  // has carried a request before this one
  Instant born{};
  Instant idle_until{};

 private:
  friend class Pool;
  void ready() override;
  Pool& pool_;
  std::size_t at_ = 0;  // in the pool's list of all
};

class Pool {
 public:
  Pool(const Surroundings& surroundings, split::Endpoint endpoint);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  // An idle connection, or null. REQUIRES: given back by release() or discard().
  [[nodiscard]] Connection* reuse();
  // A new connection, or why not; every error is retryable, since nothing was sent. Where it is
  // this machine that lacks something, `failure` is none.
  [[nodiscard]] net::Task<Result<Connection*>> connect(tally::Failure& failure);
  // The exchange ended cleanly. `announced`: the idle time the upstream announced (Keep-Alive), or
  // zero.
  void release(Connection& connection, Duration announced);
  // The exchange ended otherwise.
  void discard(Connection& connection);

  void expire_all();       // every wait on a connection ends now
  void close_idle();       // this endpoint gets no more traffic, or was just shut
  void reap(Instant now);  // closes those idle or alive for too long
  [[nodiscard]] std::size_t idle() const { return idle_.size(); }
  [[nodiscard]] std::size_t busy() const { return busy_; }
  // Nothing refers to it any more.
  [[nodiscard]] bool quiet() const { return connections_.empty(); }
  [[nodiscard]] const split::Endpoint& endpoint() const { return endpoint_; }
  // Its gate may have moved; one that opens ends all suspicion.
  void update(const split::Endpoint& endpoint) {
    if (endpoint.open && !endpoint_.open) trusted();
    endpoint_.open = endpoint.open;
  }

  // A connect failed a moment ago: others are to be preferred until then.
  [[nodiscard]] bool suspect(Instant now) const { return now < suspect_until_; }
  // A connect failed. From `strikes` of them in a row on it is suspect.
  void failed(Instant until, int strikes) {
    if (++strikes_ >= strikes) suspect_until_ = until;
  }
  // A connect failed, and none has succeeded since.
  [[nodiscard]] bool doubted() const { return strikes_ != 0; }
  void trusted() {
    suspect_until_ = {};
    strikes_ = 0;
  }

 private:
  friend class Connection;
  [[nodiscard]] Result<Connection*> open(int family);
  [[nodiscard]] static bool silent(Connection& connection);
  void on_idle_readable(Connection& connection);
  void bury(Connection& connection);
  const Surroundings& around_;
  split::Endpoint endpoint_;
  net::ClientSession session_;
  std::vector<std::unique_ptr<Connection>> connections_;  // all
  std::vector<Connection*> idle_;                         // last released last
  std::size_t busy_ = 0;
  Instant suspect_until_{};
  int strikes_ = 0;
};

}  // namespace sy::upstream
