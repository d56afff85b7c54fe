// Addresses, networks and urls as a config file writes them. Checks form only; nothing is resolved.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "config/decode.h"

namespace sy::config {

struct Address {
  std::string host;  // numeric, as inet_ntop writes it
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

[[nodiscard]] Fault decode_address(std::string_view text,
                                   Address& out);  // 127.0.0.1:8080, [::1]:8080
[[nodiscard]] std::string show(const Address& address);
[[nodiscard]] bool is_loopback(std::string_view host);  // REQUIRES: numeric

// "10.0.0.0/8"; a single address gets /32 or /128.
[[nodiscard]] Fault decode_network(std::string_view text, std::string& out);

// http://, https:// or dns://; comes out lower case, without "/", with its port.
[[nodiscard]] Fault decode_endpoint(std::string_view text, std::string& out);

// "pms.example.com" or "*.example.com"; comes out lower case.
[[nodiscard]] Fault decode_host(std::string_view text, std::string& out);

// "/api/": what a request's path may start with.
[[nodiscard]] Fault decode_path(std::string_view text, std::string& out);

// "/api/patients/{id}": a path whose segments are literal, or stand for any one segment.
[[nodiscard]] Fault decode_template(std::string_view text, std::string& out);

// Where notices are posted, http:// or https:// with path and query. It is a secret: faults do not
// repeat it.
[[nodiscard]] Fault decode_webhook(std::string_view text, std::string& out);

// A name that a cookie may have (RFC 6265 §4.1.1).
[[nodiscard]] Fault decode_cookie(std::string_view text, std::string& out);

}  // namespace sy::config
