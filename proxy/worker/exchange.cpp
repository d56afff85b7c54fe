#include "worker/exchange.h"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "worker/worker.h"

namespace sy::worker {
namespace {

namespace asio = net::asio;
using http::Framing;
using http::Method;
using net::error_code;
using tally::Failure;

constexpr int attempts_max = 3;  // the first, one retry, one on the other color

std::string_view word(Failure failure) {
  switch (failure) {
    case Failure::none: return {};
    case Failure::connect_refused: return "connect_refused";
    case Failure::connect_timeout: return "connect_timeout";
    case Failure::reset: return "reset";
    case Failure::timeout: return "timeout";
    case Failure::bad_response: return "bad_response";
    case Failure::truncated: return "truncated";
    case Failure::no_endpoint: return "no_endpoint";
  }
  return {};
}

}  // namespace

Exchange::Exchange(Session& session, Instant began)
    : session_{session},
      worker_{session.worker},
      request_{worker_.take_string()},
      response_{worker_.take_string()},
      accept_{worker_.take_string()},
      upload_{Framing::none, 0, {}},
      began_{began} {}

Exchange::~Exchange() {
  worker_.give_string(std::move(request_));
  worker_.give_string(std::move(response_));
  worker_.give_string(std::move(accept_));
}

net::Awaitable<bool> Exchange::run(std::size_t head_bytes) {
  if (!begin(worker_.request_head(), head_bytes)) {
    worker_.count_refused();
    const bool kept = co_await answer();
    session_.in.consume(body_held_);
    record();
    co_return kept;
  }
  count_in();
  ended_ = co_await forward();
  bool kept = ended_ == Ended::answered && keep_alive_;
  if (ended_ == Ended::failed && !response_begun_) kept = co_await answer();
  if (ended_ == Ended::failed && response_begun_) session_.stream.close();
  if (ended_ == Ended::client_left || ended_ == Ended::tunnel) session_.stream.close();
  session_.in.consume(std::exchange(body_held_, 0));
  record();
  co_return kept&& upload_.done();
}

void Exchange::count_in() {
  ++service_->summary[color_].in_flight;
  counted_in_ = true;
}

net::Awaitable<Exchange::Ended> Exchange::forward() {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    pool_ = choose();
    if (pool_ == nullptr) {
      fail(Failure::no_endpoint, 503, "No endpoint of this service can be reached.");
      co_return Ended::failed;
    }
    if (attempt != 0) ++outcome_.retries;
    sent_ = any_byte_back_ = false;
    failure_ = Failure::none;
    if (!enter_pending()) co_return Ended::failed;
    upstream::Connection* connection = co_await connect(*pool_);
    const bool reused = connection != nullptr && connection->reused;
    if (connection != nullptr) {
      ended_ = co_await talk(*connection);
      settle(*pool_, *connection, ended_);
    }
    leave_pending();
    if (connection != nullptr && ended_ != Ended::failed) co_return ended_;
    failed_pool_ = reused ? nullptr : pool_;
    fresh_only_ = true;
    if (!may_retry(sent_)) co_return Ended::failed;
    note_failure(failure_);
  }
  co_return Ended::failed;
}

// An endpoint of the color that was picked. The other color takes over when this one has vanished,
// or when it has traffic of its own anyway: one reset must not show users a version at 0 %.
upstream::Pool* Exchange::choose() {
  upstream::Pool* fit = worker_.choose(*service_, color_, Fitness::fit, failed_pool_);
  return fit != nullptr ? fit : choose_for_want_of_better();
}

upstream::Pool* Exchange::choose_for_want_of_better() {
  const Color second = other(color_);
  const split::Routing& routing = worker_.routing();
  const bool serves = routing.weight[second] != 0 || routing.live == second;
  const bool vanished = worker_.choose(*service_, color_, Fitness::fit, nullptr) == nullptr;
  const bool may_cross = !previewed_ && (serves || vanished);
  for (const Fitness fitness : {Fitness::fit, Fitness::open, Fitness::any}) {
    if (upstream::Pool* own = worker_.choose(*service_, color_, fitness, failed_pool_)) return own;
    upstream::Pool* cross =
        may_cross ? worker_.choose(*service_, second, fitness, failed_pool_) : nullptr;
    if (cross == nullptr) continue;
    change_color(second);
    return cross;
  }
  return worker_.choose(*service_, color_, Fitness::any, nullptr);
}

void Exchange::change_color(Color color) {
  --service_->summary[color_].in_flight;
  color_ = color;
  ++service_->summary[color_].in_flight;
  version_ = service_->version[color_];
  set_cookie_.clear();
}

net::Awaitable<upstream::Connection*> Exchange::connect(upstream::Pool& pool) {
  tally::Summary& books = service_->summary[color_];
  if (upstream::Connection* kept = fresh_only_ ? nullptr : pool.reuse()) {
    ++books.reuses;
    co_return kept;
  }
  ++books.connects;
  const auto made = co_await pool.connect(failure_);
  if (made) {
    pool.trusted();
    co_return *made;
  }
  ++books.connect_failures;
  if (made.error().blame != Blame::self) {
    pool.suspect_for(worker_.wheel().now() + std::chrono::seconds{1});
  }
  fail(failure_, 503, "The service cannot be reached.");
  answer_.retry_after = 1;
  co_return nullptr;
}

net::Awaitable<Exchange::Ended> Exchange::talk(upstream::Connection& connection) {
  using namespace asio::experimental::awaitable_operators;
  ended_ = Ended::failed;
  reusable_ = request_complete_ = upload_stopped_ = false;
  sent_at_ = worker_.time().now();
  const bool all_sent = co_await send(connection);
  request_complete_ = whole_ && all_sent;
  if (whole_ || !all_sent) {
    connection.deadline.in(session_.settings->options.timers.response_head);
    co_await download(connection);
  } else {
    uploading_ = true;
    connection.deadline.off();
    co_await (upload(connection) && download(connection));
  }
  co_return ended_;
}

bool Exchange::enter_pending() {
  if (worker_.enter_pending(color_)) {
    pending_ = color_;
    return true;
  }
  fail(Failure::none, 503, "Too many requests are waiting for this service.");
  answer_.retry_after = 1;
  return false;
}

void Exchange::leave_pending() {
  if (pending_) worker_.leave_pending(*pending_);
  pending_.reset();
}

// Nothing reached an upstream: any method. It may have: only what may be done twice, and only while
// the body can be sent again and nothing has come back (RFC 9110 §9.2.2).
bool Exchange::may_retry(bool sent) const {
  if (response_begun_ || upload_started_ || client_fault_ || session_.stream.expired())
    return false;
  if (failure_ == Failure::none || failure_ == Failure::timeout) return false;
  if (sent && (!idempotent_ || any_byte_back_)) return false;
  if (outcome_.retries + 1 >= attempts_max) return false;
  return !sent || worker_.spend_retry();  // what was never sent adds no load
}

void Exchange::note_failure(Failure failure) {
  ++service_->summary[color_].failures[static_cast<std::size_t>(failure)];
}

void Exchange::settle(upstream::Pool& pool, upstream::Connection& connection, Ended ended) {
  if (ended == Ended::answered && reusable_ && request_complete_) {
    pool.release(connection, announced_);
  } else {
    pool.discard(connection);
  }
}

void Exchange::fail(Failure failure, int status, std::string_view detail) {
  failure_ = failure;
  answer_ = {status, detail};
}

// --- to the upstream ----------------------------------------------------------------------------

// The head and what of the body is here already, in one go. False when the connection broke: what
// it may have answered before is still read.
net::Awaitable<bool> Exchange::send(upstream::Connection& connection) {
  std::array<iovec, 2> both{iovec{request_.data(), request_.size()}, iovec{nullptr, 0}};
  const std::string_view body = session_.in.bytes().substr(0, body_held_);
  both[1] = {const_cast<char*>(body.data()), body.size()};
  const std::span<iovec> pieces{both.data(), body.empty() ? 1u : 2u};
  error_code error;
  connection.deadline.in(session_.settings->options.timers.body_idle);
  const std::size_t written = co_await net::write_all(connection.stream, pieces, error);
  sent_ = sent_ || written != 0;
  co_return !error;
}

net::Awaitable<> Exchange::upload(upstream::Connection& connection) {
  const Timers& timers = session_.settings->options.timers;
  Moved moved = Moved::done;
  for (;;) {
    const BodySource::Run run = upload_.next(session_.in.bytes());
    moved = run.bad ? Moved::bad : Moved::done;
    if (run.bad) break;
    Outgoing out{{}, run, upload_, framing_};
    error_code error;
    if (out.size() != 0) {
      upload_started_ = true;
      const auto pieces = out.pieces();
      std::ignore = co_await net::write_all(connection.deadline, timers.body_idle, pieces, error);
      // While the client is waited for, the upstream has nothing to be late with.
      if (!response_head_read_) connection.deadline.off();
    }
    if (run.taken != 0) upload_started_ = true;
    outcome_.bytes_in += run.bytes;
    session_.in.consume(run.taken);
    if (error) moved = Moved::write_failed;
    if (error || upload_.done() || upload_stopped_) break;
    if (run.taken != 0 && !session_.in.empty()) continue;
    if (run.taken == session_.in.capacity()) session_.in.grow();
    moved = co_await read_upload();
    if (moved != Moved::done || upload_stopped_) break;
  }
  upload_ended(connection, moved);
}

// A client that was asked to wait for a 100 is not slow before its first byte.
Duration Exchange::upload_allowance() const {
  const Timers& timers = session_.settings->options.timers;
  if (expects_continue_ && outcome_.bytes_in == 0) return timers.body_idle;
  const Pace pace{timers.body_idle, session_.settings->options.limits.minimum_rate,
                  timers.minimum_rate_after};
  return read_allowance(pace, outcome_.bytes_in, client_waited_for_);
}

net::Awaitable<Moved> Exchange::read_upload() {
  const Instant asked = worker_.time().now();
  session_.deadline.in(upload_allowance());
  bool wait = ++rounds_ % rounds_in_a_row == 0;
  for (;;) {
    if (wait) co_await session_.readable();
    if (upload_stopped_) co_return Moved::done;
    error_code error;
    const std::size_t got = session_.stream.read_now(session_.in.space(), error);
    session_.in.commit(got);
    wait = error == asio::error::would_block && !session_.stream.expired();
    if (wait) continue;
    if (!expects_continue_ || outcome_.bytes_in != 0) {
      client_waited_for_ += worker_.time().now() - asked;
    }
    // While the upstream takes its time the client has nothing to be late with.
    if (!writing_client_) session_.deadline.off();
    if (!error) co_return Moved::done;
    co_return session_.stream.expired() ? Moved::read_timed_out : Moved::read_failed;
  }
}

void Exchange::upload_ended(upstream::Connection& connection, Moved moved) {
  uploading_ = false;
  if (upload_stopped_) return;
  switch (moved) {
    case Moved::done: request_complete_ = true; return await_response(connection);
    case Moved::write_failed:  // the response may have come before the upstream stopped reading
      return await_response(connection);
    case Moved::bad: answer_ = {upload_.refusal().status, upload_.refusal().reason}; break;
    case Moved::read_timed_out: answer_ = {408, "The request body did not arrive in time."}; break;
    case Moved::read_failed:
    case Moved::cut_short: answer_ = {0, {}}; break;
  }
  // The upstream is left without the rest, which it must notice.
  client_fault_ = true;
  keep_alive_ = false;
  connection.stream.expire();
}

// The deadlines are the response's alone now.
void Exchange::await_response(upstream::Connection& connection) {
  if (!writing_client_) session_.deadline.off();
  if (!response_head_read_) {
    connection.deadline.in(session_.settings->options.timers.response_head);
  } else if (writing_client_) {
    connection.deadline.off();
  }
}

void Exchange::stop_upload(upstream::Connection& connection) {
  if (!uploading_ || upload_stopped_) return;
  upload_stopped_ = true;
  connection.stream.expire();
  session_.stream.cancel_waits();
}

// --- ending -------------------------------------------------------------------------------------

net::Awaitable<bool> Exchange::answer() {
  if (answer_.status == 0) {
    session_.stream.close();
    co_return false;
  }
  const bool keep =
      keep_alive_ && upload_.done() && !worker_.finishing() && !session_.stream.expired();
  const http::Reply reply{.status = answer_.status,
                          .detail = answer_.detail,
                          .request_id = request_id(),
                          .date = worker_.date(),
                          .retry_after = answer_.retry_after,
                          .keep_alive = keep,
                          .head_only = method_ == Method::head,
                          .allow = answer_.allow};
  outcome_.status = answer_.status;
  const bool written = co_await session_.reply(reply, accept_);
  outcome_.bytes_out = session_.bytes_out;
  co_return keep&& written;
}

void Exchange::record() {
  outcome_.color = color_;
  outcome_.failure = failure_;
  const Duration total = worker_.time().now() - began_;
  // A tunnel's life is not a latency: what its color is judged by is how long it took to open.
  outcome_.total = ended_ == Ended::tunnel ? sent_at_ + upstream_took_ - began_ : total;
  if (ended_ == Ended::client_left) outcome_.status = 0;
  if (service_ != nullptr && colored_) {
    tally::Summary& books = service_->summary[color_];
    if (counted_in_) --books.in_flight;
    books.add(outcome_);
  }
  access_log::Writer* log = worker_.log();
  if (log == nullptr) return;
  access_log::Record line;
  line.at = worker_.wall(began_);
  line.method = method_;
  if (service_ != nullptr) line.service = service_->name;
  if (route_ != nullptr) line.route = *route_;
  if (colored_) line.color = color_;
  if (version_ != nullptr) line.version = *version_;
  line.status = outcome_.status;
  line.failure = word(failure_);
  line.total = total;
  line.upstream = upstream_took_;
  line.bytes_in = outcome_.bytes_in;
  line.bytes_out = outcome_.bytes_out;
  line.request_id = request_id();
  line.retries = outcome_.retries;
  line.tls = session_.stream.tls();
  line.client_closed = ended_ == Ended::client_left;
  log->add(line);
}

}  // namespace sy::worker
