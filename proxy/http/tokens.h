// Bytes and words of HTTP: character classes, case, lists, field names. Shared by the codec's
// files.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "http/h1.h"

namespace sy::http {

// Bits of the character class table.
inline constexpr std::uint8_t class_token = 1;     // tchar (RFC 9110 §5.6.2)
inline constexpr std::uint8_t class_plain = 2;     // [A-Za-z0-9-]: names every upstream reads alike
inline constexpr std::uint8_t class_target = 4;    // 0x21 to 0x7e but "#"
inline constexpr std::uint8_t class_reg_name = 8;  // RFC 3986 reg-name without "," and "%"
inline constexpr std::uint8_t class_hex = 16;
inline constexpr std::uint8_t class_digit = 32;
inline constexpr std::uint8_t class_text = 64;  // what a value may hold: HTAB, SP, VCHAR, obs-text

namespace detail {

constexpr bool among(char c, std::string_view set) { return set.find(c) != set.npos; }

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    int bits = 0;
    if (digit || letter || (i != 0 && among(c, "!#$%&'*+-.^_`|~"))) bits |= class_token;
    if (digit || letter || c == '-') bits |= class_plain;
    if (i > 0x20 && i < 0x7f && c != '#') bits |= class_target;
    if (digit || letter || (i != 0 && among(c, "-._~!$&'()*+;="))) bits |= class_reg_name;
    if (hex) bits |= class_hex;
    if (digit) bits |= class_digit;
    if (c == '\t' || (i >= 0x20 && i != 0x7f)) bits |= class_text;
    table[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(bits);
  }
  return table;
}

inline constexpr std::array<std::uint8_t, 256> classes = make_classes();

}  // namespace detail

[[nodiscard]] constexpr std::uint8_t class_of(char c) {
  return detail::classes[static_cast<std::uint8_t>(c)];
}
[[nodiscard]] constexpr bool is(char c, std::uint8_t wanted) { return (class_of(c) & wanted) != 0; }
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
[[nodiscard]] constexpr bool is_all(std::string_view text, std::uint8_t wanted) {
  for (const char c : text)
    if (!is(c, wanted)) return false;
  return true;
}
[[nodiscard]] constexpr bool is_token(std::string_view text) {
  return !text.empty() && is_all(text, class_token);
}
[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
// The value of a hexadecimal digit. REQUIRES: is(c, class_hex).
[[nodiscard]] constexpr unsigned hex_value(char c) {
  return is(c, class_digit) ? static_cast<unsigned>(c - '0')
                            : static_cast<unsigned>(lower(c) - 'a' + 10);
}
// ASCII case does not matter; `lowered` is in lower case already.
[[nodiscard]] constexpr bool equals(std::string_view text, std::string_view lowered) {
  if (text.size() != lowered.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (lower(text[i]) != lowered[i]) return false;
  return true;
}
// ASCII case matters on neither side.
[[nodiscard]] constexpr bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}
// Cuts the next element, trimmed, off the front of a list (RFC 9110 §5.6.1), which becomes empty at
// its end. Elements may be empty; quoted strings are not looked at.
[[nodiscard]] constexpr std::string_view next_element(std::string_view& list,
                                                      char separator = ',') {
  const std::size_t cut = list.find(separator);
  const std::string_view element = trim(list.substr(0, cut));
  list.remove_prefix(cut == list.npos ? list.size() : cut + 1);
  return element;
}

// Which field this is, whatever its case. REQUIRES: is_token(name).
[[nodiscard]] FieldId field_id(std::string_view name);

}  // namespace sy::http
