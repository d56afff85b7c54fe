#include "http/framing.h"

#include <limits>
#include <optional>

#include "http/tokens.h"

namespace sy::http {
namespace {

std::optional<std::uint64_t> parse_length(std::string_view digits) {
  constexpr std::uint64_t max = std::numeric_limits<std::int64_t>::max();
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is(c, class_digit)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (max - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

void nominate(std::string_view option, std::span<Field> fields) {
  for (Field& field : fields)
    if (!is_protected(field.id) && same(field.name, option)) field.nominated = true;
}

}  // namespace

void Length::add(std::string_view field_value) {
  if (field_value.empty() || field_value.back() == ',') bad = true;
  while (!field_value.empty()) {
    const auto next = parse_length(next_element(field_value));
    if (!next || (seen && *next != value)) {
      bad = true;
      return;
    }
    seen = true;
    value = *next;
  }
}

void Codings::add(std::string_view field_value) {
  seen = true;
  while (!field_value.empty()) {
    const std::string_view coding = next_element(field_value);
    if (coding.empty()) continue;
    ++count;
    last_chunked = equals(coding, "chunked");
    if (last_chunked) ++chunked;
  }
}

void Options::add(std::string_view field_value, std::span<Field> fields) {
  while (!field_value.empty()) {
    const std::string_view option = next_element(field_value);
    if (option.empty()) continue;
    if (!is_token(option) || ++count > count_max) {
      bad = true;
      return;
    }
    if (equals(option, "close")) {
      close = true;
    } else if (equals(option, "keep-alive")) {
      keep_alive = true;
    } else {
      upgrade = upgrade || equals(option, "upgrade");
      te = te || equals(option, "te");
      nominate(option, fields);
    }
  }
}

bool is_protected(FieldId id) {
  using enum FieldId;
  switch (id) {
    case host:
    case content_length:
    case transfer_encoding:
    case via:
    case date:
    case max_forwards:
    case forwarded:
    case x_forwarded_for:
    case x_forwarded_proto:
    case x_forwarded_host:
    case x_request_id:
    case traceparent: return true;
    case other:
    case connection:
    case upgrade:
    case te:
    case trailer:
    case expect:
    case keep_alive:
    case proxy_connection:
    case cookie:
    case set_cookie:
    case idempotency_key:
    case accept:
    case switchyard_color:
    case switchyard_token:
    case http2_settings:
    case proxy_authenticate: return false;
  }
  return false;
}

bool names_http(std::string_view upgrade) {
  while (!upgrade.empty()) {
    const std::string_view protocol = next_element(upgrade);
    const std::string_view name = protocol.substr(0, protocol.find('/'));
    if (equals(name, "h2c") || equals(name, "h2") || equals(name, "http") || equals(name, "tls"))
      return true;
  }
  return false;
}

}  // namespace sy::http
