#include "control/records/text.h"

#include <array>
#include <boost/json/parse.hpp>
#include <charconv>

#include "base/time_text.h"

namespace sy::control::records {
namespace {

namespace json = boost::json;

constexpr char32_t none = 0xffff'ffff;

// The length that a first byte of UTF-8 announces, and the bits of it that count; 0: none.
struct First {
  std::size_t length = 0;
  char32_t bits = 0;
  char32_t lowest = 0;  // of what may be written with that length (RFC 3629)
};
First first_byte(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xc2 && byte < 0xe0) return {2, byte & 0x1fU, 0x80};
  if (byte >= 0xe0 && byte < 0xf0) return {3, byte & 0x0fU, 0x800};
  if (byte >= 0xf0 && byte < 0xf5) return {4, byte & 0x07U, 0x1'0000};
  return {};
}

// The character at the start of `text`, taken off it; `none`, and one byte taken off, where there
// is no UTF-8.
char32_t take_character(std::string_view& text) {
  const First first = first_byte(static_cast<unsigned char>(text.front()));
  char32_t character = first.bits;
  bool sound = first.length > 0 && first.length <= text.size();
  for (std::size_t i = 1; sound && i < first.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    sound = (byte & 0xc0) == 0x80;
    character = (character << 6) | (byte & 0x3fU);
  }
  const bool surrogate = character >= 0xd800 && character < 0xe000;
  sound = sound && character >= first.lowest && character <= 0x10'ffff && !surrogate;
  text.remove_prefix(sound ? first.length : 1);
  return sound ? character : none;
}

void append_unit(std::string& out, char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 0xf];
}

void append(std::string& out, char32_t character) {
  if (character == none) {
    out += '?';
  } else if (character == '"' || character == '\\') {
    out += '\\';
    out += static_cast<char>(character);
  } else if (character >= 0x20 && character < 0x7f && character != '{') {
    out += static_cast<char>(character);
  } else if (character < 0x1'0000) {
    append_unit(out, character);
  } else {
    append_unit(out, 0xd800 + ((character - 0x1'0000) >> 10));
    append_unit(out, 0xdc00 + ((character - 0x1'0000) & 0x3ff));
  }
}

// Exactly `digits` digits and then `after`, taken off the start of `text`.
bool take_number(std::string_view& text, std::size_t digits, std::string_view after, int& into) {
  if (text.size() < digits + after.size() || text.substr(digits, after.size()) != after)
    return false;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + digits, into);
  if (error != std::errc{} || stop != text.data() + digits || into < 0) return false;
  text.remove_prefix(digits + after.size());
  return true;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) append(out, take_character(text));
  return out + '"';
}

std::string time_text(WallTime at) {
  std::string text = iso(at);
  constexpr std::string_view no_fraction = ".000Z";
  if (text.ends_with(no_fraction)) text.replace(text.size() - no_fraction.size(), 5, "Z");
  return text;
}

std::optional<WallTime> parse_time(std::string_view text) {
  std::array<int, 6> part{};
  int millisecond = 0;
  bool sound = take_number(text, 4, "-", part[0]) && take_number(text, 2, "-", part[1]) &&
               take_number(text, 2, "T", part[2]) && take_number(text, 2, ":", part[3]) &&
               take_number(text, 2, ":", part[4]) && take_number(text, 2, "", part[5]);
  if (sound && text.starts_with('.')) {
    text.remove_prefix(1);
    sound = take_number(text, 3, "", millisecond);
  }
  const std::chrono::year_month_day date{std::chrono::year{part[0]},
                                         std::chrono::month{static_cast<unsigned>(part[1])},
                                         std::chrono::day{static_cast<unsigned>(part[2])}};
  if (!sound || text != "Z" || !date.ok() || part[0] < 1970) return std::nullopt;
  if (part[3] > 23 || part[4] > 59 || part[5] > 59) return std::nullopt;
  return WallTime{std::chrono::sys_days{date} + std::chrono::hours{part[3]} +
                  std::chrono::minutes{part[4]} + std::chrono::seconds{part[5]} +
                  std::chrono::milliseconds{millisecond}};
}

std::optional<json::object> parse_object(std::string_view text) {
  if (text.size() > text_bytes_max) return std::nullopt;
  json::parse_options options;
  options.max_depth = 8;
  boost::system::error_code error;
  json::value whole = json::parse(json::string_view{text.data(), text.size()}, error, {}, options);
  if (error || !whole.is_object()) return std::nullopt;
  return std::move(whole.get_object());
}

std::string cleaned(std::string_view text, std::size_t bytes_max) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t character = take_character(text);
    const auto length = before.size() - text.size();
    if (out.size() + length > bytes_max) return out;
    const bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
    if (control || character == none) {
      out += '?';
    } else {
      out += before.substr(0, length);
    }
  }
  return out;
}

const json::value* Members::find(std::string_view name) const {
  const auto* found = object_.if_contains({name.data(), name.size()});
  return found && !found->is_null() ? found : nullptr;
}

bool Members::has(std::string_view name) const { return find(name) != nullptr; }

void Members::complain(std::string_view name) {
  if (complaint_.empty()) complaint_ = name;
}

void Members::text(std::string_view name, std::string& into, std::size_t bytes_max) {
  const auto* found = find(name);
  if (!found) return;
  if (!found->is_string()) return complain(name);
  into = cleaned(std::string_view{found->get_string()}, bytes_max);
}

void Members::time(std::string_view name, WallTime& into) {
  if (!has(name)) return;
  std::string words;
  text(name, words);
  const auto at = parse_time(words);
  if (!at) return complain(name);
  into = *at;
}

void Members::number(std::string_view name, std::int64_t lowest, std::int64_t highest,
                     std::int64_t& into) {
  const auto* found = find(name);
  if (!found) return;
  boost::system::error_code error;
  const auto value = found->is_number() ? found->to_number<std::int64_t>(error) : lowest - 1;
  if (error || value < lowest || value > highest) return complain(name);
  into = value;
}

const json::object* Members::object(std::string_view name) {
  const auto* found = find(name);
  if (!found) return nullptr;
  if (!found->is_object()) complain(name);
  return found->if_object();
}

const json::array* Members::array(std::string_view name) {
  const auto* found = find(name);
  if (!found) return nullptr;
  if (!found->is_array()) complain(name);
  return found->if_array();
}

}  // namespace sy::control::records
