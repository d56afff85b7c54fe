// The end of an exchange: an answer of our own where the upstream gave none, and what is written
// down.
#include <utility>

#include "worker/exchange.h"
#include "worker/worker.h"

namespace sy::worker {
namespace {

using tally::Failure;

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

net::Task<bool> Exchange::answer() {
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
                          .head_only = method_ == http::Method::head,
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
  // Nor is the time another color has cost.
  outcome_.total = ended_ == Ended::tunnel ? sent_at_ + upstream_took_ - began_ : total;
  if (replayed_ && ended_ != Ended::tunnel) outcome_.total = total - (replay_began_ - began_);
  if (ended_ == Ended::client_left) outcome_.status = 0;
  if (service_ != nullptr && colored_) {
    tally::Summary& books = service_->summary[color_];
    if (counted_in_) --books.in_flight;
    books.add(outcome_);
    settle_pair();
    testify(false);
  }
  write_line(total);
}

void Exchange::write_line(Duration total) {
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
  line.replayed = replayed_;
  line.tls = session_.stream.tls();
  line.client_closed = ended_ == Ended::client_left;
  log->add(line);
}

}  // namespace sy::worker
