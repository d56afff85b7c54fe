#include "upstream/pool.h"

#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/check.h"

namespace sy::upstream {
namespace {

namespace asio = net::asio;
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

void set_no_delay(net::Socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
}

}  // namespace

Connection::Connection(Pool& pool, net::Socket socket, net::SslPtr ssl)
    : stream{std::move(socket), std::move(ssl)},
      deadline{pool.around_.wheel, stream},
      in{pool.around_.buffers},
      pool_{pool} {}

void Connection::watch() {
  watching_ = true;
  stream.when_readable([this](const error_code&) { on_readable(); });
}

void Connection::on_readable() {
  watching_ = false;
  if (phase_ == Phase::dead) return pool_.erase(*this);
  if (phase_ == Phase::idle) return pool_.on_idle_readable(*this);
  if (signal_.waited_on()) return signal_.notify();
  ready_ = true;
}

net::Awaitable<> Connection::readable() {
  if (ready_ || stream.expired() || stream.buffered()) {
    ready_ = false;
    co_return;
  }
  if (!watching_) watch();
  co_await signal_.wait();
}

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
    connection.phase_ = Connection::Phase::busy;
    connection.reused = true;
    ++busy_;
    return &connection;
  }
  return nullptr;
}

// A connection not yet connected, or why there cannot be one.
Result<Connection*> Pool::open(const asio::ip::address& address) {
  net::SslPtr ssl;
  if (endpoint_.tls) {
    if (around_.tls == nullptr) {
      return unreachable(endpoint_, "no certificates to verify it with could be loaded");
    }
    ssl = around_.tls->connect(endpoint_.host, &session_);
  }
  error_code error;
  net::Socket socket{around_.executor};
  const auto protocol = address.is_v4() ? asio::ip::tcp::v4() : asio::ip::tcp::v6();
  socket.open(asio::generic::stream_protocol{protocol}, error);
  if (error) {
    return Error{Blame::self, true, 503, "no socket for " + endpoint_.url + ": " + error.message()};
  }
  set_no_delay(socket);
  return keep(std::move(socket), std::move(ssl));
}

net::Awaitable<Result<Connection*>> Pool::connect(Failure& failure) {
  failure = Failure::no_endpoint;
  error_code error;
  const auto address = asio::ip::make_address(endpoint_.address, error);
  if (error) co_return unreachable(endpoint_, "not a numeric address: " + endpoint_.address);
  const auto opened = open(address);
  if (!opened) {
    if (opened.error().blame == Blame::self) failure = Failure::none;
    co_return opened.error();
  }
  Connection& connection = **opened;
  connection.deadline.in(around_.options.connect);
  const asio::generic::stream_protocol::endpoint to{
      asio::ip::tcp::endpoint{address, endpoint_.port}};
  co_await connection.stream.socket().async_connect(
      to, asio::redirect_error(net::use_awaitable, error));
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

Connection* Pool::keep(net::Socket socket, net::SslPtr ssl) {
  connections_.push_back(std::make_unique<Connection>(*this, std::move(socket), std::move(ssl)));
  ++busy_;
  Connection& connection = *connections_.back();
  connection.born = around_.wheel.now();
  return &connection;
}

void Pool::release(Connection& connection, Duration announced) {
  const bool clean = connection.in.empty() && connection.stream.open() &&
                     !connection.stream.expired() && !connection.ready_;
  if (!clean || idle_.size() >= around_.options.idle_max) return discard(connection);
  --busy_;
  connection.deadline.off();
  connection.in.release();
  connection.phase_ = Connection::Phase::idle;
  Duration keep = around_.options.idle;
  // Two seconds under what the upstream announces: the safe side of the reuse race.
  if (announced > Duration::zero()) {
    keep = std::min(keep, announced - std::chrono::seconds{2});
    if (keep <= Duration::zero()) {
      ++busy_;
      return discard(connection);
    }
  }
  connection.idle_until = around_.wheel.now() + keep;
  idle_.push_back(&connection);
  if (!connection.watching_) connection.watch();
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

// Open, and nothing was said: bytes on an idle connection would be taken for the answer to the next
// request (RFC 9112 §9.2). The watch may not have been called yet, so the socket is asked. TLS 1.3
// session tickets make it readable without a byte for us.
bool Pool::silent(Connection& connection) {
  error_code error;
  const std::size_t count = connection.stream.read_now(connection.in.space(), error);
  connection.in.release();
  return count == 0 && error == asio::error::would_block;
}

void Pool::on_idle_readable(Connection& connection) {
  if (silent(connection)) return connection.watch();
  std::erase(idle_, &connection);
  bury(connection);
}

void Pool::bury(Connection& connection) {
  connection.phase_ = Connection::Phase::dead;
  connection.deadline.off();
  connection.stream.close();
  if (!connection.watching_) erase(connection);
}

void Pool::erase(Connection& connection) {
  const auto at = std::find_if(connections_.begin(), connections_.end(),
                               [&](const auto& kept) { return kept.get() == &connection; });
  SY_CHECK(at != connections_.end());
  std::swap(*at, connections_.back());
  connections_.pop_back();
}

}  // namespace sy::upstream
