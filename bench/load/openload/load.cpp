#include "load.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sy::openload {
namespace {

using State = Connection::State;

std::string head(std::string_view method, const std::string& path, const Options& options) {
  return std::string{method} + ' ' + path + " HTTP/1.1\r\nHost: " + options.host + "\r\n";
}

timespec until(Clock::time_point then) {
  const auto left = std::max(then - Clock::now(), Clock::duration::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {seconds.count(), (left - seconds).count()};
}

}  // namespace

Load::Load(const Options& options, Report& report)
    : options_{options},
      report_{report},
      epoll_{epoll_create1(EPOLL_CLOEXEC)},
      post_body_(options.post_bytes, 'x') {
  for (int i = 0; i < options.connections; ++i) kept_.push_back(std::make_unique<Connection>());
  if (options.mix[static_cast<std::size_t>(Kind::websocket)] == 0) return;
  for (int i = 0; i < options.websockets; ++i) {
    websockets_.push_back(std::make_unique<Connection>());
    websockets_.back()->kind = Kind::websocket;
  }
}

Load::~Load() {
  for (auto* all : {&kept_, &websockets_, &fresh_}) {
    for (auto& connection : *all) close(*connection);
  }
  ::close(epoll_);
}

void Load::run(const volatile std::sig_atomic_t& stop) {
  for (auto& websocket : websockets_) open_websocket(*websocket);
  const auto opening = [&] {
    return std::any_of(websockets_.begin(), websockets_.end(),
                       [](const auto& one) { return one->state == State::opening; });
  };
  while (opening()) turn(Clock::now() + std::chrono::milliseconds{100});

  const auto began = Clock::now();
  const auto total = static_cast<std::uint64_t>(options_.rate * options_.duration);
  std::uint64_t released = 0;
  for (; released < total && stop == 0; ++released) {
    const std::chrono::duration<double> offset{static_cast<double>(released) / options_.rate};
    const auto due = began + std::chrono::duration_cast<Clock::duration>(offset);
    while (Clock::now() < due) turn(due);
    release(next_kind(), due);
    if (released % 64 == 0) turn(Clock::now());
  }
  const auto last = Clock::now() + options_.timeout;
  while (report_.finished() < released && Clock::now() < last) {
    turn(Clock::now() + std::chrono::milliseconds{50});
  }
  for (const auto* queue : {&waiting_, &waiting_websocket_}) {
    for (const Waiting& left : *queue) report_.failed(left.kind, "never sent");
  }
  expire(Clock::time_point::max());
}

// Spreads the kinds evenly: the one furthest behind its share goes next.
Kind Load::next_kind() {
  int sum = 0;
  for (std::size_t i = 0; i < balance_.size(); ++i) {
    balance_[i] += options_.mix[i];
    sum += options_.mix[i];
  }
  const auto most = std::max_element(balance_.begin(), balance_.end());
  *most -= sum;
  return static_cast<Kind>(most - balance_.begin());
}

void Load::release(Kind kind, Clock::time_point due) {
  report_.sent();
  const Waiting wanted{kind, due};
  auto& queue = kind == Kind::websocket ? waiting_websocket_ : waiting_;
  if (!queue.empty() || !place(wanted)) queue.push_back(wanted);
}

bool Load::place(const Waiting& wanted) {
  if (wanted.kind == Kind::fresh) {
    auto unused = std::find_if(fresh_.begin(), fresh_.end(),
                               [](const auto& one) { return one->state == State::closed; });
    if (unused == fresh_.end()) {
      unused = fresh_.insert(fresh_.end(), std::make_unique<Connection>());
    }
    begin(**unused, wanted);
    return true;
  }
  auto& pool = wanted.kind == Kind::websocket ? websockets_ : kept_;
  for (std::size_t tried = 0; tried < pool.size(); ++tried) {
    Connection& connection = *pool[cursor_++ % pool.size()];
    const bool fit = connection.state == State::idle ||
                     (connection.state == State::closed && wanted.kind != Kind::websocket);
    if (!fit) continue;
    begin(connection, wanted);
    return true;
  }
  return false;
}

std::string Load::request(Kind kind) {
  const bool body = kind == Kind::post || kind == Kind::keyed;
  std::string out = head(body ? "POST" : "GET", options_.path, options_);
  if (options_.clients > 0) {
    client_ = (client_ + 1) % options_.clients;
    out += "Cookie: client=" + std::to_string(client_) + "\r\n";
  }
  for (const std::string& field : options_.fields) out += field + "\r\n";
  if (kind == Kind::keyed) out += "Idempotency-Key: k" + std::to_string(sequence_) + "\r\n";
  if (kind == Kind::fresh) out += "Connection: close\r\n";
  if (!body) return out + "\r\n";
  return out + "Content-Length: " + std::to_string(post_body_.size()) + "\r\n\r\n" + post_body_;
}

void Load::begin(Connection& connection, const Waiting& wanted) {
  connection.kind = wanted.kind;
  connection.due = wanted.due;
  connection.deadline = Clock::now() + options_.timeout;
  connection.written = 0;
  connection.text = std::to_string(++sequence_);
  connection.out =
      wanted.kind == Kind::websocket ? text_frame(connection.text) : request(wanted.kind);
  if (connection.state == State::closed && !open(connection)) return;
  connection.state = State::busy;
  flush(connection);
}

bool Load::open(Connection& connection) {
  connection.in.clear();
  connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* address = reinterpret_cast<const sockaddr*>(&options_.address);
  if (connection.fd < 0 ||
      (connect(connection.fd, address, sizeof options_.address) != 0 && errno != EINPROGRESS)) {
    if (connection.state == State::closed) connection.state = State::busy;
    lost(connection, std::string{"connect: "} + std::strerror(errno));
    return false;
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
  return true;
}

void Load::open_websocket(Connection& connection) {
  connection.written = 0;
  connection.deadline = Clock::now() + options_.timeout;
  connection.out =
      head("GET", options_.websocket_path, options_) +
      "Connection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  connection.state = State::opening;
  if (open(connection)) flush(connection);
}

void Load::step(Connection& connection, std::uint32_t events) {
  if (connection.state == State::closed) return;
  int error = 0;
  socklen_t size = sizeof error;
  if ((events & EPOLLERR) != 0 &&
      getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) {
    return lost(connection, std::strerror(error));
  }
  if ((events & EPOLLOUT) != 0) flush(connection);
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0 && connection.fd >= 0) read(connection);
}

void Load::flush(Connection& connection) {
  while (connection.written < connection.out.size()) {
    const auto sent = ::send(connection.fd, connection.out.data() + connection.written,
                             connection.out.size() - connection.written, MSG_NOSIGNAL);
    if (sent > 0) {
      connection.written += static_cast<std::size_t>(sent);
      continue;
    }
    // ENOTCONN: still connecting. Anything else shows again, with its reason, when we read.
    return;
  }
}

void Load::read(Connection& connection) {
  std::array<char, 16'384> buffer;
  for (;;) {
    const auto got = ::recv(connection.fd, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      connection.in.append(buffer.data(), static_cast<std::size_t>(got));
      if (!take_answer(connection, false)) return;
      continue;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) return lost(connection, std::strerror(errno));
    if (take_answer(connection, true)) {
      lost(connection, connection.in.empty() ? "closed before an answer" : "closed mid-answer");
    }
    return;
  }
}

// False once the connection has no more to give in this turn: closed, or given to another request.
bool Load::take_answer(Connection& connection, bool at_end) {
  if (connection.state == State::idle) {
    if (!connection.in.empty()) lost(connection, "bytes nobody asked for");
    return connection.fd >= 0;
  }
  const bool framed = connection.kind == Kind::websocket && connection.state == State::busy;
  Answer answer =
      framed ? read_frame(connection.in) : read_answer(connection.in, options_.color_header);
  if (answer.progress == Progress::broken) {
    lost(connection, "not an answer");
    return false;
  }
  if (answer.to_close && at_end) {
    answer.progress = Progress::whole;
    answer.bytes = connection.in.size();
    answer.closing = true;
  }
  if (answer.progress == Progress::more) return true;
  finish(connection, answer);
  return connection.fd >= 0;
}

void Load::finish(Connection& connection, const Answer& answer) {
  const auto took = Clock::now() - connection.due;
  if (connection.state == State::opening) {
    if (answer.status != 101)
      return lost(connection, "handshake answered " + std::to_string(answer.status));
  } else if (connection.kind == Kind::websocket) {
    if (answer.closing) return lost(connection, "closed by a close frame");
    if (answer.color != connection.text) return lost(connection, "another echo than was sent");
    report_.answered(connection.kind, 101, "websocket", took);
  } else {
    report_.answered(connection.kind, answer.status, answer.color, took);
  }
  connection.in.erase(0, answer.bytes);
  connection.state = State::idle;
  if (connection.kind == Kind::fresh || answer.closing) close(connection);
  next_waiting();
}

void Load::lost(Connection& connection, std::string_view reason) {
  const State before = connection.state;
  const bool websocket = connection.kind == Kind::websocket;
  if (before == State::busy) {
    report_.failed(connection.kind, reason);
  } else if (before == State::opening || (before == State::idle && websocket)) {
    report_.failed(Kind::websocket, std::string{"while idle or opening: "} + std::string{reason});
  }
  close(connection);
  if (websocket && before != State::opening) open_websocket(connection);
  if (!websocket) next_waiting();
}

void Load::close(Connection& connection) {
  if (connection.fd >= 0) ::close(connection.fd);
  connection.fd = -1;
  connection.state = State::closed;
  connection.in.clear();
}

void Load::next_waiting() {
  for (auto* queue : {&waiting_, &waiting_websocket_}) {
    if (queue->empty()) continue;
    const Waiting wanted = queue->front();
    queue->pop_front();
    if (!place(wanted)) queue->push_front(wanted);
  }
}

void Load::expire(Clock::time_point now) {
  for (auto* all : {&kept_, &websockets_, &fresh_}) {
    for (auto& connection : *all) {
      const bool waits = connection->state == State::busy || connection->state == State::opening;
      if (waits && connection->deadline < now) lost(*connection, "timeout");
    }
  }
}

void Load::turn(Clock::time_point then) {
  std::array<epoll_event, 256> events;
  const timespec left = until(then);
  const int count = epoll_pwait2(epoll_, events.data(), events.size(), &left, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    step(*static_cast<Connection*>(event.data.ptr), event.events);
  }
  const auto now = Clock::now();
  if (now - expired_at_ < std::chrono::milliseconds{100}) return;
  expired_at_ = now;
  expire(now);
}

}  // namespace sy::openload
