#include "upstream/pool.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <utility>

namespace sy::upstream {
namespace {

namespace asio = boost::asio;
using net::error_code;
using tally::Failure;

Failure failure_of(const error_code& error) {
  return error == asio::error::timed_out ? Failure::connect_timeout : Failure::connect_refused;
}

Error unreachable(const split::Endpoint& endpoint, const std::string& why) {
  return Error{Blame::upstream, true, 503, endpoint.url + ": " + why};
}

// What this machine lacks says nothing of the endpoint.
bool is_ours(const error_code& error) {
  namespace errc = boost::system::errc;
  return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
         error == asio::error::no_memory || error == errc::too_many_files_open_in_system ||
         error == errc::address_not_available;
}

}  // namespace

Connection::Connection(Pool& pool, int fd, net::SslPtr ssl)
    : stream{pool.around_.poller, fd, std::move(ssl)},
      deadline{pool.around_.wheel, stream},
      in{pool.around_.buffers},
      pool_{pool} {}

void Connection::ready() { pool_.on_idle_readable(*this); }

Pool::Pool(const Surroundings& surroundings, split::Endpoint endpoint)
    : around_{surroundings}, endpoint_{std::move(endpoint)} {}

Pool::~Pool() = default;

Connection* Pool::reuse() {
  while (!idle_.empty()) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    const Instant now = around_.wheel.now();
    const bool old = connection.idle_until <= now || connection.born + around_.options.age <= now;
    if (old || !silent(connection)) {
      bury(connection);
      continue;
    }
    connection.unlink();
    connection.reused = true;
    ++busy_;
    return &connection;
  }
  return nullptr;
}

// A connection not yet connected, or why there cannot be one.
Result<Connection*> Pool::open(int family) {
  net::SslPtr ssl;
  if (endpoint_.tls) {
    if (around_.tls == nullptr) {
      return unreachable(endpoint_, "no certificates to verify it with could be loaded");
    }
    ssl = around_.tls->connect(endpoint_.host, &session_);
  }
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    const std::string why = std::system_category().message(errno);
    return Error{Blame::self, true, 503, "no socket for " + endpoint_.url + ": " + why};
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_.push_back(std::make_unique<Connection>(*this, fd, std::move(ssl)));
  ++busy_;
  Connection& connection = *connections_.back();
  connection.at_ = connections_.size() - 1;
  connection.born = around_.wheel.now();
  return &connection;
}

net::Task<Result<Connection*>> Pool::connect(Failure& failure) {
  failure = Failure::no_endpoint;
  error_code error;
  const auto address = asio::ip::make_address(endpoint_.address, error);
  if (error) co_return unreachable(endpoint_, "not a numeric address: " + endpoint_.address);
  const auto opened = open(address.is_v4() ? AF_INET : AF_INET6);
  if (!opened) {
    if (opened.error().blame == Blame::self) failure = Failure::none;
    co_return opened.error();
  }
  Connection& connection = **opened;
  connection.deadline.in(around_.options.connect);
  const asio::ip::tcp::endpoint to{address, endpoint_.port};
  connection.stream.connect(to.data(), static_cast<socklen_t>(to.size()), error);
  if (error == asio::error::would_block) {
    co_await connection.stream.wait_write();
    error = connection.stream.connected();
  }
  if (!error && endpoint_.tls) co_await connection.stream.handshake(error);
  connection.deadline.off();
  if (connection.stream.expired()) error = asio::error::timed_out;
  failure = error ? failure_of(error) : Failure::none;
  if (!error) co_return &connection;
  if (is_ours(error)) {
    failure = Failure::none;
    discard(connection);
    co_return Error{Blame::self, true, 503, endpoint_.url + ": " + error.message()};
  }
  std::string why = error == asio::error::timed_out ? "connect timed out" : error.message();
  if (endpoint_.tls) {
    const std::string fault = net::certificate_fault(connection.stream.ssl());
    if (!fault.empty()) why = "tls: certificate refused: " + fault;
  }
  discard(connection);
  co_return unreachable(endpoint_, why);
}

void Pool::release(Connection& connection, Duration announced) {
  Duration keep = around_.options.idle;
  // Two seconds under what the upstream announces: the safe side of the reuse race.
  if (announced > Duration::zero()) keep = std::min(keep, announced - std::chrono::seconds{2});
  const bool clean = connection.in.empty() && connection.stream.open() &&
                     !connection.stream.expired() && silent(connection);
  if (!clean || keep <= Duration::zero() || idle_.size() >= around_.options.idle_max) {
    return discard(connection);
  }
  --busy_;
  connection.deadline.off();
  connection.in.release();
  connection.idle_until = around_.wheel.now() + keep;
  idle_.push_back(&connection);
  connection.stream.when_readable(connection);
}

void Pool::discard(Connection& connection) {
  --busy_;
  bury(connection);
}

void Pool::expire_all() {
  close_idle();
  for (const auto& connection : connections_) connection->stream.expire();
}

void Pool::close_idle() {
  while (!idle_.empty()) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    bury(connection);
  }
}

void Pool::reap(Instant now) {
  const auto old = [&](Connection* connection) {
    return connection->idle_until <= now || connection->born + around_.options.age <= now;
  };
  const auto first = std::stable_partition(
      idle_.begin(), idle_.end(), [&](Connection* connection) { return !old(connection); });
  const std::vector<Connection*> expired{first, idle_.end()};
  idle_.erase(first, idle_.end());
  for (Connection* connection : expired) bury(*connection);
}

// Nothing was said: bytes on an idle connection would be taken for the answer to the next request
// (RFC 9112 §9.2). The socket is asked only when the poller has heard of something, or when the
// last read may not have emptied it. TLS 1.3 session tickets make it readable without a byte for
// us.
bool Pool::silent(Connection& connection) {
  if (!connection.stream.may_read()) return true;
  error_code error;
  const std::size_t count = connection.stream.read_now(connection.in.space(), error);
  connection.in.release();
  return count == 0 && error == asio::error::would_block;
}

void Pool::on_idle_readable(Connection& connection) {
  if (silent(connection)) return connection.stream.when_readable(connection);
  std::erase(idle_, &connection);
  bury(connection);
}

void Pool::bury(Connection& connection) {
  const std::size_t at = connection.at_;
  connections_.back()->at_ = at;
  std::swap(connections_[at], connections_.back());
  connections_.pop_back();
}

}  // namespace sy::upstream
