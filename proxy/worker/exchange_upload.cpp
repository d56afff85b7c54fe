// The way out of an exchange: the head, the body, and who is late with it.
#include <boost/asio/error.hpp>
#include <utility>

#include "worker/exchange.h"
#include "worker/worker.h"

namespace sy::worker {

namespace asio = boost::asio;
using net::error_code;

net::Task<> Exchange::upload(upstream::Connection& connection) {
  const Timers& timers = session_.settings->options.timers;
  Moved moved = Moved::done;
  for (;;) {
    const BodySource::Run run = upload_.next(session_.in.bytes());
    moved = run.bad ? Moved::bad : Moved::done;
    if (run.bad) break;
    keep(run);
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
    moved = co_await read_or_splice_upload(connection);
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

net::Task<Moved> Exchange::read_upload(net::Pipe* pipe) {
  const Instant asked = worker_.time().now();
  session_.deadline.in(upload_allowance());
  if (is_others_turn(pipe != nullptr)) co_await session_.stream.turn();
  for (;;) {
    if (!upload_stopped_) co_await session_.stream.wait_read();
    if (upload_stopped_) co_return Moved::done;
    error_code error;
    if (pipe != nullptr) {
      pipe->fill(session_.stream, upload_.left(), error);
    } else {
      session_.in.commit(session_.stream.read_now(session_.in.space(), error));
    }
    if (error == asio::error::would_block && !session_.stream.expired()) continue;
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
  if (upload_stopped_) return session_.deadline.off();
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

}  // namespace sy::worker
