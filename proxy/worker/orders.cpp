#include "worker/orders.h"

namespace sy::worker {

Orders::~Orders() {
  for (Order* order = take_all(); order != nullptr;) {
    const std::unique_ptr<Order> dropped{order};
    order = dropped->next_;
  }
}

void Orders::add(std::unique_ptr<Order> order) {
  Order* const added = order.release();
  added->next_ = given_.load(std::memory_order_relaxed);
  while (!given_.compare_exchange_weak(added->next_, added, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
  poller_.wake();
}

// The oldest first.
Orders::Order* Orders::take_all() {
  Order* latest = given_.exchange(nullptr, std::memory_order_acquire);
  Order* first = nullptr;
  while (latest != nullptr) {
    Order* const older = latest->next_;
    latest->next_ = first;
    first = latest;
    latest = older;
  }
  return first;
}

void Orders::carry_out() {
  if (given_.load(std::memory_order_relaxed) == nullptr) return;
  for (Order* order = take_all(); order != nullptr;) {
    const std::unique_ptr<Order> taken{order};
    order = taken->next_;
    taken->carry_out();
  }
}

}  // namespace sy::worker
