// One at a time, first come first served, between coroutines of one thread.
#pragma once
#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <deque>

#include "net/async.h"

namespace sy::director {

class Turn {
 public:
  explicit Turn(net::Executor executor) : executor_{std::move(executor)} {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Gives the turn to the next in line when it dies.
  class Held {
   public:
    explicit Held(Turn& turn) : turn_{&turn} {}
    Held(Held&& from) noexcept : turn_{from.turn_} { from.turn_ = nullptr; }
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (turn_ != nullptr) turn_->pass_on();
    }

   private:
    Turn* turn_;
  };

  net::Awaitable<Held> take() {
    if (!taken_) {
      taken_ = true;
      co_return Held{*this};
    }
    Waiter waiter{*this};
    net::error_code ignored;  // cancelling the timer is how the turn is handed over
    co_await waiter.timer.async_wait(net::asio::redirect_error(net::use_awaitable, ignored));
    if (!waiter.handed) throw boost::system::system_error(net::asio::error::operation_aborted);
    co_return Held{*this};
  }
  [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

 private:
  using Timer = net::asio::basic_waitable_timer<
      std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

  struct Waiter {
    explicit Waiter(Turn& in)
        : turn{in}, timer{in.executor_, std::chrono::steady_clock::time_point::max()} {
      turn.waiters_.push_back(this);
    }
    ~Waiter() { std::erase(turn.waiters_, this); }
    Turn& turn;
    Timer timer;
    bool handed = false;
  };

  void pass_on() {
    if (waiters_.empty()) {
      taken_ = false;
      return;
    }
    Waiter* next = waiters_.front();
    waiters_.pop_front();
    next->handed = true;
    next->timer.cancel();
  }

  net::Executor executor_;
  bool taken_ = false;
  std::deque<Waiter*> waiters_;
};

}  // namespace sy::director
