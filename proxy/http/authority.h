// host[:port], checked and compared (RFC 3986 §3.2, RFC 9110 §4.2).
#pragma once
#include <optional>
#include <string_view>

namespace sy::http {

struct Authority {
  std::string_view text;  // as it came
  std::string_view host;  // with the brackets of an IPv6 literal
  int port = -1;          // -1: absent or empty
};

// Empty when it is no host with an optional port: empty host, userinfo, comma, bad bytes, a port
// over 65535.
[[nodiscard]] std::optional<Authority> parse_authority(std::string_view text);

// The same origin, when `default_port` stands for an absent one; -1: no default.
[[nodiscard]] bool same_origin(const Authority& a, const Authority& b, int default_port);

}  // namespace sy::http
