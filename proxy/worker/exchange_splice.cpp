// Large bodies between two plain connections, which pass without being copied.
#include <utility>

#include "worker/exchange.h"
#include "worker/worker.h"

namespace sy::worker {
namespace {

using net::error_code;

// With less to come, the pipe costs more than the copy saves (docs/performance.md).
constexpr std::uint64_t worthwhile = 64 * 1024;

}  // namespace

// Null when the rest is to be read and written. A body that is kept for a replay has to be.
net::PipePool::Loan Exchange::pipe_for(const BodySource& body, const net::Stream& upstream) {
  const bool kept = &body == &upload_ && keeping_;
  const bool fit = body.left() >= worthwhile && !kept && !upstream.tls() && !session_.stream.tls();
  return fit ? worker_.pipes().lend() : net::PipePool::Loan{nullptr, {}};
}

// More of a response body, or all that is left of it.
net::Task<Moved> Exchange::read_or_splice(upstream::Connection& connection, BodySource& body) {
  auto pipe = pipe_for(body, connection.stream);
  return pipe ? splice_body(connection, body, std::move(pipe)) : read_body(connection, body);
}

net::Task<Moved> Exchange::read_or_splice_upload(upstream::Connection& connection) {
  auto pipe = pipe_for(upload_, connection.stream);
  return pipe ? splice_upload(connection, std::move(pipe)) : read_upload();
}

// The rest of a response body. REQUIRES: nothing of it is left in connection.in.
net::Task<Moved> Exchange::splice_body(upstream::Connection& connection, BodySource& body,
                                       net::PipePool::Loan pipe) {
  const Duration idle = session_.settings->options.timers.body_idle;
  connection.in.release();
  while (!body.done()) {
    const Moved moved = co_await read_body(connection, body, pipe.get());
    if (moved != Moved::done) co_return moved;
    body.skip(pipe->held());
    error_code error;
    writing_client_ = true;
    outcome_.bytes_out += co_await net::drain(*pipe, session_.deadline, idle, error);
    writing_client_ = false;
    if (!uploading_) session_.deadline.off();
    if (error) co_return Moved::write_failed;
  }
  co_return Moved::done;
}

// The rest of a request body, or until nobody wants it. REQUIRES: nothing of it is left in
// session_.in.
net::Task<Moved> Exchange::splice_upload(upstream::Connection& connection,
                                         net::PipePool::Loan pipe) {
  const Duration idle = session_.settings->options.timers.body_idle;
  session_.in.release();
  while (!upload_.done() && !upload_stopped_) {
    const Moved moved = co_await read_upload(pipe.get());
    if (moved != Moved::done || upload_stopped_) co_return moved;
    const std::size_t count = pipe->held();
    upload_.skip(count);
    upload_started_ = true;
    error_code error;
    std::ignore = co_await net::drain(*pipe, connection.deadline, idle, error);
    if (!response_head_read_) connection.deadline.off();
    outcome_.bytes_in += count;
    if (error) co_return Moved::write_failed;
  }
  co_return Moved::done;
}

}  // namespace sy::worker
