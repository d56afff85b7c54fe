#include "worker/exchange.h"

#include <array>
#include <utility>

#include "worker/worker.h"

namespace sy::worker {
namespace {

using http::Framing;
using http::Method;
using net::error_code;
using tally::Failure;

constexpr int attempts_max = 3;       // the first, one retry, one on the other color
constexpr int candidate_strikes = 3;  // a verdict needs to see as many
constexpr Duration suspicion = std::chrono::seconds{1};

std::size_t index_of(Failure failure) { return static_cast<std::size_t>(failure); }

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
  if (!set_cookie_.empty()) worker_.give_string(std::move(set_cookie_));
  let_go();
}

net::Task<bool> Exchange::run(std::size_t head_bytes) {
  if (!begin(worker_.request_head(), head_bytes)) {
    worker_.count_refused();
    const bool kept = co_await answer();
    session_.in.consume(body_held_);
    record();
    co_return kept;
  }
  count_in();
  ended_ = co_await forward();
  place_.reset();  // its answer may take a while, others should not wait for that
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

net::Task<Exchange::Ended> Exchange::forward() {
  for (;;) {
    pool_ = nullptr;
    if (failure_ == Failure::connect_refused || !worker_.held().empty()) {
      const bool found = co_await wait_for_endpoint();
      if (!found) co_return ended_;
    }
    if (pool_ == nullptr) pool_ = choose();
    if (pool_ == nullptr) {
      fail(Failure::no_endpoint, 503, "No endpoint of this service can be reached.");
      co_return Ended::failed;
    }
    ++attempts_;
    if (std::exchange(tried_, true)) ++outcome_.retries;
    ever_sent_ = ever_sent_ || sent_;
    sent_ = any_byte_back_ = dropped_ = response_head_read_ = false;
    failure_ = Failure::none;
    upstream_status_ = 0;
    if (!enter_pending()) co_return Ended::failed;
    upstream::Connection* connection = reuse();
    if (connection == nullptr) connection = co_await connect(*pool_);
    const bool reused = connection != nullptr && connection->reused;
    if (connection != nullptr) {
      place_.reset();
      ended_ = co_await talk(*connection);
      settle(*pool_, *connection, ended_);
    }
    leave_pending();
    if (connection != nullptr && ended_ != Ended::failed) co_return ended_;
    failed_pool_ = reused ? nullptr : pool_;
    fresh_only_ = true;
    if (!try_again(reused)) co_return Ended::failed;
  }
}

// After an attempt that failed. A pooled connection that died is no failure of its endpoint yet.
bool Exchange::try_again(bool reused) {
  const Failure failure = failure_;
  const Color color = color_;
  const bool race = reused && failure == Failure::reset && !any_byte_back_;
  failed_by_[color] = failed_by_[color] || !race;
  const bool again =
      (race && may_retry(sent_)) || turn_to_live() || must_wait() || may_retry(sent_);
  if (!again) return false;
  if (failure != Failure::none) ++service_->summary[color].failures[index_of(failure)];
  return true;
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
  const bool may_cross = !previewed_ && !failed_by_[second] && (serves || vanished);
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

// The client keeps what place among the colors it has, and gets none.
void Exchange::change_color(Color color) {
  const Color live = worker_.routing().live;
  settle_pair();
  if (tried_) {
    const bool replaying = color == live;
    testify(replaying);
    if (replaying && !replayed_) {
      replayed_ = true;
      replay_began_ = worker_.time().now();
      ++service_->summary[color_].replays;
      worker_.ledger().count_replay();
    }
  }
  if (color == live) home_ = color;
  --service_->summary[color_].in_flight;
  color_ = color;
  ++service_->summary[color_].in_flight;
  version_ = service_->version[color_];
  set_cookie_.clear();
}

upstream::Connection* Exchange::reuse() {
  upstream::Connection* kept = fresh_only_ ? nullptr : pool_->reuse();
  if (kept != nullptr) ++service_->summary[color_].reuses;
  return kept;
}

net::Task<upstream::Connection*> Exchange::connect(upstream::Pool& pool) {
  tally::Summary& books = service_->summary[color_];
  ++books.connects;
  const auto made = co_await pool.connect(failure_);
  if (made) {
    const bool back = pool.doubted();  // nobody waits for an endpoint that was well
    pool.trusted();
    if (back && !worker_.held().empty()) {
      place_.reset();
      worker_.held().look();
    }
    co_return *made;
  }
  fail(failure_, 503, "The service cannot be reached.");
  answer_.retry_after = 1;
  if (made.error().blame == Blame::self) co_return nullptr;
  ++books.connect_failures;
  const bool candidate = worker_.ledger().guarding() && color_ != worker_.routing().live;
  const bool watched = candidate && failure_ == Failure::connect_refused;
  pool.failed(worker_.wheel().now() + suspicion, watched ? candidate_strikes : 1);
  co_return nullptr;
}

net::Task<Exchange::Ended> Exchange::talk(upstream::Connection& connection) {
  ended_ = Ended::failed;
  reusable_ = request_complete_ = upload_stopped_ = false;
  sent_at_ = worker_.time().now();
  // The head and what of the body is here already, in one go. When the connection breaks, what it
  // may have answered before is still read.
  bool all_sent = false;
  if (replayed_ && !whole_) {
    all_sent = co_await send_again(connection);
  } else {
    const std::string_view body = session_.in.bytes().substr(0, body_held_);
    std::array<iovec, 2> both{iovec{request_.data(), request_.size()},
                              iovec{const_cast<char*>(body.data()), body.size()}};
    const std::span<iovec> pieces{both.data(), body.empty() ? 1u : 2u};
    net::error_code error;
    connection.deadline.in(session_.settings->options.timers.body_idle);
    const std::size_t written = co_await net::write_all(connection.stream, pieces, error);
    sent_ = sent_ || written != 0;
    all_sent = !error;
  }
  request_complete_ = upload_.done() && all_sent;
  if (upload_.done() || !all_sent) {
    connection.deadline.in(session_.settings->options.timers.response_head);
    co_await respond(connection);
  } else {
    uploading_ = true;
    connection.deadline.off();
    co_await net::both(upload(connection), download(connection));
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
bool Exchange::may_retry(bool sent) {
  if (response_begun_ || upload_started_ || client_fault_ || session_.stream.expired())
    return false;
  if (failure_ == Failure::none || failure_ == Failure::timeout) return false;
  if (sent && (!idempotent_ || any_byte_back_)) return false;
  // One more where the last was refused: the color has died between two attempts.
  const bool died = failure_ == Failure::connect_refused && attempts_ == attempts_max;
  if (attempts_ >= attempts_max && !died) return false;
  return !sent || worker_.retries().spend();  // what was never sent adds no load
}

void Exchange::settle(upstream::Pool& pool, upstream::Connection& connection, Ended ended) {
  if ((ended == Ended::answered || dropped_) && reusable_ && request_complete_) {
    pool.release(connection, announced_);
  } else {
    pool.discard(connection);
  }
}

void Exchange::fail(Failure failure, int status, std::string_view detail) {
  failure_ = failure;
  answer_ = {status, detail};
}

}  // namespace sy::worker
