// Keeps the addresses of host names fresh with c-ares. An answer that is empty, an error or silence
// changes nothing: the last good addresses stay. Belongs to the control thread.
#pragma once
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "net/async.h"
#include "net/task_group.h"

struct ares_channeldata;

namespace sy::net {

struct ResolverOptions {
  std::string servers;                         // "127.0.0.1:5353,…"; empty: the system's
  Duration floor = std::chrono::seconds{1};    // asks again at min(TTL, ceiling), not sooner
  Duration ceiling = std::chrono::seconds{5};  // …both moved by up to 10 %
  Duration timeout = std::chrono::milliseconds{1000};  // of one try
  int tries = 2;
  int misses_max = 3;      // an address leaves once this many answers in a row were without it
  std::uint32_t seed = 1;  // of the jitter
  bool operator==(const ResolverOptions&) const = default;
};

class Resolver {
 public:
  using Options = ResolverOptions;

  Resolver(Executor executor, const TimeSource& time, Options options);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  // REQUIRES: stop() has completed, or the io_context runs no more.
  ~Resolver();

  // Names that stay keep their addresses. Numeric addresses answer themselves, at once; localhost
  // and /etc/hosts are honoured.
  void watch(std::vector<std::string> hosts);
  // Numeric and sorted; empty until the first good answer.
  [[nodiscard]] std::vector<std::string> addresses(std::string_view host) const;
  // Why the latest question had no good answer; empty when it had one.
  [[nodiscard]] std::string last_error(std::string_view host) const;
  // Called after addresses() of a watched name changed, never from within watch().
  void set_on_change(std::function<void()> on_change) { on_change_ = std::move(on_change); }
  // Asks no more, for good; completes when nothing of this runs any more.
  [[nodiscard]] Awaitable<> stop();

  struct Answer {
    std::string error;  // empty: it is a good one
    std::vector<std::string> addresses;
    Duration ttl{};
  };

 private:
  struct Name {
    std::map<std::string, int> missed;  // by address: answers in a row that were without it
    std::string error;
    Instant due{};
    bool asking = false;
  };
  struct Question {
    Resolver& resolver;
    std::string host;
  };
  struct Watched;  // one socket of c-ares
  using Names = std::map<std::string, Name, std::less<>>;

  static void socket_changed(void* resolver, int socket, int readable, int writable);
  void watch_socket(int socket, bool read, bool write);
  Awaitable<> pump(int socket, std::uint64_t serial, bool write);
  Awaitable<> run();
  void ask_due();
  void settle();
  [[nodiscard]] bool take(Name& name, const Answer& answer);
  [[nodiscard]] Instant next_wake() const;
  [[nodiscard]] Duration jittered(Duration duration);

  Executor executor_;
  const TimeSource& time_;
  Options options_;
  std::function<void()> on_change_;
  std::mt19937 random_;
  Names names_;
  std::vector<std::unique_ptr<Question>> questions_;  // c-ares points at them
  // Call-backs of c-ares only append here.
  std::vector<std::pair<const Question*, Answer>> answers_;
  std::map<int, std::unique_ptr<Watched>> sockets_;
  std::uint64_t last_serial_ = 0;
  ares_channeldata* channel_ = nullptr;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, Executor>
      wake_;
  TaskGroup tasks_;
};

}  // namespace sy::net
