// Tells webhooks what the director has to tell. A queue and a delivery at a time for each target,
// in order, tried again for about an hour; the director never waits for any of it. Belongs to the
// control thread.
#pragma once
#include <boost/asio/basic_waitable_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "director/ports.h"
#include "net/resolver.h"
#include "net/task_group.h"
#include "net/tls.h"
#include "notify/attempt.h"
#include "notify/options.h"

namespace sy::notify {

// Of one target, since the start.
struct Counters {
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;   // attempts
  std::uint64_t dropped = 0;  // notices given up, refused, or too many
  std::size_t queued = 0;     // now
  bool operator==(const Counters&) const = default;
};

// Receivers move rarely, and nobody waits for them.
[[nodiscard]] inline net::ResolverOptions slow_resolving() {
  net::ResolverOptions options;
  options.floor = std::chrono::seconds{30};
  options.ceiling = std::chrono::minutes{5};
  return options;
}

struct Setup {
  std::shared_ptr<const net::ClientTls> tls;  // verifies https receivers; not null
  // Told what is worth a line in the log: a target's name and words, never its url.
  std::function<void(std::string_view target, std::string_view what)> report{};
  std::string version = "dev";  // of this program: User-Agent "switchyard/<version>"
  std::uint64_t seed = 1;       // of the ids and the jitter; unpredictable in each start
  net::ResolverOptions resolving = slow_resolving();
};

class Webhooks final : public director::Notifier {
 public:
  // The urls of `options` have been checked by config/; one that cannot be read is reported and
  // its notices dropped.
  Webhooks(net::Executor executor, const TimeSource& time, Options options, Setup setup);
  // REQUIRES: stop() has completed, or nothing was ever told.
  ~Webhooks() override;

  // Queues it for every target that wants such events; what is over the limit pushes out the
  // oldest.
  void notify(const director::Notice& notice) override;
  // Targets of the same name keep their queue; those that are gone drop it.
  void reload(Options options);
  // Tries what is queued once more within options.flush, drops the rest, for good; completes when
  // nothing of this runs any more.
  [[nodiscard]] net::Awaitable<> stop();
  // By the names of the targets there are now.
  [[nodiscard]] std::map<std::string, Counters> counters() const;

 private:
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        net::Executor>;
  struct Queued {
    std::string id;
    director::Notice notice;
    Instant made;
  };
  struct Channel {  // one target
    Target target;
    std::optional<Url> url;
    std::deque<Queued> queue;
    std::optional<Queued> current;  // on its way
    Counters counters;
    int failures = 0;         // in a row
    bool overflowed = false;  // since the last delivery; reported once
    bool busy = false;        // its coroutine runs
    bool retired = false;     // no longer configured; forgotten once it is not busy
    Timer rest;
  };

  [[nodiscard]] Channel* find(std::string_view name);
  void take(Channel& channel, const Target& target);
  void watch_hosts();
  void sweep();
  void push(Channel& channel, const director::Notice& notice);
  net::Awaitable<> deliver(Channel& channel);
  net::Awaitable<Attempted> try_once(Channel& channel);
  [[nodiscard]] Posting posting_for(const Channel& channel) const;
  // How long to rest before the next attempt.
  [[nodiscard]] Duration settle(Channel& channel, const Attempted& found);
  void drop(Channel& channel, const std::string& why);
  net::Awaitable<> end_flush();
  void report(const Channel& channel, const std::string& what) const;

  net::Executor executor_;
  const TimeSource& time_;
  Options options_;
  Setup setup_;
  std::mt19937_64 random_;
  std::string ids_;  // what the ids of this start begin with
  std::uint64_t last_id_ = 0;
  bool stopping_ = false;
  bool ended_ = false;           // the flush is over
  std::list<Channel> channels_;  // coroutines refer to them
  Timer flush_;
  net::Resolver resolver_;
  net::TaskGroup tasks_;
  net::TaskGroup closing_;
};

}  // namespace sy::notify
