#include "http/authority.h"

#include "http/tokens.h"

namespace sy::http {
namespace {

bool is_reg_name(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is(text[i], class_reg_name)) continue;
    if (text[i] != '%' || i + 2 >= text.size()) return false;
    if (!is(text[i + 1], class_hex) || !is(text[i + 2], class_hex)) return false;
    i += 2;
  }
  return !text.empty();
}

bool is_literal(std::string_view text) {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  for (const char c : text.substr(1, text.size() - 2))
    if (!is(c, class_hex) && c != ':' && c != '.') return false;
  return text.find(':') != text.npos;
}

std::optional<int> parse_port(std::string_view digits) {
  if (digits.empty()) return -1;
  if (digits.size() > 5) return std::nullopt;
  int port = 0;
  for (const char c : digits) {
    if (!is(c, class_digit)) return std::nullopt;
    port = port * 10 + (c - '0');
  }
  if (port > 65535) return std::nullopt;
  return port;
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  const bool literal = !text.empty() && text.front() == '[';
  const std::size_t close = literal ? text.find(']') : 0;
  if (close == text.npos) return std::nullopt;
  const std::size_t colon = text.find(':', close);
  const std::string_view host = text.substr(0, colon);
  if (!(literal ? is_literal(host) : is_reg_name(host))) return std::nullopt;
  if (colon == text.npos) return Authority{text, host, -1};
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  return Authority{text, host, *port};
}

bool same_origin(const Authority& a, const Authority& b, int default_port) {
  const int port_a = a.port < 0 ? default_port : a.port;
  const int port_b = b.port < 0 ? default_port : b.port;
  return port_a == port_b && same(a.host, b.host);
}

}  // namespace sy::http
