#include "control/deploy/web.h"

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
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/parse.hpp>
#include <exception>

namespace sy::control::deploy {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds look{20};  // between two looks for a signal

struct Place {
  bool tls = false;
  std::string host;
  std::string port;
  std::string authority;
  std::string target;
};

Try<Place> place_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https") ||
      parsed->host_address().empty())
    return Failure{ExitCode::usage, "what should be an http or https url is none"};
  Place place;
  place.tls = parsed->scheme() == "https";
  place.host = parsed->host_address();
  place.port = parsed->has_port() ? std::string(parsed->port()) : place.tls ? "443" : "80";
  place.authority = std::string(parsed->encoded_host_and_port());
  place.target = std::string(parsed->encoded_target());
  if (place.target.empty() || place.target.front() != '/') place.target.insert(0, 1, '/');
  return place;
}

std::string without_port(const std::string& authority) {
  const std::size_t colon = authority.rfind(':');
  const bool literal = !authority.empty() && authority.back() == ']';
  return colon == std::string::npos || literal ? authority : authority.substr(0, colon);
}

struct Exchange {
  const Question& question;
  const Place& place;
  Reply reply{};

  [[nodiscard]] http::request<http::string_body> request() const {
    http::request<http::string_body> message;
    message.method_string(question.method);
    message.target(place.target);
    message.version(11);
    message.set(http::field::host, question.host.empty() ? place.authority : question.host);
    message.set(http::field::connection, "close");
    message.set(http::field::user_agent, "switchctl");
    for (const auto& [name, value] : question.fields) message.set(name, value);
    message.body() = question.body;
    message.prepare_payload();
    return message;
  }

  asio::awaitable<void> run(asio::io_context& io) {
    tcp::resolver resolver{io};
    const auto found = co_await resolver.async_resolve(place.host, place.port, use_awaitable);
    if (!place.tls) {
      tcp::socket socket{io};
      co_await asio::async_connect(socket, found, use_awaitable);
      co_await speak(socket);
      co_return;
    }
    asio::ssl::context tls{asio::ssl::context::tls_client};
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    if (question.ca.empty()) tls.set_default_verify_paths();
    if (!question.ca.empty()) tls.load_verify_file(question.ca);
    const std::string name = question.host.empty() ? place.host : without_port(question.host);
    asio::ssl::stream<tcp::socket> stream{io, tls};
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(name));
    SSL_set_tlsext_host_name(stream.native_handle(), name.c_str());
    co_await asio::async_connect(stream.next_layer(), found, use_awaitable);
    co_await stream.async_handshake(asio::ssl::stream_base::client, use_awaitable);
    co_await speak(stream);
  }

  template <class Stream>
  asio::awaitable<void> speak(Stream& stream) {
    http::request<http::string_body> message = request();
    co_await http::async_write(stream, message, use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    parser.skip(question.method == "HEAD");
    co_await http::async_read_header(stream, buffer, parser, use_awaitable);
    reply.status = parser.get().result_int();
    for (const auto& field : parser.get())
      reply.fields.emplace_back(field.name_string(), field.value());
    std::array<char, 16'384> space{};
    while (!parser.is_done() && reply.body.size() < question.body_bytes_max) {
      parser.get().body().data = space.data();
      parser.get().body().size = space.size();
      error_code ended;
      co_await http::async_read(stream, buffer, parser, asio::redirect_error(use_awaitable, ended));
      reply.body.append(space.data(), space.size() - parser.get().body().size);
      if (ended && ended != http::error::need_buffer) throw boost::system::system_error(ended);
    }
    if (reply.body.size() > question.body_bytes_max) reply.body.resize(question.body_bytes_max);
  }
};

std::string in_words(const std::exception_ptr& died) {
  try {
    std::rethrow_exception(died);
  } catch (const boost::system::system_error& error) {
    if (error.code() == http::error::end_of_stream) return "the connection ended without an answer";
    if (error.code() == http::error::partial_message) return "the answer was cut short";
    return error.code().message();
  } catch (const std::exception& error) {
    return error.what();
  }
}

bool same_name(std::string_view one, std::string_view other) {
  return beast::iequals({one.data(), one.size()}, {other.data(), other.size()});
}

}  // namespace

std::string_view Reply::field(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (same_name(key, name)) return value;
  return {};
}

Try<Reply> ask_web(const Question& question, Pace& pace) {
  const auto place = place_of(question.url);
  if (!place) return place.error();
  const SystemTime time;
  const Instant end = time.now() + question.timeout;
  Exchange exchange{question, *place};
  std::exception_ptr died;
  asio::io_context io{1};
  asio::co_spawn(io, exchange.run(io), [&died](const std::exception_ptr& error) { died = error; });
  while (!io.stopped()) {
    io.run_for(look);
    if (io.stopped()) break;
    if (!pace.wait(Duration::zero())) return Failure{ExitCode::interrupted, "it was interrupted"};
    if (time.now() >= end) {
      const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(question.timeout);
      const auto count = whole.count();
      return Failure{ExitCode::timed_out,
                     "no answer in " + (count % 1000 == 0 ? std::to_string(count / 1000) + "s"
                                                          : std::to_string(count) + "ms")};
    }
  }
  if (died) return Failure{ExitCode::failed, in_words(died)};
  return std::move(exchange.reply);
}

std::string url_of(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string url{base};
  if (!path.starts_with('/')) url += '/';
  return url += path;
}

}  // namespace sy::control::deploy
