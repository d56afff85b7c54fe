// Which sockets have something to do: one edge-triggered epoll set (epoll(7)) for each thread. A
// socket is registered once in its life, and what is known of it is kept beside it, so that neither
// waiting nor asking whether something has arrived costs a system call.
#pragma once
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace sy::net {

// Is called once for each time it waits. One that is destroyed waits no more.
class Waiter : public boost::intrusive::list_base_hook<
                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  // From Poller::poll(), never from the call that made it ready. Must not throw.
  virtual void ready() = 0;
  [[nodiscard]] bool waiting() const { return is_linked(); }

 protected:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() = default;
};

using Waiters = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

// A task that waits.
class Resumed : public Waiter {
 public:
  void ready() final { handle_.resume(); }

 protected:
  std::coroutine_handle<> handle_;
};

class Poller {
 public:
  Poller();  // SY_CHECKs that the kernel gives it two descriptors
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller();

  // Waits for at most `most` unless somebody is ready; first every socket learns what has happened
  // to it, then those who waited for that are called. Returns how many sockets and waiters there
  // were: with none, nothing can be done without waiting.
  std::size_t poll(Duration most);
  // Ends the wait of poll() under way, or of the next. From any thread.
  void wake() const;
  // Calls it at the next poll().
  void soon(Waiter& waiter) { ready_.push_back(waiter); }
  // Lets others go first: completes at the next poll().
  [[nodiscard]] auto turn() {
    struct Turn : Resumed {
      explicit Turn(Poller& owner) : poller{owner} {}
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> task) {
        handle_ = task;
        poller.soon(*this);
      }
      void await_resume() const noexcept {}
      Poller& poller;
    };
    return Turn{*this};
  }

 private:
  friend class Source;
  int epoll_;
  int wake_;
  Waiters ready_;
};

// A socket and what is known of it. Owns the descriptor.
class Source {
 public:
  Source(Poller& poller, int fd) : poller_{poller}, fd_{fd} {}  // fd: non-blocking, or -1
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() { close(); }

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  [[nodiscard]] Poller& poller() const { return poller_; }
  // Reading or writing may get somewhere. False is certain as of the last poll().
  [[nodiscard]] bool readable() const { return readable_; }
  [[nodiscard]] bool writable() const { return writable_; }
  // The peer sends no more, and all it has sent is here; as of the last poll().
  [[nodiscard]] bool hung() const { return hung_; }
  // A read would be in vain: nothing has come since the last poll().
  [[nodiscard]] bool known_empty() const { return registered_ && !readable_; }
  // What calls have found. A read of less than was asked for has emptied the socket, but the end
  // may lie behind (epoll(7), "Questions and answers", 9).
  void read_short() { readable_ = hung_; }
  void read_blocked() { readable_ = false; }
  void read_unsure() { readable_ = true; }
  void write_short() { writable_ = false; }
  // `waiter` is called when reading or writing makes sense, or at wake_all(). Any number may wait.
  void when_readable(Waiter& waiter);
  void when_writable(Waiter& waiter);
  void wake_all();
  void close();  // wakes nobody

 private:
  friend class Poller;
  [[nodiscard]] bool watched();
  void report(std::uint32_t events);
  void ring(Waiters& waiters);
  Poller& poller_;
  int fd_;
  bool registered_ = false;
  bool readable_ = true;  // until something else is known
  bool writable_ = true;
  bool hung_ = false;  // the end of what the peer sends has arrived, or an error
  Waiters readers_;
  Waiters writers_;
};

}  // namespace sy::net
