// Connections to one endpoint: idle ones kept for reuse, new ones made within a deadline. One per
// endpoint and worker, on the worker's thread. Knows no HTTP beyond "idle" and "in use".
#pragma once
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "net/async.h"
#include "net/buffer.h"
#include "net/signal.h"
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
  net::Executor executor;
  net::Wheel& wheel;
  net::BufferPool& buffers;
  const Options& options;
  const net::ClientTls* const& tls;  // for https endpoints; null: none could be loaded
};

// One connection. Watches for readability while idle, so that a close or stray bytes (RFC 9112
// §9.2) are noticed at once; the same wait then serves the next response.
class Connection {
 public:
  Connection(Pool& pool, net::Socket socket, net::SslPtr ssl);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  net::Stream stream;
  net::Deadline deadline;
  net::Buffer in;       // what was read and not yet used
  bool reused = false;  // has carried a request before this one
  Instant born{};
  Instant idle_until{};

  // Completes when reading makes sense, or the stream expired or failed.
  [[nodiscard]] net::Awaitable<> readable();

 private:
  friend class Pool;
  enum class Phase : std::uint8_t { busy, idle, dead };
  void watch();
  void on_readable();
  Pool& pool_;
  net::Signal signal_;
  Phase phase_ = Phase::busy;
  bool watching_ = false;
  bool ready_ = false;
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
  [[nodiscard]] net::Awaitable<Result<Connection*>> connect(tally::Failure& failure);
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
  [[nodiscard]] Result<Connection*> open(const net::asio::ip::address& address);
  [[nodiscard]] Connection* keep(net::Socket socket, net::SslPtr ssl);
  [[nodiscard]] static bool silent(Connection& connection);
  void on_idle_readable(Connection& connection);
  void bury(Connection& connection);  // now, or once its watch has completed
  void erase(Connection& connection);
  const Surroundings& around_;
  split::Endpoint endpoint_;
  net::ClientSession session_;
  std::vector<std::unique_ptr<Connection>> connections_;  // all, in any phase
  std::vector<Connection*> idle_;                         // last released last
  std::size_t busy_ = 0;
  Instant suspect_until_{};
  int strikes_ = 0;
};

}  // namespace sy::upstream
