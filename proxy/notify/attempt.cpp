#include "notify/attempt.h"

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

namespace sy::notify {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::redirect_error;
using net::Awaitable;
using net::error_code;
using net::use_awaitable;
using Socket = asio::basic_stream_socket<asio::ip::tcp, net::Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

constexpr std::size_t head_bytes_max = 16 * 1024;

// Everything one delivery needs, alive as long as its coroutine.
struct Posted {
  const Posting& posting;
  const net::ClientTls& tls;
  Socket socket;
  http::request<http::string_body> request{};
  http::response_parser<http::empty_body> answer{};
  boost::beast::flat_buffer buffer{};
  bool late = false;
  Attempted found{};

  void fail(std::string fault) { found.fault = std::move(fault); }
};

void write_request(Posted& posted) {
  const Posting& posting = posted.posting;
  posted.request.version(11);
  posted.request.method(http::verb::post);
  posted.request.target(posting.url.path);
  posted.request.set(http::field::host, posting.url.authority);
  for (const auto& [name, value] : posting.fields) posted.request.set(name, value);
  posted.request.set(http::field::connection, "close");
  posted.request.body() = posting.body;
  posted.request.prepare_payload();
  posted.answer.header_limit(head_bytes_max);
}

template <class Stream>
Awaitable<> converse(Posted& posted, Stream& stream) {
  error_code fault;
  co_await http::async_write(stream, posted.request, redirect_error(use_awaitable, fault));
  // A receiver may answer before it has read everything, so a failed write is not the end.
  fault = {};
  co_await http::async_read_header(stream, posted.buffer, posted.answer,
                                   redirect_error(use_awaitable, fault));
  if (fault) co_return posted.fail("no answer: " + fault.message());
  const auto& head = posted.answer.get();
  posted.found.status = static_cast<int>(head.result_int());
  posted.found.retry_after = head[http::field::retry_after];
}

Awaitable<> converse_over_tls(Posted& posted) {
  net::SslPtr ssl = posted.tls.connect(posted.posting.url.host);
  asio::ssl::stream<Socket&> stream{posted.socket, ssl.release()};
  error_code fault;
  co_await stream.async_handshake(asio::ssl::stream_base::client,
                                  redirect_error(use_awaitable, fault));
  if (!fault) co_return co_await converse(posted, stream);
  const auto certificate = net::certificate_fault(stream.native_handle());
  posted.fail(certificate.empty() ? "TLS: " + fault.message() : "its certificate: " + certificate);
}

Awaitable<> connect_and_converse(Posted& posted) {
  error_code fault;
  const auto address = asio::ip::make_address(posted.posting.address, fault);
  if (fault) co_return posted.fail("no address");
  const asio::ip::tcp::endpoint peer{address, posted.posting.url.port};
  co_await posted.socket.async_connect(peer, redirect_error(use_awaitable, fault));
  if (fault) co_return posted.fail("no connection: " + fault.message());
  if (posted.posting.url.tls) {
    co_await converse_over_tls(posted);
  } else {
    co_await converse(posted, posted.socket);
  }
}

Awaitable<> close_late(Posted& posted) {
  Timer timer{posted.socket.get_executor(), posted.posting.timeout};
  error_code cancelled;
  co_await timer.async_wait(redirect_error(use_awaitable, cancelled));
  if (cancelled) co_return;
  posted.late = true;
  posted.socket.close(cancelled);
}

Awaitable<> run_within_time(Posted& posted) {
  using namespace asio::experimental::awaitable_operators;
  co_await (connect_and_converse(posted) || close_late(posted));
}

}  // namespace

Awaitable<Attempted> attempt(net::Executor executor, const Posting& posting,
                             const net::ClientTls& tls) {
  Posted posted{posting, tls, Socket{executor}};
  write_request(posted);
  co_await run_within_time(posted);
  if (posted.late && posted.found.status == 0) posted.fail("no answer in time");
  co_return std::move(posted.found);
}

}  // namespace sy::notify
