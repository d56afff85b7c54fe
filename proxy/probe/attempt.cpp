#include "probe/attempt.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <string_view>
#include <utility>

#include "health/identity.h"
#include "health/words.h"

namespace sy::probe {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::redirect_error;
using health::Reached;
using net::Awaitable;
using net::error_code;
using net::use_awaitable;
using Socket = asio::basic_stream_socket<asio::ip::tcp, net::Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, net::Executor>;
using Parser = http::response_parser<http::string_body>;

// Everything one probe needs, alive as long as its coroutine.
struct Asking {
  const director::ProbeTarget& target;
  const net::ClientTls& tls;
  const TimeSource& time;
  Instant started;
  Socket socket;
  http::request<http::empty_body> request{};
  Parser answer{};
  boost::beast::flat_buffer buffer{};
  Reached reached = Reached::nothing;
  bool late = false;
  Attempted found{};

  void fail(std::string reason) { found.result.reason = std::move(reason); }
};

// "http://a.test:80/x" → "a.test:80".
std::string_view authority(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

// Trouble of this process, which says nothing about the target.
bool our_own(const error_code& fault) {
  namespace errc = boost::system::errc;
  return fault == errc::too_many_files_open || fault == errc::too_many_files_open_in_system ||
         fault == errc::no_buffer_space || fault == errc::not_enough_memory ||
         fault == errc::address_not_available;
}

void write_request(Asking& ask, const std::string& user_agent) {
  const auto& options = ask.target.options;
  ask.request.version(11);
  ask.request.method(http::verb::get);
  ask.request.target(options.path);
  ask.request.set(http::field::host,
                  options.host.empty() ? authority(ask.target.endpoint.url) : options.host);
  ask.request.set(http::field::user_agent, user_agent);
  ask.request.set(http::field::accept, "application/json, */*");
  ask.request.set(http::field::connection, "close");
  ask.answer.header_limit(head_bytes_max);
  ask.answer.body_limit(health::body_bytes_max);
}

std::string answer_fault(const Asking& ask, const error_code& fault) {
  if (fault == http::error::header_limit) return health::head_too_long(head_bytes_max);
  if (fault == http::error::body_limit) return health::body_too_long(health::body_bytes_max);
  const bool ended = fault == http::error::end_of_stream || fault == http::error::partial_message ||
                     fault == asio::error::eof || fault == asio::ssl::error::stream_truncated;
  if (ended || fault.category() == boost::system::system_category()) {
    const bool begun = ask.answer.got_some();
    return health::broke_off(fault, begun ? Reached::head : Reached::connection);
  }
  return health::not_http(fault);
}

// The whole answer has arrived: is it a good one?
void judge(Asking& ask) {
  auto& result = ask.found.result;
  const auto& message = ask.answer.get();
  result.status = static_cast<int>(message.result_int());
  result.took = ask.time.now() - ask.started;
  result.reason = health::answered(result.status, result.took);
  if (result.status >= 300 && result.status < 400) result.reason += ", redirects are not followed";
  if (result.status < 200 || result.status > 299) return;
  const auto& version_field = ask.target.options.version_field;
  if (version_field.empty()) {
    result.good = true;
    return;
  }
  const auto identity = health::parse_identity(message.body(), version_field);
  if (!identity) return ask.fail(identity.error().what);
  result.identity = *identity;
  result.good = true;
}

template <class Stream>
Awaitable<> converse(Asking& ask, Stream& stream) {
  error_code fault;
  co_await http::async_write(stream, ask.request, redirect_error(use_awaitable, fault));
  // A server may answer before it has read everything, so a failed write is not the end.
  fault = {};
  co_await http::async_read_header(stream, ask.buffer, ask.answer,
                                   redirect_error(use_awaitable, fault));
  if (fault) co_return ask.fail(answer_fault(ask, fault));
  ask.reached = Reached::head;
  ask.found.result.status = static_cast<int>(ask.answer.get().result_int());
  if (!ask.answer.is_done()) {
    co_await http::async_read(stream, ask.buffer, ask.answer, redirect_error(use_awaitable, fault));
  }
  // Without a length the end of the connection ends the body, close_notify or not.
  const bool cut = fault == asio::ssl::error::stream_truncated && ask.answer.need_eof();
  if (fault && !cut) co_return ask.fail(answer_fault(ask, fault));
  judge(ask);
}

Awaitable<> converse_over_tls(Asking& ask) {
  const auto& endpoint = ask.target.endpoint;
  net::SslPtr ssl = ask.tls.connect(endpoint.host.empty() ? endpoint.address : endpoint.host);
  asio::ssl::stream<Socket&> stream{ask.socket, ssl.release()};
  error_code fault;
  co_await stream.async_handshake(asio::ssl::stream_base::client,
                                  redirect_error(use_awaitable, fault));
  if (fault) {
    const auto certificate = net::certificate_fault(stream.native_handle());
    co_return ask.fail(health::tls_failed(certificate, fault));
  }
  co_await converse(ask, stream);
}

Awaitable<> connect_and_converse(Asking& ask) {
  const auto& endpoint = ask.target.endpoint;
  error_code fault;
  const auto address = asio::ip::make_address(endpoint.address, fault);
  if (fault) co_return ask.fail(health::no_address(endpoint.host));
  const asio::ip::tcp::endpoint peer{address, endpoint.port};
  co_await ask.socket.async_connect(peer, redirect_error(use_awaitable, fault));
  if (fault) {
    ask.found.observed = !our_own(fault);
    co_return ask.fail(health::connect_failed(fault));
  }
  ask.reached = Reached::connection;
  if (endpoint.tls) {
    co_await converse_over_tls(ask);
  } else {
    co_await converse(ask, ask.socket);
  }
}

Awaitable<> close_late(Asking& ask) {
  Timer timer{ask.socket.get_executor(), ask.target.options.timeout};
  error_code cancelled;
  co_await timer.async_wait(redirect_error(use_awaitable, cancelled));
  if (cancelled) co_return;
  ask.late = true;
  ask.socket.close(cancelled);
}

Awaitable<> run_within_time(Asking& ask) {
  using namespace asio::experimental::awaitable_operators;
  co_await (connect_and_converse(ask) || close_late(ask));
}

}  // namespace

Awaitable<Attempted> attempt(net::Executor executor, const director::ProbeTarget& target,
                             const net::ClientTls& tls, const std::string& user_agent,
                             const TimeSource& time) {
  Asking ask{target, tls, time, time.now(), Socket{executor}};
  write_request(ask, user_agent);
  co_await run_within_time(ask);
  auto& result = ask.found.result;
  if (ask.late && !result.good) {
    ask.found.observed = true;
    result.reason = health::timed_out(target.options.timeout, ask.reached);
  }
  result.took = time.now() - ask.started;
  co_return std::move(ask.found);
}

}  // namespace sy::probe
