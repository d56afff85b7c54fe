#include "net/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace sy::net {
namespace {

constexpr std::size_t events_max = 256;  // of one poll; the rest come with the next
constexpr std::uint32_t ends = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

int milliseconds(Duration most) {
  using std::chrono::ceil;
  const auto wait = ceil<std::chrono::milliseconds>(most).count();
  return static_cast<int>(std::clamp<std::int64_t>(wait, 0, 60'000));
}

}  // namespace

Poller::Poller()
    : epoll_{::epoll_create1(EPOLL_CLOEXEC)}, wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
  SY_CHECK(epoll_ >= 0 && wake_ >= 0);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;  // each write is an event, so it need not be read
  event.data.ptr = nullptr;
  SY_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) == 0);
}

Poller::~Poller() {
  ::close(wake_);
  ::close(epoll_);
}

std::size_t Poller::poll(Duration most) {
  std::array<epoll_event, events_max> events;
  const int wait = ready_.empty() ? milliseconds(most) : 0;
  const int count = ::epoll_wait(epoll_, events.data(), events_max, wait);
  for (int i = 0; i < count; ++i) {
    auto* const source = static_cast<Source*>(events[static_cast<std::size_t>(i)].data.ptr);
    if (source != nullptr) source->report(events[static_cast<std::size_t>(i)].events);
  }
  std::size_t done = count > 0 ? static_cast<std::size_t>(count) : 0;
  Waiters now;
  now.swap(ready_);
  while (!now.empty()) {
    Waiter& waiter = now.front();
    now.pop_front();
    waiter.ready();
    ++done;
  }
  return done;
}

void Poller::wake() const {
  const std::uint64_t one = 1;
  std::ignore = ::write(wake_, &one, sizeof one);
}

void Source::when_readable(Waiter& waiter) {
  if (readable_ || !watched()) return poller_.soon(waiter);
  readers_.push_back(waiter);
}

void Source::when_writable(Waiter& waiter) {
  if (writable_ || !watched()) return poller_.soon(waiter);
  writers_.push_back(waiter);
}

// False when the kernel does not take it: then whoever waits is called, tries, and waits again, at
// every poll().
bool Source::watched() {
  if (registered_ || fd_ < 0) return registered_;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = this;
  registered_ = ::epoll_ctl(poller_.epoll_, EPOLL_CTL_ADD, fd_, &event) == 0;
  return registered_;
}

void Source::report(std::uint32_t events) {
  hung_ = hung_ || (events & ends) != 0;
  if ((events & (EPOLLIN | ends)) != 0) {
    readable_ = true;
    ring(readers_);
  }
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    writable_ = true;
    ring(writers_);
  }
}

void Source::ring(Waiters& waiters) { poller_.ready_.splice(poller_.ready_.end(), waiters); }

void Source::wake_all() {
  ring(readers_);
  ring(writers_);
}

void Source::close() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));
  registered_ = false;
  readable_ = writable_ = true;  // the next call finds that it is closed
}

}  // namespace sy::net
