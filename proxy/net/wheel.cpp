#include "net/wheel.h"

#include <algorithm>
#include <utility>

namespace sy::net {
namespace {

std::int64_t tick_of(Instant when) { return when.time_since_epoch() / Wheel::tick; }

}  // namespace

Wheel::Wheel(Instant now) : now_{now}, turned_{tick_of(now)} {}

void Wheel::turn(Instant now) {
  now_ = now;
  const std::int64_t target = tick_of(now);
  // After a long stop one round of the wheel visits everything.
  const auto round = static_cast<std::int64_t>(slots);
  if (target - turned_ > round) turned_ = target - round;
  while (turned_ < target) visit(static_cast<std::size_t>(++turned_) % slots);
}

void Wheel::visit(std::size_t slot) {
  Deadline* at = std::exchange(slot_[slot], nullptr);
  if (at != nullptr) at->link_ = &at;  // keeps the chain sound while members leave it
  while (at != nullptr) {
    Deadline& deadline = *at;
    deadline.unlink();
    if (deadline.at_ == Instant::max()) continue;
    if (deadline.at_ <= now_) {
      deadline.at_ = Instant::max();
      deadline.stream_.expire();
    } else {
      link(deadline);
    }
  }
}

void Wheel::link(Deadline& deadline) {
  // The tick after the one that holds its time, so that it is never early; the next one when its
  // time has passed.
  const std::int64_t tick_number = std::max(tick_of(deadline.at_), turned_) + 1;
  Deadline*& head = slot_[static_cast<std::size_t>(tick_number) % slots];
  deadline.linked_tick_ = tick_number;
  deadline.next_ = head;
  deadline.link_ = &head;
  if (head != nullptr) head->link_ = &deadline.next_;
  head = &deadline;
}

void Deadline::at(Instant when) {
  at_ = when;
  if (when == Instant::max()) return;
  // Linked at an earlier tick: the visit there links it again where it belongs.
  if (linked_tick_ >= 0 && tick_of(when) + 1 >= linked_tick_) return;
  unlink();
  wheel_.link(*this);
}

void Deadline::unlink() {
  if (linked_tick_ < 0) return;
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
  linked_tick_ = -1;
  next_ = nullptr;
  link_ = nullptr;
}

}  // namespace sy::net
