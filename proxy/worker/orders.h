// What other threads want done on this one: carried out in the order given, each one's giver told
// when it is done.
#pragma once
#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "net/async.h"
#include "net/poller.h"

namespace sy::worker {

class Orders {
 public:
  // Wakes `poller` for each order. It outlives this.
  explicit Orders(net::Poller& poller) : poller_{poller} {}
  Orders(const Orders&) = delete;
  Orders& operator=(const Orders&) = delete;
  ~Orders();  // those not carried out are dropped

  // From a coroutine of another thread: completes there once `work()` has run on this one. Never,
  // when this thread has ended before.
  template <class Work>
  [[nodiscard]] net::Awaitable<> give(Work work) {
    auto begin = [this](auto done, Work what) {
      add(std::make_unique<One<Work, decltype(done)>>(std::move(what), std::move(done)));
    };
    return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>&, void()>(
        std::move(begin), net::use_awaitable, std::move(work));
  }
  void carry_out();  // all that were given, on the owner's thread

 private:
  class Order {
   public:
    Order() = default;
    Order(const Order&) = delete;
    Order& operator=(const Order&) = delete;
    virtual ~Order() = default;
    virtual void carry_out() = 0;

   private:
    friend class Orders;
    Order* next_ = nullptr;
  };
  template <class Work, class Done>
  class One final : public Order {
   public:
    One(Work work, Done done)
        : work_{std::move(work)},
          done_{std::move(done)},
          giver_{net::asio::get_associated_executor(done_)} {}
    void carry_out() override {
      work_();
      net::asio::post(giver_.get_executor(), std::move(done_));
    }

   private:
    Work work_;
    Done done_;
    net::asio::executor_work_guard<net::asio::associated_executor_t<Done>> giver_;
  };
  void add(std::unique_ptr<Order> order);
  [[nodiscard]] Order* take_all();

  net::Poller& poller_;
  std::atomic<Order*> given_{nullptr};  // a stack, the latest on top; owned
};

}  // namespace sy::worker
