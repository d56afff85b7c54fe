#include "worker/orders.h"

namespace sy::worker {

void Orders::add(std::unique_ptr<Order> order) {
  {
    const std::lock_guard lock{mutex_};
    given_.push_back(std::move(order));
  }
  poller_.wake();
}

void Orders::carry_out() {
  {
    const std::lock_guard lock{mutex_};
    taken_.swap(given_);
  }
  for (const auto& order : taken_) order->carry_out();
  taken_.clear();
}

}  // namespace sy::worker
