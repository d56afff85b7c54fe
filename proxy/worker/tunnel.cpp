#include "worker/tunnel.h"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>

#include "worker/worker.h"

namespace sy::worker {
namespace {

namespace asio = boost::asio;
using net::error_code;

// A Close frame with 1012 (service restart), unmasked as servers send it (RFC 6455 §5.5.1).
constexpr std::array<char, 4> close_1012{'\x88', '\x02', '\x03', '\xf4'};

constexpr int rounds_in_a_row = 16;
constexpr Duration patience = std::chrono::seconds{2};

// Bytes of the frame header so far known to be needed (RFC 6455 §5.2).
std::size_t head_size(const std::uint8_t* head, std::size_t have) {
  if (have < 2) return 2;
  const std::uint8_t length = head[1] & 0x7f;
  const std::size_t mask = (head[1] & 0x80) != 0 ? 4 : 0;
  return 2 + mask + (length == 126 ? 2u : length == 127 ? 8u : 0u);
}

std::uint64_t payload_size(const std::uint8_t* head) {
  const std::uint8_t length = head[1] & 0x7f;
  if (length < 126) return length;
  std::uint64_t size = 0;
  const int bytes = length == 126 ? 2 : 8;
  for (int i = 0; i < bytes; ++i) size = size << 8 | head[2 + i];
  return size;
}

}  // namespace

void FrameTracker::feed(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (payload_left_ != 0) {
      const auto skip = std::min<std::uint64_t>(payload_left_, bytes.size() - at);
      payload_left_ -= skip;
      at += skip;
    } else {
      head_[head_have_++] = static_cast<std::uint8_t>(bytes[at++]);
      if (head_have_ < head_size(head_, head_have_)) continue;
      payload_left_ = payload_size(head_);
      head_have_ = 0;
    }
  }
}

Tunnel::Tunnel(Session& session, upstream::Connection& connection, ServiceSlot& service,
               Color color, bool websocket)
    : session_{session},
      connection_{connection},
      service_{service},
      color_{color},
      websocket_{websocket} {
  ++service_.summary[color_].open_tunnels;
  ++service_.summary[color_].tunnels;
  session_.worker.tunnels().list.push_back(*this);
}

Tunnel::~Tunnel() { --service_.summary[color_].open_tunnels; }

net::Task<> Tunnel::run() {
  touch();
  co_await net::both(to_upstream(), to_client());
  session_.deadline.off();
  connection_.deadline.off();
}

// One side's end lets the other finish what it is saying, for as long as `linger`, then both close
// (RFC 9110 §9.3.6).
void Tunnel::touch() {
  const Timers& timers = session_.settings->options.timers;
  const Duration idle = half_done_ ? timers.linger : timers.tunnel_idle;
  session_.deadline.in(idle);
  connection_.deadline.in(idle);
}

template <class From>
net::Task<error_code> Tunnel::carry(From& from, net::Stream& to, std::uint64_t& moved) {
  const bool framed = websocket_ && static_cast<void*>(&from) == &connection_;
  error_code error;
  for (int round = 1;; ++round) {
    if (round % rounds_in_a_row == 0) co_await from.stream.turn();  // others go first now and then
    if (from.in.empty() && from.stream.may_read()) {
      from.in.commit(from.stream.read_now(from.in.space(), error));
      if (error && error != asio::error::would_block) co_return error;
    }
    if (from.in.empty()) {
      from.in.release();
      co_await from.stream.wait_read();
    } else {
      const std::string_view bytes = from.in.bytes();
      if (framed) frames_.feed(bytes);
      iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
      const std::span<iovec> pieces{&piece, 1};
      touch();
      moved += co_await net::write_all(to, pieces, error);
      if (error) co_return error;
      from.in.clear();
    }
    if (from.stream.expired() || to.expired()) co_return asio::error::timed_out;
  }
}

// One direction has ended: an orderly end is passed on, anything else ends both.
void Tunnel::ended(net::Stream& to, const error_code& error) {
  touch();
  if (error == asio::error::eof) return to.shutdown_write();
  connection_.stream.expire();
  session_.stream.expire();
}

net::Task<> Tunnel::to_upstream() {
  const error_code error = co_await carry(session_, connection_.stream, bytes_in);
  half_done_ = true;
  ended(connection_.stream, error);
}

net::Task<> Tunnel::to_client() {
  const error_code error = co_await carry(connection_, session_.stream, bytes_out);
  half_done_ = true;
  ended(session_.stream, error);
}

void Tunnel::end_by(Instant when) { end_at_ = when; }

void Tunnel::check(Instant now) {
  if (now < end_at_) return;
  // In the middle of a frame a Close cannot be sent: its end is awaited a little.
  const bool between = frames_.at_boundary() && connection_.in.empty();
  if (websocket_ && !between && now < end_at_ + patience) return;
  if (websocket_ && between) say_goodbye();
  connection_.stream.expire();
  session_.stream.expire();
}

void Tunnel::say_goodbye() {
  const iovec piece{const_cast<char*>(close_1012.data()), close_1012.size()};
  error_code ignored;
  std::ignore = session_.stream.write_now({&piece, 1}, ignored);
}

}  // namespace sy::worker
