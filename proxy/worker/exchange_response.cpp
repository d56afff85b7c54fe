// The way back of an exchange: response heads, interim responses, bodies, tunnels.
#include <algorithm>
#include <charconv>
#include <utility>

#include "worker/exchange.h"
#include "worker/tunnel.h"
#include "worker/worker.h"

namespace sy::worker {
namespace {

namespace asio = boost::asio;
using http::FieldId;
using http::Framing;
using net::error_code;
using tally::Failure;

constexpr int interims_max = 16;

// "timeout=5" of a Keep-Alive field, or zero.
Duration announced_idle(std::string_view value) {
  const auto at = value.find("timeout=");
  if (at == std::string_view::npos) return {};
  unsigned seconds = 0;
  const std::string_view digits = value.substr(at + 8);
  std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  return std::chrono::seconds{seconds};
}

bool same(std::string_view wanted, std::string_view lower_case) {
  return std::equal(wanted.begin(), wanted.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

// True when `good` says so of every item of a comma-separated list.
template <class Good>
bool every_item(std::string_view list, Good good) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    item = item.substr(0, item.find_last_not_of(" \t") + 1);
    if (!item.empty() && !good(item)) return false;
  }
  return true;
}

Framing towards(int client_minor, Framing from) {
  if (from != Framing::chunked && from != Framing::to_close) return from;
  return client_minor == 0 ? Framing::to_close : Framing::chunked;
}

}  // namespace

net::Task<> Exchange::download(upstream::Connection& connection) {
  co_await respond(connection);
  stop_upload(connection);
}

net::Task<> Exchange::respond(upstream::Connection& connection) {
  for (;;) {
    HeadBytes bytes;
    Look look = look_for_head(connection, bytes);
    while (look == Look::more) {
      co_await connection.stream.wait_read();
      look = read_head(connection, bytes);
    }
    if (look == Look::ended) co_return;
    const http::ResponseHead& head = worker_.response_head();
    if (head.status == 101) {
      co_await tunnel(connection, bytes.length);
      co_return;
    }
    if (head.status >= 200 && spares_client(head.status)) {
      drop_answer(connection, bytes.length);
      co_return;
    }
    if (head.status >= 200) {
      co_await relay(connection, bytes.length);
      co_return;
    }
    if (!co_await interim(connection, bytes.length)) co_return;
  }
}

// Whole: it lies parsed in the worker's scratch, its bytes at the front of connection.in. Ended:
// the exchange has, without a head.
Exchange::Look Exchange::look_for_head(upstream::Connection& connection, HeadBytes& bytes) {
  const http::Limits& limits = session_.settings->options.limits.http;
  net::Buffer& in = connection.in;
  bytes.length = in.empty() ? 0 : http::head_length(in.bytes(), bytes.scanned);
  if (bytes.length == 0) {
    if (in.full()) in.grow();
    if (in.size() <= limits.head_bytes_max && !in.full()) return Look::more;
    fail(Failure::bad_response, 502, "The service sent a response head that is too large.");
    return Look::ended;
  }
  const auto refusal = http::parse_response(in.bytes().substr(0, bytes.length), method_, limits,
                                            worker_.response_head());
  if (refusal.status == 0) return Look::whole;
  fail(Failure::bad_response, 502, "The service sent a response that is not valid HTTP.");
  return Look::ended;
}

// Takes in more of it.
Exchange::Look Exchange::read_head(upstream::Connection& connection, HeadBytes& bytes) {
  error_code error;
  const std::size_t count = connection.stream.read_now(connection.in.space(), error);
  if (error == asio::error::would_block && !connection.stream.expired()) return Look::more;
  if (!error) {
    connection.in.commit(count);
    any_byte_back_ = true;
    return look_for_head(connection, bytes);
  }
  if (client_fault_) return Look::ended;  // said already
  if (connection.stream.expired()) {
    fail(Failure::timeout, 504, "The service did not answer in time.");
  } else {
    fail(Failure::reset, 502, "The service closed the connection before it answered.");
  }
  return Look::ended;
}

// Passes a 1xx on, to clients that know them; false when the exchange has ended.
net::Task<bool> Exchange::interim(upstream::Connection& connection, std::size_t length) {
  if (++interims_ > interims_max) {
    fail(Failure::bad_response, 502, "The service sent too many interim responses.");
    co_return false;
  }
  error_code error;
  const int status = worker_.response_head().status;
  // A client that was told to go on already, by the color that failed, has gone on.
  const bool stale = replayed_ && status == 100 && outcome_.bytes_in != 0;
  if (client_minor_ == 1 && !stale) {
    hinted_ = hinted_ || status != 100;
    http::Returning returning;
    response_.clear();
    http::write_response(response_, worker_.response_head(), returning);
    writing_client_ = true;
    session_.deadline.in(session_.settings->options.timers.body_idle);
    std::ignore = co_await net::write_text(session_.stream, response_, error);
    writing_client_ = false;
    if (!uploading_) session_.deadline.off();
  }
  connection.in.consume(length);
  if (!error) co_return true;
  ended_ = Ended::client_left;
  co_return false;
}

void Exchange::head_arrived() {
  response_head_read_ = true;
  upstream_status_ = worker_.response_head().status;
  upstream_took_ = worker_.time().now() - sent_at_;
  leave_pending();
  settle_pair();
}

// The upstream connection, by the head's word.
void Exchange::keep_or_not(const http::ResponseHead& head) {
  reusable_ = head.keep_alive && head.framing != Framing::to_close;
  announced_ = announced_idle(head.value(FieldId::keep_alive));
}

// Writes the final head into response_ and settles what both connections may be used for after it.
void Exchange::prepare_response() {
  const http::ResponseHead& head = worker_.response_head();
  head_arrived();
  keep_or_not(head);
  const Framing as = towards(client_minor_, head.framing);
  if (!upload_.done() || as == Framing::to_close || worker_.finishing()) keep_alive_ = false;
  outcome_.status = head.status;
  http::Returning returning;
  returning.date = worker_.date();
  returning.set_cookie = set_cookie_;
  returning.request_id = request_id();
  returning.client_minor = client_minor_;
  returning.keep_alive = keep_alive_;
  returning.framing = as;
  returning.length = head.length;
  response_.clear();
  http::write_response(response_, head, returning);
}

net::Task<> Exchange::relay(upstream::Connection& connection, std::size_t length) {
  const http::ResponseHead& head = worker_.response_head();
  BodySource body{head.framing, head.length, session_.settings->options.limits.http};
  if (head.framing == Framing::chunked) body.nominate(head.fields());
  const Framing as = towards(client_minor_, head.framing);
  prepare_response();
  connection.in.consume(length);  // the head's views end here
  const Duration idle = session_.settings->options.timers.body_idle;
  std::string_view prefix = response_;
  Moved moved = Moved::done;
  response_begun_ = true;
  let_go();
  // An upstream is not late while the client is slow.
  if (!uploading_) connection.deadline.off();
  for (;;) {
    const BodySource::Run run = body.next(connection.in.bytes());
    moved = run.bad ? Moved::bad : Moved::done;
    if (run.bad) break;
    Outgoing out{prefix, run, body, as};
    prefix = {};
    error_code error;
    if (out.size() != 0) {
      writing_client_ = true;
      const auto pieces = out.pieces();
      outcome_.bytes_out += co_await net::write_all(session_.deadline, idle, pieces, error);
      writing_client_ = false;
      if (!uploading_) session_.deadline.off();
    }
    connection.in.consume(run.taken);
    if (error) moved = Moved::write_failed;
    if (error || body.done()) break;
    if (run.taken != 0 && !connection.in.empty()) continue;
    if (run.taken == connection.in.capacity()) connection.in.grow();
    moved = co_await read_or_splice(connection, body);
    if (moved != Moved::done) break;
  }
  response_moved(moved, as);
}

// A pipe takes as much at once as several reads.
bool Exchange::is_others_turn(bool spliced) {
  rounds_ += spliced ? 4 : 1;
  if (rounds_ < rounds_in_a_row) return false;
  rounds_ = 0;
  return true;
}

// Gets more of a response body, or its end. Every few rounds it lets others go first: a fast
// upstream and a fast client must not have the worker to themselves.
net::Task<Moved> Exchange::read_body(upstream::Connection& connection, BodySource& body,
                                     net::Pipe* pipe) {
  connection.deadline.in(session_.settings->options.timers.body_idle);
  if (is_others_turn(pipe != nullptr)) co_await connection.stream.turn();
  for (;;) {
    co_await connection.stream.wait_read();
    error_code error;
    if (pipe != nullptr) {
      pipe->fill(connection.stream, body.left(), error);
    } else {
      connection.in.commit(connection.stream.read_now(connection.in.space(), error));
    }
    if (error == asio::error::would_block && !connection.stream.expired()) continue;
    if (!uploading_) connection.deadline.off();
    if (!error) co_return Moved::done;
    if (error == asio::error::eof && body.end()) co_return Moved::done;
    co_return connection.stream.expired() ? Moved::read_timed_out : Moved::cut_short;
  }
}

void Exchange::response_moved(Moved moved, Framing as) {
  if (client_fault_) {
    ended_ = Ended::client_left;
    return;
  }
  switch (moved) {
    case Moved::done: ended_ = Ended::answered; return;
    case Moved::write_failed: ended_ = Ended::client_left; return;
    case Moved::bad: failure_ = Failure::bad_response; break;
    case Moved::read_timed_out: failure_ = Failure::timeout; break;
    case Moved::cut_short:
    case Moved::read_failed: failure_ = Failure::truncated; break;
  }
  // The client must not take what it has for the whole (RFC 9112 §8). Where only the end of the
  // connection would say so, it is a reset that says it is not.
  ended_ = Ended::failed;
  if (as == Framing::to_close) session_.stream.reset();
}

// Every protocol the upstream switches to must be one the client asked for (RFC 9110 §7.8).
bool Exchange::offered(std::string_view upgrade) const {
  if (upgrade.empty() || offered_.empty()) return false;
  return every_item(upgrade, [&](std::string_view wanted) {
    return !every_item(offered_, [&](std::string_view had) { return !same(wanted, had); });
  });
}

net::Task<> Exchange::tunnel(upstream::Connection& connection, std::size_t length) {
  if (!offered(worker_.response_head().upgrade) || !request_complete_) {
    fail(Failure::bad_response, 502, "The service switched protocols without being asked to.");
    co_return;
  }
  http::Returning returning;
  returning.date = worker_.date();
  returning.set_cookie = set_cookie_;
  returning.request_id = request_id();
  returning.pass_upgrade = true;
  response_.clear();
  http::write_response(response_, worker_.response_head(), returning);
  connection.in.consume(length);
  head_arrived();
  testify(false);  // nothing that happens in a tunnel, for hours perhaps, speaks of its color
  outcome_.status = 101;
  error_code error;
  response_begun_ = true;
  session_.deadline.in(session_.settings->options.timers.body_idle);
  std::ignore = co_await net::write_text(session_.stream, response_, error);
  session_.in.consume(std::exchange(body_held_, 0));
  if (!error) {
    Tunnel both{session_, connection, *service_, color_, websocket_};
    co_await both.run();
    outcome_.bytes_in += both.bytes_in;
    outcome_.bytes_out += both.bytes_out;
  }
  ended_ = Ended::tunnel;
}

}  // namespace sy::worker
