// The part of an exchange that spares a client its color's failure: by asking live what the
// candidate could not answer, and by waiting for a color that will be back in a moment.
#include "worker/exchange.h"
#include "worker/worker.h"

namespace sy::worker {

using http::Framing;
using net::error_code;
using tally::Failure;

// --- replay -------------------------------------------------------------------------------------

// There is a live color to ask, and the client has been told nothing yet.
bool Exchange::may_turn_to_live() const {
  const Color live = worker_.routing().live;
  if (color_ == live || previewed_ || response_begun_ || client_fault_) return false;
  if (!session_.settings->options.shield.replay || session_.stream.expired()) return false;
  return !failed_by_[live] && worker_.choose(*service_, live, Fitness::open, nullptr) != nullptr;
}

// What an upstream may have had can be sent once more: it may be done twice (RFC 9110 §9.2.2), and
// its body is at hand as far as it has come.
bool Exchange::replayable() const {
  const std::size_t most = session_.settings->options.shield.replay_bytes_max;
  const bool at_hand = whole_ ? body_held_ <= most : keeping_ || !upload_started_;
  return (idempotent_ || keyed_) && at_hand && !hinted_;
}

// After a failure of the candidate. Another of its endpoints comes first only while nothing has
// been sent; what was sent costs of the budget.
bool Exchange::turn_to_live() {
  if (failure_ == Failure::none && !dropped_) return false;
  if (failure_ == Failure::no_endpoint || !may_turn_to_live()) return false;
  if (sent_ && !dropped_) {
    if (!replayable()) return false;
    if (!worker_.replays().spend()) {
      worker_.ledger().count_unshielded();
      return false;
    }
  }
  const bool another = !sent_ && attempts_ == 1 &&
                       worker_.choose(*service_, color_, Fitness::fit, failed_pool_) != nullptr;
  if (another) return true;
  change_color(worker_.routing().live);
  attempts_ = 0;
  failed_pool_ = nullptr;
  upload_started_ = keeping_ = false;
  return true;
}

// A status that speaks against the candidate is not passed on when live can be asked.
bool Exchange::spares_client(int status) {
  if (!service_->failing.test(static_cast<std::size_t>(status))) return false;
  if (!may_turn_to_live() || !replayable()) return false;
  dropped_ = worker_.replays().spend();
  if (!dropped_) worker_.ledger().count_unshielded();
  return dropped_;
}

// The connection may go on when all of the answer is here already. Should live be gone before it
// is asked, the client is told so much.
void Exchange::drop_answer(upstream::Connection& connection, std::size_t length) {
  const http::ResponseHead& head = worker_.response_head();
  head_arrived();
  BodySource body{head.framing, head.length, session_.settings->options.limits.http};
  keep_or_not(head);
  connection.in.consume(length);
  for (;;) {
    const BodySource::Run run = body.next(connection.in.bytes());
    connection.in.consume(run.taken);
    if (run.bad || run.taken == 0) break;
  }
  reusable_ = reusable_ && body.done();
  answer_ = {502, "The service could not answer this request."};
}

void Exchange::keep(const BodySource::Run& run) {
  if (!keeping_) return;
  const std::size_t most = session_.settings->options.shield.replay_bytes_max;
  keeping_ = kept_.size() + run.bytes <= most;
  if (!keeping_) return let_go();
  if (kept_.empty()) kept_ = worker_.take_string();
  for (std::size_t i = 0; i < run.count; ++i) kept_ += run.span[i];
}

// What will not be replayed any more need not be kept, however long the exchange goes on.
void Exchange::let_go() {
  keeping_ = false;
  if (kept_.capacity() > std::string{}.capacity()) worker_.give_string(std::exchange(kept_, {}));
}

// The head and what of the body has left the session's buffer; the rest follows as it comes.
net::Task<bool> Exchange::send_again(upstream::Connection& connection) {
  BodySource::Run run;
  run.span[0] = kept_;
  run.count = 1;
  run.bytes = kept_.size();
  Outgoing out{request_, run, upload_, framing_};
  const auto pieces = out.pieces();
  error_code error;
  const Duration idle = session_.settings->options.timers.body_idle;
  const std::size_t written = co_await net::write_all(connection.deadline, idle, pieces, error);
  sent_ = sent_ || written != 0;
  co_return !error;
}

// How the request went on live, for the mishap that waits to know.
void Exchange::settle_pair() {
  if (ticket_ == Ledger::no_ticket) return;
  const Says live = says();
  const tally::Replay unknown = tally::Replay::none;
  const tally::Replay failed = live == Says::ill ? tally::Replay::live_failed : unknown;
  worker_.ledger().replayed(std::exchange(ticket_, Ledger::no_ticket),
                            live == Says::well ? tally::Replay::live_well : failed);
}

// --- hold ---------------------------------------------------------------------------------------

// No endpoint is known to answer: those of this color refused a moment ago, and the other color
// cannot take over.
bool Exchange::nowhere_fit() const {
  const Color second = other(home_);
  if (worker_.choose(*service_, home_, Fitness::fit, nullptr) != nullptr) return false;
  return failed_by_[second] || worker_.choose(*service_, second, Fitness::open, nullptr) == nullptr;
}

// A color whose gate has been shut for long is answered for at once.
bool Exchange::must_wait() const {
  if (previewed_ || sent_ || session_.stream.expired()) return false;
  if (place_) return nowhere_fit();
  const bool refused = failure_ == Failure::connect_refused && failed_by_[color_];
  if (!refused && !worker_.held().waiting(*service_, color_)) return false;
  return worker_.routing().open[home_] && worker_.may_hold() && nowhere_fit();
}

// False when the exchange has ended without an endpoint to try.
net::Task<bool> Exchange::wait_for_endpoint() {
  while (must_wait()) {
    if (color_ != home_) change_color(home_);  // an endpoint of its own is what it is sent to
    if (!place_) {
      const Duration most = session_.settings->options.shield.hold_max;
      place_.emplace(worker_.held(), *service_, color_, session_, worker_.wheel().now() + most);
    }
    place_->turn_to(color_);
    const Held::Why why = co_await place_->wait();
    if (!ever_sent_) failed_by_ = {};  // both may be back; but what failed it is not asked twice
    attempts_ = 0;
    failed_pool_ = nullptr;
    switch (why) {
      case Held::Why::look: continue;
      case Held::Why::try_: pool_ = place_->pool(); co_return true;
      case Held::Why::left: ended_ = Ended::client_left; break;
      case Held::Why::over: ended_ = Ended::failed; break;
    }
    place_.reset();
    if (failure_ == Failure::none) refuse_for_now();
    co_return false;
  }
  co_return !crowded_out();
}

// As many wait for this color as may: nobody else is to knock at its endpoints.
bool Exchange::crowded_out() {
  const bool full = !place_ && failure_ == Failure::none && !previewed_ && !worker_.may_hold();
  if (!full || !worker_.held().waiting(*service_, color_) || !nowhere_fit()) return false;
  ended_ = Ended::failed;
  refuse_for_now();
  return true;
}

void Exchange::refuse_for_now() {
  fail(Failure::no_endpoint, 503, "The service cannot be reached.");
  answer_.retry_after = 1;
}

}  // namespace sy::worker
