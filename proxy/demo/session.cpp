#include "demo/session.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <charconv>
#include <chrono>

#include "demo/answers.h"

namespace sy::demo {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using net::Awaitable;
using net::error_code;
using Parser = http::request_parser<http::buffer_body>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

constexpr std::size_t room_bytes = 64 * 1024;
constexpr std::size_t echo_bytes = 1024;  // of a body
constexpr std::uint64_t wait_max_milliseconds = 600'000;
constexpr std::string_view knobs_path = "/_demo/knobs";
constexpr std::string_view counts_path = "/_demo/counts";

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Keeps the socket findable for a crash while it is served.
class Listed {
 public:
  Listed(std::list<Socket*>& open, Socket& socket)
      : open_{open}, at_{open.insert(open.end(), &socket)} {}
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;
  ~Listed() { open_.erase(at_); }

 private:
  std::list<Socket*>& open_;
  std::list<Socket*>::iterator at_;
};

void number(std::string& out, std::uint64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

class Session {
 public:
  Session(Socket& socket, Shared& shared, Port port)
      : socket_{socket}, shared_{shared}, port_{port} {}

  Awaitable<> run() {
    bool more = true;
    while (more) more = co_await one();
  }

 private:
  // One request; false when the connection is done.
  Awaitable<bool> one() {
    Parser parser;
    parser.body_limit(boost::none);
    error_code error;
    co_await http::async_read_header(socket_, buffer_, parser,
                                     asio::redirect_error(net::use_awaitable, error));
    if (error) co_return false;
    if (websocket::is_upgrade(parser.get()) && port_ == Port::traffic) {
      co_await echo_websocket(parser);
      co_return false;
    }
    co_await read_body(parser, error);
    if (error) co_return false;
    const auto& head = parser.get();
    split_target(view(head.target()));
    const Answer reply = co_await decide(head);
    if (fault_ == Fault::hang) co_await leave();
    compose(reply, head.method() == http::verb::head, head.keep_alive());
    if (fault_ == Fault::reset) cut();
    co_await asio::async_write(socket_, asio::buffer(out_),
                               asio::redirect_error(net::use_awaitable, error));
    if (fault_ == Fault::reset) reset();
    co_return !error && fault_ != Fault::reset && head.keep_alive();
  }

  // Waits, without an answer, until the client goes away or the application crashes.
  Awaitable<> leave() {
    error_code error;
    char byte = 0;
    while (!error) {
      co_await socket_.async_read_some(asio::buffer(&byte, 1),
                                       asio::redirect_error(net::use_awaitable, error));
    }
  }

  void cut() { out_.resize(shared_.knobs.reset_early ? 0 : (head_bytes_ + out_.size()) / 2); }

  void reset() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
    socket_.close(ignored);
  }

  void split_target(std::string_view target) {
    const auto mark = target.find('?');
    path_ = target.substr(0, mark);
    query_ = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  }

  Awaitable<> read_body(Parser& parser, error_code& error) {
    body_bytes_ = 0;
    body_start_.clear();
    if (parser.is_done()) co_return;
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(socket_, asio::buffer(go_on),
                                 asio::redirect_error(net::use_awaitable, error));
    }
    room_.resize(room_bytes);
    while (!error && !parser.is_done()) {
      auto& body = parser.get().body();
      body.data = room_.data();
      body.size = room_.size();
      co_await http::async_read(socket_, buffer_, parser,
                                asio::redirect_error(net::use_awaitable, error));
      if (error == http::error::need_buffer) error = {};
      const std::size_t got = room_.size() - body.size;
      if (body_start_.size() < room_bytes) body_start_.append(room_.data(), got);
      body_bytes_ += got;
    }
  }

  Awaitable<Answer> decide(const http::request_header<>& head) {
    fault_ = Fault::none;
    if (path_ == knobs_path) co_return turn_knobs(head.method());
    if (path_ == counts_path) co_return Answer{.body = to_json(shared_.counts)};
    if (port_ == Port::knobs) co_return problem(404, "only knobs and counts are here");
    const bool probe = is_health(shared_.options, path_);
    if (!probe) {
      if (aimed_at(head)) fault_ = shared_.faults.next(shared_.knobs);
      ++shared_.requests;
      ++shared_.counts.requests;
      if (shared_.knobs.latency_ms > 0) note_delay();
    }
    co_await wait();
    if (fault_ != Fault::none) note_failure();
    if (fault_ == Fault::error) co_return problem(shared_.knobs.error_status, "as the knobs ask");
    const Question question{
        .method = view(head.method_string()),
        .path = path_,
        .query = query_,
        .request_id = view(head["X-Request-Id"]),
        .body = std::string_view{body_start_}.substr(0, std::min(body_start_.size(), echo_bytes)),
        .body_bytes = body_bytes_};
    co_return answer(shared_.options, shared_.knobs, question);
  }

  bool aimed_at(const http::request_header<>& head) const {
    if (!aims_at(shared_.knobs, path_)) return false;
    const auto aim = field_aim(shared_.knobs);
    return !aim || view(head[beast::string_view{aim->name.data(), aim->name.size()}]) == aim->value;
  }

  void note_failure() {
    Counts& counts = shared_.counts;
    const Instant now = shared_.time.now();
    ++counts.failures;
    counts.last_failure = now;
    if (counts.first_failure) return;
    counts.first_failure = now;
    counts.first_failure_wall = shared_.time.wall();
  }

  void note_delay() {
    Counts& counts = shared_.counts;
    ++counts.delayed;
    if (!counts.first_delayed) counts.first_delayed = shared_.time.now();
  }

  Awaitable<> wait() {
    auto milliseconds = static_cast<std::uint64_t>(shared_.knobs.latency_ms);
    if (path_ == "/api/slow") milliseconds += query_number(query_, "ms", 100);
    if (milliseconds == 0) co_return;
    Timer timer{socket_.get_executor()};
    timer.expires_after(std::chrono::milliseconds{std::min(milliseconds, wait_max_milliseconds)});
    co_await timer.async_wait(net::use_awaitable);
  }

  Answer turn_knobs(http::verb method) {
    if (method == http::verb::get) return {.body = to_json(shared_.knobs)};
    if (method != http::verb::put) return problem(405, "GET or PUT");
    const auto next = turn(shared_.knobs, body_start_);
    if (!next) return problem(next.error().status, next.error().what);
    shared_.apply(*next);
    return {.body = to_json(shared_.knobs)};
  }

  void compose(const Answer& reply, bool head_only, bool keep_alive) {
    const auto reason = http::obsolete_reason(static_cast<http::status>(reply.status));
    out_.assign("HTTP/1.1 ");
    number(out_, static_cast<std::uint64_t>(reply.status));
    out_ += ' ';
    out_ += view(reason);
    out_ += "\r\nContent-Type: ";
    out_ += reply.type;
    out_ += "\r\nX-Served-By: ";
    out_ += name(shared_.options.color);
    out_ += "\r\nContent-Length: ";
    number(out_, reply.body.size());
    out_ += keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
    head_bytes_ = out_.size();
    if (!head_only) out_ += reply.body;
  }

  Awaitable<> echo_websocket(const Parser& parser) {
    ++shared_.requests;
    websocket::stream<Socket&> peer{socket_};
    http::request<http::empty_body> request;
    static_cast<http::request_header<>&>(request) = parser.get().base();
    error_code error;
    co_await peer.async_accept(request, asio::redirect_error(net::use_awaitable, error));
    beast::flat_buffer message;
    while (!error) {
      message.clear();
      co_await peer.async_read(message, asio::redirect_error(net::use_awaitable, error));
      if (error) co_return;
      peer.text(peer.got_text());
      co_await peer.async_write(message.cdata(), asio::redirect_error(net::use_awaitable, error));
    }
  }

  Socket& socket_;
  Shared& shared_;
  const Port port_;
  beast::flat_buffer buffer_;
  std::string room_;
  std::string body_start_;
  std::string out_;
  std::string_view path_;
  std::string_view query_;
  std::uint64_t body_bytes_ = 0;
  std::size_t head_bytes_ = 0;  // of out_
  Fault fault_ = Fault::none;
};

}  // namespace

Awaitable<> serve(Socket socket, Shared& shared, Port port) {
  std::list<Socket*> unlisted;
  const Listed listed{port == Port::traffic ? shared.open : unlisted, socket};
  Session session{socket, shared, port};
  co_await session.run();
}

}  // namespace sy::demo
