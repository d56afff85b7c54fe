// Lets a call-back resume a coroutine: at most one waits, on one thread.
#pragma once
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "net/async.h"

namespace sy::net {

class Signal {
 public:
  // Completes at the next notify(). REQUIRES: nobody else waits.
  [[nodiscard]] Awaitable<> wait() {
    auto keep = [this](auto resume) { waiting_.emplace(std::move(resume)); };
    return asio::async_initiate<const Token&, void()>(std::move(keep), use_awaitable);
  }
  [[nodiscard]] bool waited_on() const { return waiting_.has_value(); }
  // Resumes the waiter before it returns; without one, does nothing.
  void notify() {
    if (!waiting_) return;
    auto resume = std::move(*waiting_);
    waiting_.reset();
    std::move(resume)();
  }

 private:
  using Token = asio::use_awaitable_t<Executor>;
  std::optional<asio::async_result<Token, void()>::handler_type> waiting_;
};

}  // namespace sy::net
