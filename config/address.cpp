#include "config/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "config/text.h"

namespace sy::config {
namespace {

constexpr std::size_t template_bytes_max = 256;
constexpr std::size_t webhook_bytes_max = 2'048;

struct Numeric {
  bool v6 = false;
  std::array<unsigned char, 16> bytes{};
  std::string text;
  [[nodiscard]] int bits() const { return v6 ? 128 : 32; }
};

std::optional<Numeric> numeric(std::string_view text) {
  Numeric out;
  const std::string copy{text};
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, copy.c_str(), out.bytes.data()) != 1) continue;
    out.v6 = family == AF_INET6;
    out.text = inet_ntop(family, out.bytes.data(), buffer.data(), buffer.size());
    return out;
  }
  return std::nullopt;
}

std::string got(std::string_view text) { return ", got \"" + shown(text) + "\""; }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_port(std::string_view text) {
  int port = 0;
  return !decode(text, port) && port >= 0 && port <= 65'535;
}

std::uint16_t to_port(std::string_view text) {
  int port = 0;
  if (decode(text, port)) return 0;
  return static_cast<std::uint16_t>(port);
}

struct HostPort {
  std::string_view host;  // without brackets
  std::string_view port;  // empty: none
  bool bracketed = false;
};

// Cuts at the colon; nothing when brackets or colons do not fit together.
std::optional<HostPort> cut(std::string_view text) {
  HostPort out;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    out.bracketed = true;
    out.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    out.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? "" : text.substr(colon);
  }
  if (rest.empty()) return out;
  out.port = rest.substr(1);
  if (rest.front() != ':' || !is_port(out.port)) return std::nullopt;
  return out;
}

// RFC 1123 §2.1 names, and "_" because service records use it (RFC 2782).
bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    const bool sound = std::all_of(label.begin(), label.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (label.empty() || label.size() > 63 || !sound || label.front() == '-' || label.back() == '-')
      return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// A name whose last label is a number would be taken for an IPv4 address by some and not by others.
bool looks_numeric(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Numeric masked(Numeric address, int prefix) {
  for (int bit = prefix; bit < address.bits(); ++bit) {
    auto& byte = address.bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<unsigned char>(byte & ~(0x80U >> static_cast<unsigned>(bit % 8)));
  }
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  address.text = inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), buffer.data(),
                           buffer.size());
  return address;
}

}  // namespace

Fault decode_address(std::string_view text, Address& out) {
  const std::string fault =
      "must be an IP address and a port such as 127.0.0.1:8080, 0.0.0.0:8080 or \"[::]:8080\"" +
      got(text);
  const auto parts = cut(text);
  if (!parts || parts->port.empty()) return fault;
  const auto address = numeric(parts->host);
  if (!address || address->v6 != parts->bracketed) return fault;
  out = {address->text, to_port(parts->port)};
  return std::nullopt;
}

std::string show(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

bool is_loopback(std::string_view host) { return host == "::1" || host.starts_with("127."); }

Fault decode_network(std::string_view text, std::string& out) {
  const std::string fault = "must be a network such as 10.0.0.0/8 or fd00::/8" + got(text);
  const std::size_t slash = text.find('/');
  const auto address = numeric(text.substr(0, slash));
  if (!address) return fault;
  int prefix = address->bits();
  if (slash != std::string_view::npos && decode(text.substr(slash + 1), prefix)) return fault;
  if (prefix < 0 || prefix > address->bits()) return fault;
  const std::string network = masked(*address, prefix).text;
  const std::string whole = network + '/' + std::to_string(prefix);
  if (network != address->text) {
    return "has address bits beyond its prefix, did you mean " + whole + "?";
  }
  out = whole;
  return std::nullopt;
}

Fault decode_endpoint(std::string_view text, std::string& out) {
  const std::string fault =
      "must be a url such as http://127.0.0.1:9101, https://name:443 or dns://name:port" +
      got(text);
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return fault;
  const std::string scheme = lower(text.substr(0, end));
  if (scheme == "h2c") return "HTTP/2 to upstreams is not offered yet";
  if (scheme != "http" && scheme != "https" && scheme != "dns") return fault;
  std::string rest = lower(text.substr(end + 3));
  if (rest.ends_with('/')) rest.pop_back();
  if (rest.find_first_of("/?#") != std::string::npos)
    return "must not have a path or a query" + got(text);
  if (rest.find('@') != std::string::npos) return "must not have a user or a password";
  const auto parts = cut(rest);
  if (!parts) return fault;
  const auto address = numeric(parts->host);
  const bool name = !parts->bracketed && is_host_name(parts->host) && !looks_numeric(parts->host);
  if (scheme == "dns" && (!name || parts->port.empty()))
    return "must be dns://name:port" + got(text);
  if (!name && (!address || address->v6 != parts->bracketed)) return fault;
  if (to_port(parts->port) == 0 && !parts->port.empty()) return "must not have port 0";
  const std::string port =
      parts->port.empty() ? (scheme == "http" ? "80" : "443") : std::string{parts->port};
  const std::string host = name ? std::string{parts->host} : address->text;
  out = scheme + "://" + (parts->bracketed ? '[' + host + ']' : host) + ':' + port;
  return std::nullopt;
}

Fault decode_host(std::string_view text, std::string& out) {
  const std::string host = lower(text);
  const std::string_view name = std::string_view{host}.substr(host.starts_with("*.") ? 2 : 0);
  if (!is_host_name(name) && !(numeric(host) && host.find(':') == std::string::npos)) {
    return "must be a host name such as pms.example.com or \"*.example.com\", without a port" +
           got(text);
  }
  out = host;
  return std::nullopt;
}

Fault decode_path(std::string_view text, std::string& out) {
  const auto allowed = [](char c) { return c > 0x20 && c < 0x7f && c != '?' && c != '#'; };
  if (!text.starts_with('/')) return "must start with \"/\"" + got(text);
  if (!std::all_of(text.begin(), text.end(), allowed)) {
    return "must not have spaces, \"?\", \"#\" or characters that a url escapes" + got(text);
  }
  out = text;
  return std::nullopt;
}

Fault decode_template(std::string_view text, std::string& out) {
  const auto is_name = [](std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-';
    });
  };
  std::string path;
  if (auto fault = decode_path(text, path)) return fault;
  if (text.size() > template_bytes_max)
    return "must be at most " + std::to_string(template_bytes_max) + " bytes" + got(text);
  for (std::string_view rest = text.substr(1); text != "/";) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    const bool named = segment.size() > 2 && segment.front() == '{' && segment.back() == '}' &&
                       is_name(segment.substr(1, segment.size() - 2));
    if (segment.empty()) return "must not have empty segments" + got(text);
    if (!named && segment.find_first_of("{}*") != std::string_view::npos)
      return "must have segments that are literal or {name}" + got(text);
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  out = path;
  return std::nullopt;
}

Fault decode_webhook(std::string_view text, std::string& out) {
  const std::string fault = "must be a url such as https://hooks.example.com/switchyard";
  const auto allowed = [](char c) { return c > 0x20 && c < 0x7f; };
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || text.size() > webhook_bytes_max) return fault;
  if (!std::all_of(text.begin(), text.end(), allowed)) return fault;
  const std::size_t path = std::min(text.find_first_of("/?#", scheme + 3), text.size());
  const std::string_view start = text.substr(0, path);
  if (start.find('@') != std::string_view::npos) return "must not have a user or a password";
  if (text.find('#') != std::string_view::npos) return "must not have a fragment";
  std::string authority;
  if (start.starts_with("dns:") || decode_endpoint(start, authority)) return fault;
  const std::string rest{text.substr(path)};
  out = authority + (rest.starts_with('/') ? "" : "/") + rest;
  return std::nullopt;
}

Fault decode_cookie(std::string_view text, std::string& out) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  };
  if (text.empty() || text.size() > 64 || !std::all_of(text.begin(), text.end(), allowed)) {
    return "must be a cookie name of 1 to 64 letters, digits, - and _" + got(text);
  }
  out = text;
  return std::nullopt;
}

}  // namespace sy::config
