// How a worker takes connections in: its own queues, bounded, and quiet when descriptors run out.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <utility>

#include "http/reply.h"
#include "worker/worker.h"

namespace sy::worker {
namespace {

namespace asio = net::asio;
using net::error_code;

constexpr int accepts_in_a_row = 64;
constexpr int unsent_bytes_max = 64 * 1024;

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
  for (Gate& gate : gates_) {
    if (!gate.socket.is_open()) continue;
    // Those the kernel has taken already are served.
    std::uint64_t before = accepted_;
    while (accept_some(gate) && accepted_ != before) before = accepted_;
    error_code ignored;
    gate.socket.close(ignored);
  }
}

net::Awaitable<> Worker::accept_from(Gate& gate) {
  while (gate.socket.is_open()) {
    error_code error;
    co_await gate.socket.async_wait(gate.socket.wait_read,
                                    asio::redirect_error(net::use_awaitable, error));
    if (error) co_return;
    starved_ = !accept_some(gate);
    while (starved_ && gate.socket.is_open()) {
      Timer pause{executor(), net::Wheel::tick};
      co_await pause.async_wait(asio::redirect_error(net::use_awaitable, error));
      if (gate.socket.is_open()) starved_ = !accept_some(gate);
    }
  }
}

// False when the process is out of file descriptors or the kernel out of memory.
bool Worker::accept_some(Gate& gate) {
  for (int i = 0; i < accepts_in_a_row; ++i) {
    const int fd =
        ::accept4(gate.socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(fd, gate.index);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return false;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return true;
    }
  }
  return true;
}

void Worker::admit(int fd, std::size_t listener) {
  sockaddr_storage from{};
  socklen_t length = sizeof from;
  error_code error;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&from), &length) != 0) {
    ::close(fd);  // it left before it was accepted
    return;
  }
  const asio::generic::stream_protocol protocol{from.ss_family, IPPROTO_TCP};
  net::Socket socket{executor()};
  socket.assign(protocol, fd, error);
  if (error) {
    ::close(fd);
    return;
  }
  ++accepted_;
  const std::size_t clients_max = share_of(settings_->options.limits.clients_max, count_);
  if (static_cast<std::size_t>(clients_) >= clients_max) {
    ++over_limit_;
    if (settings_->listen[listener].tls) return;
    std::string text;
    const http::Reply reply{
        .status = 503, .detail = "Too many connections.", .date = date_, .retry_after = 1};
    http::write_reply(text, reply, "", settings_->pages);
    std::ignore = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  socket.set_option(asio::ip::tcp::no_delay{true}, error);
  // Without it a socket becomes writable again only when a third of a buffer of megabytes is free:
  // a slow client would look as if it took nothing.
  const int unsent = unsent_bytes_max;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  Peer peer;
  peer.address = address_of(from);
  peer.text = peer.address.text();
  peer.trusted = settings_->trusted.contains(peer.address);
  tasks_.spawn_uncancelled(serve(std::move(socket), listener, std::move(peer)));
}

net::Awaitable<> Worker::serve(net::Socket socket, std::size_t listener, Peer peer) {
  ++clients_;
  {
    Session session{*this, std::move(socket), listener, std::move(peer)};
    sessions_.push_back(session);
    co_await session.run();
  }
  --clients_;
}

}  // namespace sy::worker
