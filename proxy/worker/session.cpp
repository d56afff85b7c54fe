#include "worker/session.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/error.hpp>
#include <optional>

#include "net/proxy_protocol.h"
#include "worker/exchange.h"
#include "worker/worker.h"

namespace sy::worker {
namespace {

namespace asio = boost::asio;
using net::error_code;

constexpr std::size_t linger_bytes_max = 256 * 1024;

net::SslPtr ssl_for(const Settings& settings, std::size_t listener) {
  const auto& tls = settings.listen[listener].tls;
  return tls ? tls->accept() : nullptr;
}

// Takes a whole PROXY header from the socket and not a byte more: what follows may belong to TLS.
net::ProxyHeader take_proxy_header(net::Stream& stream) {
  std::array<char, net::proxy_v2_bytes_max> seen;
  net::ProxyHeader bad;
  bad.found = net::ProxyHeader::Found::bad;
  error_code error;
  const std::string_view bytes{seen.data(), stream.peek_now(seen, error)};
  if (error == asio::error::would_block) return {};
  if (error) return bad;
  net::ProxyHeader header = net::parse_proxy_header(bytes);
  if (header.found == net::ProxyHeader::Found::more)
    return bytes.size() < seen.size() && !stream.hung() ? header : bad;
  stream.drop(header.size);
  return header;
}

http::Refusal too_many() { return {429, "Too many unfinished requests from this address."}; }
http::Refusal too_slow() { return {408, "The request head did not arrive in time."}; }

}  // namespace

// This address has an unfinished head here while this exists.
class Session::HeadCount {
 public:
  HeadCount(Worker& worker, const Peer& peer) : worker_{worker}, peer_{peer} {}
  HeadCount(const HeadCount&) = delete;
  HeadCount& operator=(const HeadCount&) = delete;
  ~HeadCount() {
    if (counted_) worker_.end_head(peer_.address);
  }
  // False when the address has too many.
  [[nodiscard]] bool begin() {
    if (counted_ || peer_.trusted) return true;
    counted_ = worker_.begin_head(peer_.address);
    return counted_;
  }

 private:
  Worker& worker_;
  const Peer& peer_;
  bool counted_ = false;
};

Session::Session(Worker& owner, int fd, std::size_t listener, Peer who)
    : worker{owner},
      settings{owner.settings()},
      stream{owner.poller(), fd, ssl_for(*settings, listener)},
      deadline{owner.wheel(), stream},
      in{owner.buffers()},
      peer{std::move(who)},
      listener_{listener} {}

net::Task<> Session::run() {
  if (!co_await open()) co_return;
  for (bool again = true; again;) {
    settings = worker.settings();
    const Head head = co_await read_head();
    again = head == Head::complete && co_await exchange();
  }
}

// One request, apart from run() so that a connection that waits for its next one has no memory for
// it. False when the connection has ended with it.
net::Task<bool> Session::exchange() {
  Exchange one{*this, head_began_};
  const bool keep = co_await one.run(head_bytes_);
  used_ = true;
  if (keep && !worker.finishing() && stream.open()) co_return true;
  if (!stream.open()) co_return false;
  // A client told to stop may have sent its next request before it knew.
  const bool more = one.unread_body() || !in.empty() || worker.finishing();
  if (!more) co_return false;
  stream.shutdown_write();
  co_await linger();
  co_return false;
}

std::uint64_t Session::serial() {
  if (serial_ == 0) serial_ = worker.random() | 1;
  return serial_;
}

// PROXY line, then TLS: both before anything else may be believed.
net::Task<bool> Session::open() {
  const bool proxied = settings->listen[listener_].proxy_protocol && peer.trusted;
  if (proxied && !co_await read_proxy_line()) co_return false;
  if (!stream.tls()) co_return true;
  deadline.in(settings->options.timers.handshake);
  error_code error;
  co_await stream.handshake(error);
  co_return !error;
}

net::Task<bool> Session::read_proxy_line() {
  deadline.in(settings->options.timers.head);
  for (;;) {
    if (!stream.expired()) co_await stream.wait_read();
    if (stream.expired() || !stream.open()) co_return false;
    const net::ProxyHeader header = take_proxy_header(stream);
    if (header.found == net::ProxyHeader::Found::more) continue;
    if (header.found == net::ProxyHeader::Found::proxied) {
      peer.address = header.source;
      peer.text = header.source.text();
      peer.trusted = settings->trusted.contains(header.source);
    }
    co_return header.found != net::ProxyHeader::Found::bad;
  }
}

void Session::leave() {
  if (!idle_) return;
  char first = 0;
  if (::recv(stream.fd(), &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0) return;
  if (used_) return stream.expire();
  deadline.in(settings->options.timers.linger);
}

// Waits for a head with the idle deadline until its first byte, then with one that does not move,
// no matter how the client types.
net::Task<Session::Head> Session::read_head() {
  HeadCount unfinished{worker, peer};
  std::size_t scanned = 0;
  idle_ = in.empty();
  head_bytes_ = 0;
  if (!idle_) head_began_ = worker.time().now();
  const Timers& timers = settings->options.timers;
  const Duration idle = worker.finishing() ? timers.linger : timers.idle;
  deadline.in(idle_ ? idle : timers.head);
  for (;;) {
    const http::Refusal refusal = in.empty() ? http::Refusal{} : examine(scanned, unfinished);
    if (refusal.status != 0) {
      co_await refuse(refusal);
      co_return Head::refused;
    }
    if (head_bytes_ != 0) {
      deadline.off();
      co_return Head::complete;
    }
    if (in.empty()) in.release();
    co_await stream.wait_read();
    if (stream.expired() && !idle_) co_await refuse(too_slow());
    if (stream.expired()) co_return Head::gone;
    error_code error;
    const std::size_t count = stream.read_now(in.space(), error);
    if (error == asio::error::would_block) continue;
    if (error) co_return Head::gone;
    in.commit(count);
    if (idle_) head_begins();
  }
}

// Whether the head is whole: then head_bytes_ says how long it is, and it lies parsed in the
// worker's scratch. Refused is what cannot become right.
http::Refusal Session::examine(std::size_t& scanned, HeadCount& unfinished) {
  const http::Limits& limits = settings->options.limits.http;
  head_bytes_ = http::head_length(in.bytes(), scanned);
  if (head_bytes_ != 0) {
    return http::parse_request(in.bytes().substr(0, head_bytes_), limits, worker.request_head());
  }
  const http::Refusal refusal = http::early_refusal(in.bytes(), limits);
  if (refusal.status != 0) return refusal;
  if (in.full()) in.grow();
  if (in.full()) return {431, "The request head is too large."};
  return unfinished.begin() ? http::Refusal{} : too_many();
}

void Session::head_begins() {
  idle_ = false;
  head_began_ = worker.time().now();
  deadline.in(settings->options.timers.head);
}

net::Task<> Session::refuse(http::Refusal refusal) {
  worker.count_refused();
  const http::Reply reply_here{
      .status = refusal.status, .detail = refusal.reason, .date = worker.date()};
  if (worker.log() != nullptr) {
    access_log::Record line;
    line.at = worker.wall(head_began_);
    line.status = refusal.status;
    line.failure = "refused";
    line.total = worker.time().now() - head_began_;
    line.tls = stream.tls();
    worker.log()->add(line);
  }
  std::ignore = co_await reply(reply_here, "");
  if (!stream.open()) co_return;
  stream.shutdown_write();
  if (!stream.expired()) co_await linger();
}

net::Task<bool> Session::reply(const http::Reply& what, std::string_view accept) {
  std::string text = worker.take_string();
  http::write_reply(text, what, accept, settings->pages);
  error_code error;
  if (!stream.expired()) deadline.in(settings->options.timers.linger);
  std::ignore = co_await net::write_text(stream, text, error);
  bytes_out = text.size();
  worker.give_string(std::move(text));
  co_return !error;
}

// A close with unread bytes becomes a reset, which can destroy the reply on its way (RFC 9112
// §9.6).
net::Task<> Session::linger() {
  deadline.in(settings->options.timers.linger);
  std::size_t read = in.size();
  in.clear();
  while (read < linger_bytes_max) {
    error_code error;
    const std::size_t count = co_await net::read_some(stream, in.space(), error);
    if (error) co_return;
    read += count;
  }
}

}  // namespace sy::worker
