// Requests that wait because their color has vanished: its endpoints refuse connections although
// their gates are open, and no other color can take over. One of them tries each endpoint now and
// then for all who wait; when it gets through, they follow.
#pragma once
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <cstdint>

#include "base/color.h"
#include "base/time.h"
#include "net/task.h"
#include "upstream/pool.h"
#include "worker/service_slot.h"
#include "worker/session.h"

namespace sy::worker {

class Held {
 public:
  enum class Why : std::uint8_t {
    look,  // something has changed: see whether there is an endpoint now
    try_,  // connect to `pool`, for all
    over,  // it has waited for long enough
    left,  // the client is gone
  };

  // Of one request, from when it first waits until it waits no more.
  class Place : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    Place(Held& held, const ServiceSlot& service, Color color, Session& session, Instant until);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] net::Task<Why> wait();
    // Another color is waited for from now on, no longer than until then.
    void turn_to(Color color) { color_ = color; }
    [[nodiscard]] upstream::Pool* pool() const { return pool_; }  // after Why::try_

   private:
    friend class Held;
    Held& held_;
    const ServiceSlot& service_;
    Color color_;
    Session& session_;
    Instant until_;
    net::Signal signal_;
    bool waiting_ = false;
    bool gone_ = false;  // its client
    Why why_ = Why::look;
    upstream::Pool* pool_ = nullptr;
    std::uint64_t round_;   // of the last time it was woken to look
    std::size_t turn_ = 0;  // of the last time it was sent to an endpoint
  };

  [[nodiscard]] bool empty() const { return places_.empty(); }
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] bool waiting(const ServiceSlot& service, Color color) const;
  // Every 100 ms: sends one request of each color to each endpoint, and those away whose time or
  // client has gone.
  void turn(Instant now);
  // An endpoint that had failed has taken a connection, or a routing was installed.
  void look();
  // The worker ends: nobody waits any more.
  void end();

 private:
  using List = boost::intrusive::list<Place, boost::intrusive::constant_time_size<false>>;
  void wake(Place& place, Why why, upstream::Pool* pool = nullptr);
  void dismiss(Instant now);
  void scout(const ServiceSlot& service, Color color);
  List places_;  // oldest first
  std::uint64_t round_ = 0;
  std::size_t turns_ = 0;
  bool ended_ = false;
};

}  // namespace sy::worker
