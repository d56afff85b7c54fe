// How a worker takes connections in: its own queues, bounded, and quiet when descriptors run out.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>
#include <utility>

#include "http/reply.h"
#include "worker/gate.h"

namespace sy::worker {
namespace {

constexpr int accepts_in_a_row = 64;

net::Address address_of(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    return net::Address::v4(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
  return net::Address::v6(reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr));
}

}  // namespace

void Worker::stop_accepting() {
  finishing_ = true;
  for (const auto& gate : gates_) gate->last_call();
  gates_.clear();
}

Worker::Gate::Gate(Worker& worker, int fd, std::size_t listener)
    : worker_{worker}, source_{worker.poller_, fd}, listener_{listener} {}

void Worker::Gate::open() {
  if (!waiting() && !starved_) source_.when_readable(*this);
}

void Worker::Gate::last_call() {
  while (accept_some() == accepts_in_a_row) {
  }
}

void Worker::Gate::ready() {
  std::ignore = accept_some();
  if (!starved_) source_.when_readable(*this);
}

// How many were taken in. Fewer than accepts_in_a_row: no more wait, or the process is out of file
// descriptors, or the kernel out of memory: then it is starved_.
int Worker::Gate::accept_some() {
  starved_ = false;
  int taken = 0;
  while (taken < accepts_in_a_row) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    const int fd = ::accept4(source_.fd(), reinterpret_cast<sockaddr*>(&from), &length,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      ++taken;
      worker_.admit(fd, from, listener_);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    starved_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (!starved_) source_.read_blocked();
    break;
  }
  return taken;
}

void Worker::admit(int fd, const sockaddr_storage& from, std::size_t listener) {
  ++accepted_;
  const std::size_t clients_max = share_of(settings_->options.limits.clients_max, count_);
  if (static_cast<std::size_t>(clients_) >= clients_max) {
    ++over_limit_;
    std::string text;
    const http::Reply reply{
        .status = 503, .detail = "Too many connections.", .date = date_, .retry_after = 1};
    if (!settings_->listen[listener].tls) http::write_reply(text, reply, "", settings_->pages);
    std::ignore = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(fd);
    return;
  }
  Peer peer;
  peer.address = address_of(from);
  peer.text = peer.address.text();
  peer.trusted = settings_->trusted.contains(peer.address);
  tasks_.start(serve(fd, listener, std::move(peer)));
}

net::Task<> Worker::serve(int fd, std::size_t listener, Peer peer) {
  ++clients_;
  {
    Session session{*this, fd, listener, std::move(peer)};
    sessions_.push_back(session);
    co_await session.run();
  }
  --clients_;
}

}  // namespace sy::worker
