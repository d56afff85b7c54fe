#include <algorithm>
#include <limits>

#include "http/authority.h"
#include "http/framing.h"
#include "http/h1.h"
#include "http/head_lines.h"
#include "http/tokens.h"

namespace sy::http {
namespace {

constexpr std::size_t method_bytes_max = 32;
constexpr std::string_view version_prefix = "HTTP/1.";

struct RequestLine {
  std::string_view method{};
  std::string_view target{};
  int minor = 1;
  std::size_t length = 0;  // with its line end and the empty lines before it; 0: not all there yet
  Refusal refusal{};
};

RequestLine refuse(int status, std::string_view reason) {
  return {.refusal = {.status = status, .reason = reason}};
}

// "HTTP/1.x" CRLF at the front of `rest`, as far as it is there.
RequestLine take_version(std::string_view rest, RequestLine line, std::size_t before) {
  const std::size_t have = std::min(rest.size(), version_prefix.size() + 1);
  for (std::size_t i = 0; i < have; ++i) {
    const bool digit = i == 5 || i == 7;
    if (digit ? !is(rest[i], class_digit) : rest[i] != version_prefix[i])
      return refuse(400, "The start line does not end with an HTTP version.");
  }
  if (have < version_prefix.size() + 1) return line;
  if (rest[5] != '1' || rest[7] > '1')
    return refuse(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
  line.minor = rest[7] - '0';
  rest.remove_prefix(have);
  if (!rest.empty() && rest[0] != '\r')
    return refuse(400, "The start line does not end with CRLF after its version.");
  if (rest.size() > 1 && rest[1] != '\n') return refuse(400, "A CR is not followed by LF.");
  if (rest.size() > 1) line.length = before + have + 2;
  return line;
}

// Takes the request line off the front of bytes that may still be growing: a refusal stands
// whatever follows, and no length says that more bytes are needed.
RequestLine take_request_line(std::string_view bytes, const Limits& limits) {
  std::size_t at = 0;
  while (at < bytes.size() && bytes[at] == '\r') {
    if (at + 1 == bytes.size()) return {};
    if (bytes[at + 1] != '\n') return refuse(400, "A CR is not followed by LF.");
    at += 2;  // RFC 9112 §2.2: empty lines before the request line are ignored.
  }
  RequestLine line;
  const std::size_t method = at;
  while (at < bytes.size() && is(bytes[at], class_token)) ++at;
  line.method = bytes.substr(method, at - method);
  if (line.method.size() > method_bytes_max) return refuse(400, "The method is too long.");
  if (at == bytes.size()) return line;
  if (bytes[at] != ' ' || line.method.empty())
    return refuse(400, "The start line does not begin with a method.");
  const std::size_t target = ++at;
  while (at < bytes.size() && is(bytes[at], class_target)) ++at;
  line.target = bytes.substr(target, at - target);
  if (line.target.size() > limits.target_bytes_max)
    return refuse(414, "The request target is too long.");
  if (at == bytes.size()) return line;
  if (bytes[at] != ' ' || line.target.empty())
    return refuse(400, "The request target is empty or holds a byte it may not.");
  ++at;
  return take_version(bytes.substr(at), line, at);
}

Method method_of(std::string_view text) {
  using enum Method;
  switch (text.size()) {
    case 3: return text == "GET" ? get : text == "PUT" ? put : other;
    case 4: return text == "POST" ? post : text == "HEAD" ? head : other;
    case 5: return text == "PATCH" ? patch : text == "TRACE" ? trace : other;
    case 6: return text == "DELETE" ? delete_ : other;
    case 7: return text == "OPTIONS" ? options : text == "CONNECT" ? connect : other;
    default: return other;
  }
}

void clear(RequestHead& head) {
  head.authority = head.host = head.path = head.upgrade = {};
  head.framing = Framing::none;
  head.length = 0;
  head.expect_continue = head.upgrade_websocket = head.te_trailers = false;
  head.max_forwards = -1;
  head.count = 0;
}

// What the fields say, before it is weighed.
struct Gathered {
  int hosts = 0;
  std::string_view host;
  Length length;
  Codings codings;
  Options options;
  bool expects = false;
  bool expects_other = false;
  bool trailers = false;
  bool tunnel_http = false;
  bool bad_max_forwards = false;
};

bool lists_trailers(std::string_view te) {
  while (!te.empty()) {
    std::string_view coding = next_element(te);
    if (equals(next_element(coding, ';'), "trailers")) return true;
  }
  return false;
}

bool lists_websocket(std::string_view upgrade) {
  while (!upgrade.empty())
    if (equals(next_element(upgrade), "websocket")) return true;
  return false;
}

int parse_max_forwards(std::string_view digits) {
  if (digits.empty() || !is_all(digits, class_digit)) return -1;
  int value = 0;
  for (const char c : digits) {
    if (value > (std::numeric_limits<int>::max() - 9) / 10) return std::numeric_limits<int>::max();
    value = value * 10 + (c - '0');
  }
  return value;
}

void gather_max_forwards(std::string_view value, RequestHead& head, Gathered& gathered) {
  if (head.method != Method::trace && head.method != Method::options) return;
  const int next = parse_max_forwards(value);
  gathered.bad_max_forwards = next < 0 || (head.max_forwards >= 0 && head.max_forwards != next);
  head.max_forwards = next;
}

void gather(RequestHead& head, Gathered& gathered) {
  for (std::size_t i = 0; i < head.count; ++i) {
    const Field& field = head.field[i];
    switch (field.id) {
      case FieldId::host:
        ++gathered.hosts;
        gathered.host = field.value;
        break;
      case FieldId::content_length: gathered.length.add(field.value); break;
      case FieldId::transfer_encoding: gathered.codings.add(field.value); break;
      case FieldId::connection:
        gathered.options.add(field.value, {head.field.data(), head.count});
        break;
      case FieldId::expect:
        (equals(field.value, "100-continue") ? gathered.expects : gathered.expects_other) = true;
        break;
      case FieldId::te: gathered.trailers = gathered.trailers || lists_trailers(field.value); break;
      case FieldId::upgrade:
        if (head.upgrade.empty()) head.upgrade = field.value;
        head.upgrade_websocket = head.upgrade_websocket || lists_websocket(field.value);
        gathered.tunnel_http = gathered.tunnel_http || names_http(field.value);
        break;
      case FieldId::max_forwards: gather_max_forwards(field.value, head, gathered); break;
      case FieldId::other:
      case FieldId::trailer:
      case FieldId::keep_alive:
      case FieldId::proxy_connection:
      case FieldId::via:
      case FieldId::date:
      case FieldId::cookie:
      case FieldId::set_cookie:
      case FieldId::forwarded:
      case FieldId::x_forwarded_for:
      case FieldId::x_forwarded_proto:
      case FieldId::x_forwarded_host:
      case FieldId::x_request_id:
      case FieldId::traceparent:
      case FieldId::idempotency_key:
      case FieldId::accept:
      case FieldId::switchyard_color:
      case FieldId::switchyard_token:
      case FieldId::http2_settings:
      case FieldId::proxy_authenticate: break;
    }
  }
}

// RFC 9112 §6.3.
Refusal settle_framing(const Gathered& gathered, RequestHead& head) {
  const Codings& codings = gathered.codings;
  const Length& length = gathered.length;
  if (codings.seen) {
    if (length.seen || length.bad)
      return {400, "Both Content-Length and Transfer-Encoding are there."};
    if (head.minor == 0) return {400, "HTTP/1.0 has no Transfer-Encoding."};
    if (!codings.last_chunked) return {400, "The last transfer coding is not chunked."};
    if (codings.chunked > 1) return {400, "Chunked is applied more than once."};
    if (!codings.only_chunked()) return {501, "Only the chunked transfer coding is known."};
    head.framing = Framing::chunked;
    return {};
  }
  if (length.bad) return {400, "Content-Length is not one number."};
  if (length.seen) {
    head.framing = Framing::length;
    head.length = length.value;
  }
  return {};
}

Refusal settle_connection(const Gathered& gathered, RequestHead& head) {
  const Options& options = gathered.options;
  if (options.bad) return {400, "Connection is not a list of options."};
  head.keep_alive = !options.close && (head.minor == 1 || options.keep_alive);
  if (!options.upgrade || head.minor == 0 || gathered.tunnel_http) {
    head.upgrade = {};
    head.upgrade_websocket = false;
  }
  head.te_trailers = options.te && gathered.trailers && head.minor == 1;
  if (gathered.bad_max_forwards) return {400, "Max-Forwards is not one number."};
  if (head.minor == 0) return {};  // RFC 9110 §10.1.1: ignored.
  if (gathered.expects_other) return {417, "Only 100-continue can be expected."};
  head.expect_continue = gathered.expects && (head.framing == Framing::chunked || head.length > 0);
  return {};
}

// Cuts absolute-form to origin-form. `scheme_port` stays -1 in the other forms (RFC 9112 §3.2).
Refusal settle_target(RequestHead& head, int& scheme_port) {
  const std::string_view target = head.target;
  if (head.method == Method::connect) {
    head.authority = target;
    return {};
  }
  if (target.front() == '/') return {};
  if (target == "*")
    return head.method == Method::options ? Refusal{}
                                          : Refusal{400, "Only OPTIONS has the target *."};
  if (target.size() >= 7 && equals(target.substr(0, 7), "http://")) scheme_port = 80;
  if (target.size() >= 8 && equals(target.substr(0, 8), "https://")) scheme_port = 443;
  if (scheme_port < 0) return {400, "The request target has no form that this method may use."};
  const std::string_view rest = target.substr(scheme_port == 80 ? 7 : 8);
  const std::size_t cut = rest.find_first_of("/?");
  head.authority = rest.substr(0, cut);
  if (cut != rest.npos) {
    head.target = rest.substr(cut);
  } else {
    head.target = head.method == Method::options ? "*" : "/";
  }
  return {};
}

// Host must be there once, valid, and agree with the target (RFC 9112 §3.2).
Refusal settle_authority(const Gathered& gathered, RequestHead& head) {
  int default_port = -1;
  if (const Refusal refusal = settle_target(head, default_port); refusal.status != 0)
    return refusal;
  if (gathered.hosts > 1) return {400, "Host is there more than once."};
  if (gathered.hosts == 0 && head.minor == 1) return {400, "Host is missing."};
  const auto host = parse_authority(gathered.host);
  if (gathered.hosts == 1 && !host) return {400, "Host is not a valid host."};
  const bool own = head.method == Method::connect || default_port >= 0;
  if (own) {
    const auto target = parse_authority(head.authority);
    if (!target) return {400, "The request target has no valid host."};
    const bool connect = head.method == Method::connect;
    if (connect && target->port < 0) return {400, "CONNECT needs a port."};
    if (connect && (target->port == 80 || target->port == 443)) default_port = target->port;
    if (host && !same_origin(*target, *host, default_port))
      return {400, "The request target and Host disagree."};
    head.host = target->host;
  } else if (host) {
    head.authority = host->text;
    head.host = host->host;
  }
  if (head.method == Method::connect) return {};
  head.path = head.target.front() == '?' ? "/" : head.target.substr(0, head.target.find('?'));
  return {};
}

}  // namespace

Refusal early_refusal(std::string_view bytes, const Limits& limits) {
  const RequestLine line = take_request_line(bytes, limits);
  if (line.refusal.status != 0) return line.refusal;
  if (bytes.size() > limits.head_bytes_max) return {431, "The request head is too large."};
  return {};
}

Refusal parse_request(std::string_view head_bytes, const Limits& limits, RequestHead& out) {
  clear(out);
  const RequestLine line = take_request_line(head_bytes, limits);
  if (line.refusal.status != 0) return line.refusal;
  if (head_bytes.size() > limits.head_bytes_max) return {431, "The request head is too large."};
  if (line.length == 0) return {400, "The head does not end with an empty line."};
  out.method = method_of(line.method);
  out.method_text = line.method;
  out.target = line.target;
  out.minor = line.minor;
  if (const Refusal refusal =
          parse_fields(head_bytes.substr(line.length), Side::request, out.field, out.count);
      refusal.status != 0)
    return refusal;
  Gathered gathered;
  gather(out, gathered);
  if (const Refusal refusal = settle_authority(gathered, out); refusal.status != 0) return refusal;
  if (const Refusal refusal = settle_framing(gathered, out); refusal.status != 0) return refusal;
  return settle_connection(gathered, out);
}

}  // namespace sy::http
