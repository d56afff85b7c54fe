#include "worker/held.h"

#include <poll.h>

#include <algorithm>
#include <set>
#include <utility>

namespace sy::worker {
namespace {

// Nothing is read of a client that waits, so its end of the connection is asked for.
bool has_left(Session& session) {
  if (session.stream.expired() || !session.stream.open()) return true;
  pollfd client{session.stream.fd(), POLLRDHUP, 0};
  return ::poll(&client, 1, 0) > 0;
}

}  // namespace

Held::Place::Place(Held& held, const ServiceSlot& service, Color color, Session& session,
                   Instant until)
    : held_{held},
      service_{service},
      color_{color},
      session_{session},
      until_{until},
      round_{held.round_} {
  held.places_.push_back(*this);
}

net::Task<Held::Why> Held::Place::wait() {
  if (held_.ended_) co_return Why::left;
  waiting_ = true;
  co_await signal_.wait();
  co_return why_;
}

bool Held::waiting(const ServiceSlot& service, Color color) const {
  return std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
    return &place.service_ == &service && place.color_ == color;
  });
}

// Who is woken runs before this returns, and may end, or wait anew.
void Held::wake(Place& place, Why why, upstream::Pool* pool) {
  place.waiting_ = false;
  place.why_ = why;
  place.pool_ = pool;
  place.signal_.notify();
}

void Held::look() {
  ++round_;
  for (;;) {
    const auto at = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
      return place.waiting_ && place.round_ != round_;
    });
    if (at == places_.end()) return;
    at->round_ = round_;
    wake(*at, Why::look);
  }
}

void Held::end() {
  ended_ = true;
  for (;;) {
    const auto at = std::find_if(places_.begin(), places_.end(),
                                 [](const Place& place) { return place.waiting_; });
    if (at == places_.end()) return;
    wake(*at, Why::left);
  }
}

void Held::turn(Instant now) {
  if (places_.empty()) return;
  ++turns_;
  dismiss(now);
  std::set<std::pair<const ServiceSlot*, Color>> wanted;
  for (const Place& place : places_) wanted.emplace(&place.service_, place.color_);
  for (const auto& [service, color] : wanted) scout(*service, color);
}

void Held::dismiss(Instant now) {
  for (Place& place : places_) place.gone_ = has_left(place.session_);
  for (;;) {
    const auto at = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
      return place.waiting_ && (place.gone_ || now >= place.until_);
    });
    if (at == places_.end()) return;
    wake(*at, at->gone_ ? Why::left : Why::over);
  }
}

// An endpoint that takes its time to refuse keeps its scout that long.
void Held::scout(const ServiceSlot& service, Color color) {
  const auto& pools = service.pools[color];
  for (std::size_t i = 0; i < pools.size(); ++i) {
    upstream::Pool* pool = pools[(turns_ + i) % pools.size()];
    const auto mine = [&](const Place& place) {
      return &place.service_ == &service && place.color_ == color;
    };
    const bool out = std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
      return mine(place) && !place.waiting_ && place.pool_ == pool;
    });
    if (out) continue;
    const auto at = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
      return mine(place) && place.waiting_ && place.turn_ != turns_;
    });
    if (at == places_.end()) return;
    at->turn_ = turns_;
    wake(*at, Why::try_, pool);
  }
}

}  // namespace sy::worker
