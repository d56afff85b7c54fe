#include "control/aws/transport.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/url/parse.hpp>

#include "control/aws/redact.h"
#include "control/aws/resolve.h"

namespace sy::aws {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using namespace std::chrono_literals;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::system_error;
using Plain = beast::tcp_stream;
using Secure = ssl::stream<Plain>;

constexpr std::uint32_t head_bytes_max = 64 * 1024;
constexpr auto slice = 100ms;
constexpr auto grace = 3'000ms;  // for an exchange under way when we are told to stop

Error unavailable(std::string what) { return Error{Kind::unavailable, "", std::move(what), 0, ""}; }

struct Authority {
  bool tls = false;
  std::string host;
  std::string port;
  std::string text;  // as in Host
};

Result<Authority> authority_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https"))
    return mistake("\"" + one_line(redacted(url), 200) + "\" is not an http or https URL");
  Authority out;
  out.tls = parsed->scheme() == "https";
  out.host = parsed->host_address();
  const bool own_port = parsed->has_port() && parsed->port_number() != 0;
  out.port = own_port ? std::string{parsed->port()} : out.tls ? "443" : "80";
  out.text = std::string{parsed->encoded_host_and_port()};
  return out;
}

bool breaks_lines(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

// What an exchange does and how far it came, for the words of an error.
struct Conversation {
  const Authority& there;
  const std::optional<Proxy>& proxy;
  const std::vector<tcp::endpoint>& addresses;
  const TransportOptions& options;
  std::string request;
  ssl::context* tls;
  std::string stage = "no connection to";
  std::string verify_error{};
  bool sent = false;
  std::optional<Error> refusal{};  // said by the proxy
  Answer answer{};

  asio::awaitable<void> connect(Plain& stream) {
    const auto share = options.connect_timeout / std::max<std::size_t>(addresses.size(), 1);
    boost::system::error_code last = asio::error::host_not_found;
    for (const tcp::endpoint& address : addresses) {
      beast::error_code failed;
      auto token = asio::redirect_error(use_awaitable, failed);
      stream.expires_after(std::max<std::chrono::milliseconds>(share, 1s));
      co_await stream.async_connect(address, token);
      if (!failed) {
        stream.expires_never();
        co_return;
      }
      last = failed;
      stream.close();
    }
    throw system_error(last);
  }

  asio::awaitable<void> tunnel(Plain& stream) {
    stage = "no tunnel to";
    const std::string host =
        there.host.find(':') == std::string::npos ? there.host : '[' + there.host + ']';
    const std::string target = host + ':' + there.port;
    std::string head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy->authorization.empty())
      head += "Proxy-Authorization: " + proxy->authorization + "\r\n";
    head += "\r\n";
    const auto bytes = asio::buffer(head);
    co_await asio::async_write(stream, bytes, use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::empty_body> parser;
    parser.skip(true);
    parser.header_limit(head_bytes_max);
    co_await http::async_read_header(stream, buffer, parser, use_awaitable);
    const unsigned status = parser.get().result_int();
    if (status / 100 == 2) co_return;
    refusal = Error{status >= 500 ? Kind::unavailable : Kind::invalid, "",
                    "the proxy " + proxy->host + ':' + proxy->port + " does not lead to " + target +
                        " (HTTP " + std::to_string(status) + ")",
                    0, ""};
    throw system_error(asio::error::access_denied);
  }

  asio::awaitable<void> shake_hands(Secure& stream) {
    stage = "no TLS with";
    boost::system::error_code literal;
    asio::ip::make_address(there.host, literal);
    X509_VERIFY_PARAM* verify = SSL_get0_param(stream.native_handle());
    X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (literal) {
      SSL_set_tlsext_host_name(stream.native_handle(), there.host.c_str());
      X509_VERIFY_PARAM_set1_host(verify, there.host.c_str(), there.host.size());
    } else {
      X509_VERIFY_PARAM_set1_ip_asc(verify, there.host.c_str());
    }
    beast::error_code failed;
    auto token = asio::redirect_error(use_awaitable, failed);
    co_await stream.async_handshake(ssl::stream_base::client, token);
    const long verified = SSL_get_verify_result(stream.native_handle());
    if (failed && verified != X509_V_OK) verify_error = X509_verify_cert_error_string(verified);
    if (failed) throw system_error(failed);
  }

  template <class Stream>
  asio::awaitable<void> speak(Stream& stream) {
    stage = "no answer from";
    sent = true;
    const auto bytes = asio::buffer(request);
    co_await asio::async_write(stream, bytes, use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(head_bytes_max);
    parser.body_limit(options.body_bytes_max);
    co_await http::async_read_header(stream, buffer, parser, use_awaitable);
    stage = "half an answer from";
    co_await http::async_read(stream, buffer, parser, use_awaitable);
    answer.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get())
      answer.fields.push_back({std::string{field.name_string()}, std::string{field.value()}});
    answer.body = std::move(parser.get().body());
  }

  asio::awaitable<void> run(asio::io_context& io) {
    if (!there.tls) {
      Plain stream{io};
      co_await connect(stream);
      co_await speak(stream);
      co_return;
    }
    Secure stream{io, *tls};
    co_await connect(stream.next_layer());
    if (proxy) co_await tunnel(stream.next_layer());
    co_await shake_hands(stream);
    co_await speak(stream);
  }

  Error failure(const boost::system::error_code& why) const {
    Error out = unavailable("");
    const std::string who = there.text;
    if (refusal) {
      out = *refusal;
    } else if (!verify_error.empty()) {
      out = mistake("the certificate of " + who + " is not believed (" + verify_error +
                    "): check the endpoint, or name the authority with --ca-bundle or "
                    "AWS_CA_BUNDLE");
    } else {
      const std::string by =
          proxy ? " (through the proxy " + proxy->host + ':' + proxy->port + ')' : std::string{};
      out.what = stage + ' ' + who + by + ": " + one_line(why.message(), 200);
    }
    out.maybe_done = sent;
    return out;
  }
};

}  // namespace

struct Transport::Trust {
  ssl::context tls{ssl::context::tls_client};
};

Transport::Transport(TransportOptions options) : options_{std::move(options)} {}
Transport::~Transport() = default;

Result<> Transport::load_trust() {
  if (trust_) return {};
  auto trust = std::make_unique<Trust>();
  SSL_CTX_set_min_proto_version(trust->tls.native_handle(), TLS1_2_VERSION);
  trust->tls.set_verify_mode(ssl::verify_peer);
  boost::system::error_code failed;
  if (options_.ca_bundle.empty()) trust->tls.set_default_verify_paths(failed);
  if (!options_.ca_bundle.empty()) trust->tls.load_verify_file(options_.ca_bundle, failed);
  if (failed)
    return mistake("the certificates of " +
                   (options_.ca_bundle.empty() ? "the system" : options_.ca_bundle) +
                   " cannot be read: " + one_line(failed.message(), 200));
  trust_ = std::move(trust);
  return {};
}

namespace {

// Runs until it is done, its time is over, or its grace after being told to stop.
std::optional<Error> drive(asio::io_context& io, const bool& ended, const Conversation& talk,
                           std::chrono::milliseconds left) {
  bool told = talk.options.stopped();  // Before it began: somebody goes on knowingly.
  bool cut = false;
  while (!ended && left > 0ms) {
    io.run_for(std::min<std::chrono::milliseconds>(slice, left));
    left -= slice;
    if (ended || told || !talk.options.stopped()) continue;
    told = true;
    cut = left > grace;
    left = std::min<std::chrono::milliseconds>(left, grace);
  }
  if (ended) return std::nullopt;
  Error out = unavailable(talk.stage + ' ' + talk.there.text + " in time");
  if (cut) out.kind = Kind::interrupted;
  out.maybe_done = talk.sent;
  return out;
}

}  // namespace

Result<Answer> Transport::exchange(const Call& call, const std::optional<Proxy>& proxy) {
  const auto there = authority_of(call.base);
  if (!there) return there.error();
  if (there->tls) {
    if (const auto loaded = load_trust(); !loaded) return loaded.error();
  }
  Request request = call.request;
  if (proxy && !there->tls) {
    request.target = call.base + request.target;
    if (!proxy->authorization.empty())
      request.fields.push_back({"Proxy-Authorization", proxy->authorization});
  }
  auto head = head_of(request, there->text);
  if (!head) return head.error();
  const auto near = std::min(options_.connect_timeout, call.timeout);
  const auto addresses = resolve(proxy ? proxy->host : there->host,
                                 proxy ? proxy->port : there->port, near, options_.stopped);
  if (!addresses) return addresses.error();
  TransportOptions options = options_;
  options.connect_timeout = near;
  Conversation talk{*there,
                    proxy,
                    *addresses,
                    options,
                    *head + call.request.body,
                    trust_ ? &trust_->tls : nullptr};
  asio::io_context io{1};
  std::exception_ptr died;
  bool ended = false;
  asio::co_spawn(io, talk.run(io), [&died, &ended](const std::exception_ptr& error) {
    died = error;
    ended = true;
  });
  if (auto late = drive(io, ended, talk, call.timeout)) return *late;
  if (!died) return std::move(talk.answer);
  try {
    std::rethrow_exception(died);
  } catch (const system_error& error) {
    return talk.failure(error.code());
  } catch (const std::exception& error) {
    return unavailable(error.what());
  }
}

Result<std::string> head_of(const Request& request, std::string_view authority) {
  std::string out = request.method + ' ' + request.target + " HTTP/1.1\r\n";
  bool bad = breaks_lines(request.method) || breaks_lines(request.target) ||
             request.target.find(' ') != std::string::npos;
  Fields fields = request.fields;
  if (!find(fields, "Host")) fields.insert(fields.begin(), {"Host", std::string{authority}});
  const bool has_body = !request.body.empty() || request.method != "GET";
  if (has_body) fields.push_back({"Content-Length", std::to_string(request.body.size())});
  fields.push_back({"Connection", "close"});
  for (const Field& field : fields) {
    bad = bad || breaks_lines(field.name) || breaks_lines(field.value);
    out += field.name + ": " + field.value + "\r\n";
  }
  if (bad) return mistake("a field of the request has a control character in it");
  return out + "\r\n";
}

}  // namespace sy::aws
