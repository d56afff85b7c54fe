#include "control/edge/proxy_client.h"

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/url/parse.hpp>
#include <optional>

namespace sy::control::edge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using boost::system::error_code;
using Plain = beast::tcp_stream;
using Secure = asio::ssl::stream<Plain>;
using Piece = std::function<void(std::string_view)>;

struct Place {
  bool tls = false;
  std::string host;
  std::string port;
  std::string authority;
};

Error failure(std::string what, int status = 0) {
  return Error{Blame::upstream, false, status, std::move(what)};
}

Result<Place> place_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https"))
    return failure("\"" + url + "\" is not an http or https url", 400);
  Place place;
  place.tls = parsed->scheme() == "https";
  place.host = parsed->host_address();
  place.port = parsed->has_port() ? std::string(parsed->port()) : place.tls ? "443" : "80";
  place.authority = std::string(parsed->encoded_host_and_port());
  return place;
}

Plain& socket_of(Plain& stream) { return stream; }
Plain& socket_of(Secure& stream) { return stream.next_layer(); }

// One exchange on one connection.
struct Exchange {
  const ProxyClient::Options& options;
  const Call& call;
  const Place& place;
  const Piece* piece;  // null: the body as a whole
  Answer answer{};

  [[nodiscard]] http::request<http::string_body> request() const {
    http::request<http::string_body> message{http::string_to_verb(call.method), call.target, 11};
    message.set(http::field::host, place.authority);
    message.set(http::field::connection, "close");
    message.set(http::field::user_agent, "switchctl");
    if (!options.token.empty()) message.set(http::field::authorization, "Bearer " + options.token);
    for (const auto& [name, value] : call.fields) message.set(name, value);
    message.body() = call.body;
    if (!call.body.empty()) message.set(http::field::content_type, "application/json");
    message.prepare_payload();
    return message;
  }

  asio::awaitable<void> run(asio::io_context& io) {
    asio::ip::tcp::resolver resolver{io};
    const std::string& host = options.address.empty() ? place.host : options.address;
    const auto found = co_await resolver.async_resolve(host, place.port, use_awaitable);
    if (!place.tls) {
      Plain stream{io};
      stream.expires_after(options.timeout);
      co_await stream.async_connect(found, use_awaitable);
      co_await speak(stream);
      co_return;
    }
    asio::ssl::context tls{asio::ssl::context::tls_client};
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    if (options.ca.empty()) tls.set_default_verify_paths();
    if (!options.ca.empty()) tls.load_verify_file(options.ca);
    Secure stream{io, tls};
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(place.host));
    SSL_set_tlsext_host_name(stream.native_handle(), place.host.c_str());
    stream.next_layer().expires_after(options.timeout);
    co_await stream.next_layer().async_connect(found, use_awaitable);
    co_await stream.async_handshake(asio::ssl::stream_base::client, use_awaitable);
    co_await speak(stream);
  }

  template <class Stream>
  asio::awaitable<void> speak(Stream& stream) {
    const auto message = request();
    http::request_serializer<http::string_body> serializer{
        const_cast<http::request<http::string_body>&>(message)};
    beast::flat_buffer buffer;
    socket_of(stream).expires_after(options.timeout);
    co_await http::async_write(stream, serializer, use_awaitable);
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    co_await http::async_read_header(stream, buffer, parser, use_awaitable);
    answer.status = parser.get().result_int();
    std::array<char, 16'384> space{};
    while (!parser.is_done()) {
      parser.get().body().data = space.data();
      parser.get().body().size = space.size();
      socket_of(stream).expires_after(options.timeout);
      error_code ended;
      co_await http::async_read(stream, buffer, parser, asio::redirect_error(use_awaitable, ended));
      take({space.data(), space.size() - parser.get().body().size});
      if (ended && ended != http::error::need_buffer) throw boost::system::system_error(ended);
    }
  }

  void take(std::string_view bytes) {
    constexpr std::size_t most = 64 * 1024 * 1024;
    if (piece != nullptr && answer.status == 200) return (*piece)(bytes);
    if (answer.body.size() + bytes.size() > most) throw std::length_error("the answer is too long");
    answer.body += bytes;
  }
};

Result<Answer> perform(const ProxyClient::Options& options, const Call& call, const Piece* piece) {
  const auto place = place_of(options.url);
  if (!place) return place.error();
  asio::io_context io{1};
  Exchange exchange{options, call, *place, piece};
  std::exception_ptr died;
  asio::co_spawn(io, exchange.run(io), [&died](const std::exception_ptr& error) { died = error; });
  io.run();
  if (!died) return std::move(exchange.answer);
  try {
    std::rethrow_exception(died);
  } catch (const boost::system::system_error& error) {
    const bool late = error.code() == beast::error::timeout;
    return failure(options.url + ": " + (late ? "no answer in time" : error.code().message()),
                   late ? 504 : 0);
  } catch (const std::exception& error) {
    return failure(options.url + ": " + error.what());
  }
}

}  // namespace

Result<Answer> ProxyClient::call(const Call& call) const {
  return perform(options_, call, nullptr);
}

Result<Answer> ProxyClient::follow(const Call& call, const Piece& piece) const {
  return perform(options_, call, &piece);
}

}  // namespace sy::control::edge
