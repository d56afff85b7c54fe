// Owner of coroutines nobody awaits: they can be stopped, waited for and counted. One of the two
// places where exceptions are caught (the other is main); everything here happens on one thread.
#pragma once
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string_view>

#include "base/time.h"
#include "net/async.h"

namespace sy::net {

class TaskGroup {
 public:
  // Is told what a task died of, in words. Must not throw.
  using Report = std::function<void(std::string_view what)>;

  explicit TaskGroup(Executor executor, Report report = {});
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  // REQUIRES: empty, or the io_context runs no more.
  ~TaskGroup() = default;

  // Starts the task: at once when called on the executor, else when it next runs. After stop() the
  // task is destroyed unstarted.
  void spawn(Awaitable<> task);
  [[nodiscard]] std::size_t size() const { return size_; }
  // Cancels every task (terminal): what it awaits ends with operation_aborted, and so does what it
  // awaits next. For good.
  void stop();
  // Completes when the group is empty.
  [[nodiscard]] Awaitable<> wait();
  // Tasks that ended by an exception, those cancelled by stop() left out.
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  using Signals = std::list<asio::cancellation_signal>;

  void finish(Signals::iterator signal, const std::exception_ptr& died);
  void count(const std::exception_ptr& died);

  Executor executor_;
  Report report_;
  Signals running_;
  Signals idle_;  // kept, so that a spawn allocates nothing of ours in the steady state
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, Executor>
      empty_;
  std::size_t size_ = 0;
  std::uint64_t failures_ = 0;
  bool stopped_ = false;
};

}  // namespace sy::net
