#include "api/server.h"

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <list>

#include "api/certificate.h"
#include "api/registered.h"
#include "http/reply.h"
#include "net/tls.h"

namespace sy::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using net::error_code;

using Acceptor = asio::basic_socket_acceptor<tcp, net::Executor>;
using Socket = asio::basic_stream_socket<tcp, net::Executor>;
using Plain = beast::basic_stream<tcp, net::Executor>;
using Secure = asio::ssl::stream<Plain>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, net::Executor>;
using Parser = http::request_parser<http::string_body>;

Plain& socket_of(Plain& stream) { return stream; }
Plain& socket_of(Secure& stream) { return stream.next_layer(); }

std::string lower(std::string_view text) {
  std::string lowered{text};
  for (char& c : lowered)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lowered;
}

Request request_from(Parser::value_type&& message, const std::string& address,
                     const std::string& client) {
  Request request;
  request.method = message.method_string();
  request.target = message.target();
  request.has_length = message.has_content_length() || message.chunked();
  for (const auto& line : message)
    request.fields.emplace_back(lower(line.name_string()), line.value());
  request.body = std::move(message.body());
  request.address = address;
  request.client_name = client;
  return request;
}

// What a request that could not be read is told; nullopt: nothing, the peer is gone.
std::optional<Problem> read_problem(const error_code& failed) {
  const auto told = [](int status, std::string detail) {
    return Problem{.status = status, .detail = std::move(detail)};
  };
  if (failed == http::error::body_limit) return told(413, "a body may have at most 64 KiB");
  if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
    return told(431, "the request head is too large");
  if (failed == http::error::end_of_stream || failed == http::error::partial_message)
    return std::nullopt;
  if (failed.category() == make_error_code(http::error::bad_method).category())
    return told(400, "this is not HTTP/1.1: " + failed.message());
  return std::nullopt;
}

// A connection as the server sees it: closable from outside its coroutine.
struct Connection {
  Plain& socket;
  bool idle = false;  // between requests

  void close() {
    error_code ignored;
    socket.socket().close(ignored);
  }
};

}  // namespace

struct Server::Inner {
  Inner(net::Executor on, const TimeSource& clock, Control& control, Provided provided,
        Options asked, Bounds limits, net::TaskGroup::Report tell)
      : executor{on},
        time{clock},
        routes{clock, control, std::move(provided), asked},
        options{std::move(asked)},
        bounds{limits},
        report{std::move(tell)},
        acceptor{on},
        pause{on},
        tasks{on, report} {}

  Result<> start();
  [[nodiscard]] Result<std::shared_ptr<const net::ServerTls>> load_tls(const Options& from) const;
  net::Awaitable<> accept();
  void admit(Socket socket);
  bool make_room();
  net::Awaitable<> serve_plain(Socket socket);
  net::Awaitable<> serve_secure(Socket socket, net::SslPtr ssl);
  template <class Stream>
  net::Awaitable<> serve(Stream& stream, Connection& connection, std::string client);
  template <class Stream>
  net::Awaitable<error_code> read(Stream& stream, beast::flat_buffer& buffer, Parser& parser,
                                  Connection& connection);
  template <class Stream>
  net::Awaitable<bool> write(Stream& stream, const Parser::value_type& request, Response response);
  template <class Stream>
  net::Awaitable<bool> send(Stream& stream, const std::string& text);
  template <class Stream>
  net::Awaitable<> follow(Stream& stream, Response response);
  template <class Stream>
  net::Awaitable<> refuse(Stream& stream, const Problem& problem);

  // RFC 9110 section 6.6.1.
  [[nodiscard]] std::string date() const {
    return sy::http::http_date(
        std::chrono::floor<std::chrono::seconds>(time.wall()).time_since_epoch().count());
  }

  net::Executor executor;
  const TimeSource& time;
  Routes routes;
  Options options;
  Bounds bounds;
  net::TaskGroup::Report report;
  std::shared_ptr<const net::ServerTls> tls;  // null: plain
  Acceptor acceptor;
  Timer pause;
  std::list<Connection*> connections;  // oldest first
  std::size_t streams = 0;
  bool stopped = false;
  net::TaskGroup tasks;
};

Result<std::shared_ptr<const net::ServerTls>> Server::Inner::load_tls(const Options& from) const {
  if (from.tls.empty()) return std::shared_ptr<const net::ServerTls>{};
  return net::ServerTls::load({.certificates = from.tls, .client_ca = from.client_ca});
}

Result<> Server::Inner::start() {
  if (auto allowed = bindable(options); !allowed) return allowed;
  auto loaded = load_tls(options);
  if (!loaded) return loaded.error();
  tls = std::move(*loaded);
  error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  const tcp::endpoint endpoint{address, options.port};
  if (!failed) acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed)
    return Error{Blame::self, false, 0,
                 "control API on " + options.address + ":" + std::to_string(options.port) + ": " +
                     failed.message()};
  tasks.spawn(accept());
  return {};
}

net::Awaitable<> Server::Inner::accept() {
  while (!stopped) {
    error_code failed;
    Socket socket{executor};
    co_await acceptor.async_accept(socket, asio::redirect_error(net::use_awaitable, failed));
    if (stopped) co_return;
    if (!failed) {
      admit(std::move(socket));
      continue;
    }
    // Out of file descriptors, most likely: what is open goes on, the rest waits.
    if (report) report("control API: accept: " + failed.message());
    pause.expires_after(bounds.accept_pause);
    co_await pause.async_wait(asio::redirect_error(net::use_awaitable, failed));
  }
}

// A place for one more, if need be that of the connection that has been idle longest.
bool Server::Inner::make_room() {
  if (connections.size() < bounds.connections_max) return true;
  for (Connection* connection : connections) {
    if (!connection->idle) continue;
    connection->idle = false;
    connection->close();
    return true;
  }
  return false;
}

void Server::Inner::admit(Socket socket) {
  if (!make_room()) return;
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (!tls) return tasks.spawn(serve_plain(std::move(socket)));
  net::SslPtr ssl = tls->accept();
  // With tokens a certificate is one way to be known, without them the only one.
  if (!options.client_ca.empty() && !options.tokens.empty())
    SSL_set_verify(ssl.get(), SSL_VERIFY_PEER, nullptr);
  tasks.spawn(serve_secure(std::move(socket), std::move(ssl)));
}

net::Awaitable<> Server::Inner::serve_plain(Socket socket) {
  Plain stream{std::move(socket)};
  Connection connection{stream};
  const Listed<Connection> listed{connections, connection};
  std::string nobody;
  co_await serve(stream, connection, std::move(nobody));
  error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

net::Awaitable<> Server::Inner::serve_secure(Socket socket, net::SslPtr ssl) {
  Secure stream{Plain{std::move(socket)}, ssl.release()};
  Connection connection{stream.next_layer()};
  const Listed<Connection> listed{connections, connection};
  error_code failed;
  stream.next_layer().expires_after(bounds.handshake);
  co_await stream.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(net::use_awaitable, failed));
  if (failed) co_return;
  std::string client = certificate_name(stream.native_handle());
  co_await serve(stream, connection, std::move(client));
  stream.next_layer().expires_after(bounds.handshake);
  co_await stream.async_shutdown(asio::redirect_error(net::use_awaitable, failed));
}

template <class Stream>
net::Awaitable<> Server::Inner::serve(Stream& stream, Connection& connection, std::string client) {
  error_code failed;
  const auto peer = socket_of(stream).socket().remote_endpoint(failed);
  if (failed) co_return;
  const std::string address = peer.address().to_string();
  beast::flat_buffer buffer{bounds.head_bytes_max + bounds.body_bytes_max};
  while (!stopped) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(bounds.head_bytes_max));
    parser.body_limit(bounds.body_bytes_max);
    failed = co_await read(stream, buffer, parser, connection);
    if (failed) {
      const auto problem = read_problem(failed);
      if (problem) co_await refuse(stream, *problem);
      co_return;
    }
    Parser::value_type message = parser.release();
    Request request = request_from(std::move(message), address, client);
    Response response = co_await routes.answer(std::move(request));
    if (response.follow_from && message.method() == http::verb::get)
      co_return co_await follow(stream, std::move(response));
    const bool again = co_await write(stream, message, std::move(response));
    if (!again) co_return;
  }
}

// One whole request. The head's time starts with its first byte.
template <class Stream>
net::Awaitable<error_code> Server::Inner::read(Stream& stream, beast::flat_buffer& buffer,
                                               Parser& parser, Connection& connection) {
  error_code failed;
  if (buffer.size() == 0) {
    connection.idle = true;
    socket_of(stream).expires_after(bounds.idle);
    const auto space = buffer.prepare(4'096);
    const std::size_t got =
        co_await stream.async_read_some(space, asio::redirect_error(net::use_awaitable, failed));
    connection.idle = false;
    if (failed) co_return failed;
    buffer.commit(got);
  }
  socket_of(stream).expires_after(bounds.head);
  co_await http::async_read_header(stream, buffer, parser,
                                   asio::redirect_error(net::use_awaitable, failed));
  if (failed) co_return failed;
  if (parser.get().version() == 11 && lower(parser.get()[http::field::expect]) == "100-continue") {
    const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool sent = co_await send(stream, go_on);
    if (!sent) co_return asio::error::connection_reset;
  }
  co_await http::async_read(stream, buffer, parser,
                            asio::redirect_error(net::use_awaitable, failed));
  co_return failed;
}

// False when this connection is over.
template <class Stream>
net::Awaitable<bool> Server::Inner::write(Stream& stream, const Parser::value_type& request,
                                          Response response) {
  http::response<http::string_body> message{static_cast<http::status>(response.status),
                                            request.version()};
  message.set(http::field::date, date());
  for (const auto& [name, value] : response.fields) message.insert(name, value);
  message.keep_alive(request.keep_alive() && !stopped);
  if (request.method() == http::verb::head)
    message.content_length(response.body.size());
  else
    message.body() = std::move(response.body);
  if (request.method() != http::verb::head) message.prepare_payload();
  http::response_serializer<http::string_body> serializer{message};
  error_code failed;
  socket_of(stream).expires_after(bounds.write);
  co_await http::async_write(stream, serializer, asio::redirect_error(net::use_awaitable, failed));
  co_return !failed && message.keep_alive();
}

template <class Stream>
net::Awaitable<bool> Server::Inner::send(Stream& stream, const std::string& text) {
  error_code failed;
  socket_of(stream).expires_after(bounds.write);
  const asio::const_buffer bytes = asio::buffer(text);
  co_await asio::async_write(stream, bytes, asio::redirect_error(net::use_awaitable, failed));
  co_return !failed;
}

// Server-sent events until the peer leaves or reads too slowly. What it has not read yet waits in
// the director's ring; what falls out of that is a gap.
template <class Stream>
net::Awaitable<> Server::Inner::follow(Stream& stream, Response response) {
  if (streams >= bounds.streams_max) {
    const Problem full{.status = 503,
                       .detail = "too many event streams are open: poll /v1/status instead"};
    co_return co_await refuse(stream, full);
  }
  std::uint64_t after = *response.follow_from;
  std::string text = last_response(response, date());
  Timer timer{executor};
  Following following{routes.control(), streams, timer};
  while (!stopped) {
    if (!text.empty()) {
      const bool sent = co_await send(stream, text);
      if (!sent) co_return;
    }
    text = routes.news(after);
    if (!text.empty()) continue;
    timer.expires_after(bounds.heartbeat);
    error_code woken;
    co_await timer.async_wait(asio::redirect_error(net::use_awaitable, woken));
    text = following.take_woken() ? "" : ": still here\n\n";
  }
}

template <class Stream>
net::Awaitable<> Server::Inner::refuse(Stream& stream, const Problem& problem) {
  const Response response = problem_response(problem);
  const std::string text = last_response(response, date());
  std::ignore = co_await send(stream, text);  // the connection ends either way
}

Server::Server(net::Executor executor, const TimeSource& time, Control& control, Provided provided,
               Options options, Bounds bounds, net::TaskGroup::Report report)
    : inner_{std::make_unique<Inner>(executor, time, control, std::move(provided),
                                     std::move(options), bounds, std::move(report))} {}

Server::~Server() = default;

Result<> Server::start() { return inner_->start(); }

std::uint16_t Server::port() const {
  error_code failed;
  const auto endpoint = inner_->acceptor.local_endpoint(failed);
  return failed ? std::uint16_t{0} : endpoint.port();
}

Result<> Server::reload(Options options) {
  if (options.address != inner_->options.address || options.port != inner_->options.port)
    return Error{Blame::self, false, 0, "control.address changes with a restart only"};
  if (auto allowed = bindable(options); !allowed) return allowed;
  auto loaded = inner_->load_tls(options);
  if (!loaded) return loaded.error();
  inner_->tls = std::move(*loaded);
  inner_->options = options;
  inner_->routes.replace(std::move(options));
  return {};
}

void Server::stop() {
  inner_->stopped = true;
  error_code ignored;
  inner_->acceptor.close(ignored);
  inner_->pause.cancel();
  for (Connection* connection : inner_->connections) connection->close();
  inner_->tasks.stop();
}

net::Awaitable<> Server::wait() { return inner_->tasks.wait(); }

std::size_t Server::connections() const { return inner_->connections.size(); }

}  // namespace sy::api
