// Coroutines of the data plane, one thread each. A task runs when it is awaited, on the caller's
// stack as far as it need not wait; asio::awaitable, which the rest of the program uses, pays for
// executors and cancellation at every step (docs/performance.md).
#pragma once
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "net/frames.h"

namespace sy::net {

class Tasks;

namespace detail {

class PromiseBase {
 public:
  static void* operator new(std::size_t size) { return frames::take(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { frames::give(frame, size); }
  // The frame may be gone when this returns.
  struct Last {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      ended.promise().finish(ended);
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] Last final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { died_ = std::current_exception(); }
  void continue_with(std::coroutine_handle<> caller) { caller_ = caller; }
  void belong_to(Tasks& owner) { owner_ = &owner; }
  void rethrow() const {
    if (died_) std::rethrow_exception(died_);
  }

 private:
  void finish(std::coroutine_handle<> ended) noexcept;
  std::coroutine_handle<> caller_;  // null while nobody has had to wait for it
  Tasks* owner_ = nullptr;          // of one that was started, not awaited
  std::exception_ptr died_;
};

template <class T>
class Promise : public PromiseBase {
 public:
  [[nodiscard]] auto get_return_object() {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }
  template <class From>
  void return_value(From&& value) {
    value_.emplace(std::forward<From>(value));
  }
  [[nodiscard]] T take() {
    rethrow();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  [[nodiscard]] auto get_return_object() {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }
  void return_void() noexcept {}
  void take() const { rethrow(); }
};

}  // namespace detail

// Awaited once, or handed to Tasks::start(). Destroying one that waits ends it where it stands.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;
  Task(Handle handle) : handle_{handle} {}  // implicit: what a coroutine returns
  Task(Task&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  // False when it ended without waiting: the caller goes on at once, and no stack has grown.
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> caller) {
    handle_.resume();
    if (handle_.done()) return false;
    handle_.promise().continue_with(caller);
    return true;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  friend class Tasks;
  Handle handle_;
};

// Lets code that is called resume a task: at most one waits.
class Signal {
 public:
  // Completes at the next notify(). REQUIRES: nobody else waits.
  [[nodiscard]] auto wait() {
    struct Wait {
      Signal& signal;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiting) noexcept { signal.waiting_ = waiting; }
      void await_resume() const noexcept {}
    };
    return Wait{*this};
  }
  // Resumes the waiter before it returns; without one, does nothing.
  void notify() {
    if (const auto waiting = std::exchange(waiting_, nullptr)) waiting.resume();
  }

 private:
  std::coroutine_handle<> waiting_;
};

// Owner of tasks nobody awaits. All on one thread.
class Tasks {
 public:
  Tasks() = default;
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;
  ~Tasks() = default;  // REQUIRES: size() == 0, or tasks that are never resumed again
  // Runs until it first waits.
  void start(Task<> task);
  [[nodiscard]] std::size_t size() const { return size_; }
  // Completes when the last of them has ended. REQUIRES: size() != 0, nobody else waits.
  [[nodiscard]] auto empty() { return empty_.wait(); }
  // Tasks that ended by an exception: bugs.
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  friend class detail::PromiseBase;
  Signal empty_;
  std::size_t size_ = 0;
  std::uint64_t failures_ = 0;
};

// Runs both, and completes when both have; then throws what the first to fail has thrown.
[[nodiscard]] Task<> both(Task<> one, Task<> other);

}  // namespace sy::net
