// The only place that edits headers: what the proxy adds, drops and replaces on the way through.
#pragma once
#include <string>
#include <string_view>

#include "http/h1.h"

namespace sy::http {

// What a request gains on its way to the upstream (edge.md decision 7).
struct Forwarding {
  std::string_view client_address{};  // numeric, of the TCP (or PROXY protocol) peer
  bool trusted = false;               // the peer may set X-Forwarded-*, Forwarded, X-Request-Id
  bool tls = false;                   // X-Forwarded-Proto when not taken from a trusted peer
  std::string_view request_id{};      // always sent as X-Request-Id
  std::string_view traceparent{};     // sent when the request has none that is valid
  std::string_view via{};             // our pseudonym, "switchyard-1a2b3c4d"
  std::string_view default_host{};    // Host for a HTTP/1.0 request without one
  bool forwarded = false;             // write Forwarded (RFC 7239) too
  bool pass_upgrade = false;          // keep Upgrade and nominate it
  bool pass_expect = true;
  Framing framing = Framing::none;  // of the body as we send it
  std::uint64_t length = 0;
  std::string_view affinity_cookie{};  // name of our cookie, taken out of Cookie; empty: none
};
// Appends a whole HTTP/1.1 request head.
void write_request(std::string& out, const RequestHead& head, const Forwarding& forwarding);

// What a response gains on its way to the client.
struct Returning {
  std::string_view date{};          // IMF-fixdate, for a response that lacks one
  std::string_view via{};           // empty: not added
  std::string_view set_cookie{};    // whole value of a Set-Cookie to add; empty: none
  std::string_view request_id{};    // sent as X-Request-Id; empty: not added
  int client_minor = 1;             // 1.0 clients get no chunked framing and no 1xx
  bool keep_alive = true;           // false: Connection: close is sent
  bool pass_upgrade = false;        // a 101 that switches
  Framing framing = Framing::none;  // as we send it; `none` writes Content-Length only where the
                                    // head had one (HEAD, 304)
  std::uint64_t length = 0;
};
void write_response(std::string& out, const ResponseHead& head, const Returning& returning);

// True when `via` (all Via values of a request, in order) holds our pseudonym: the request has been
// here before.
[[nodiscard]] bool is_loop(const RequestHead& head, std::string_view via);

// The value of cookie `name` among all Cookie fields, or empty.
[[nodiscard]] std::string_view cookie(const RequestHead& head, std::string_view name);

// 55-byte W3C trace context, version 00, lower-case hex, not all zero.
[[nodiscard]] bool is_traceparent(std::string_view value);

}  // namespace sy::http
