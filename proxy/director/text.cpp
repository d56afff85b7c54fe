#include "director/text.h"

#include <charconv>

namespace sy::director {
namespace {

// The length of the UTF-8 sequence (RFC 3629) at the start of `text`, or 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2   ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) >= 0xa0;
  const bool beyond = first == 0xf4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

bool control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
  const auto second = static_cast<unsigned char>(sequence[1]);
  return sequence.size() == 2 && first == 0xc2 && second < 0xa0;  // U+0080 to U+009F
}

bool read_number(std::string_view text, std::size_t at, std::size_t digits, int& to) {
  const auto part = text.substr(at, digits);
  for (const char c : part) {
    if (c < '0' || c > '9') return false;
  }
  return std::from_chars(part.data(), part.data() + part.size(), to).ec == std::errc{};
}

}  // namespace

std::string clean(std::string_view text, std::size_t bytes_max) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto sequence = text.substr(0, length == 0 ? 1 : length);
    const std::string_view shown = length == 0 ? "?" : control(sequence) ? " " : sequence;
    if (result.size() + shown.size() > bytes_max) break;
    result += shown;
    text.remove_prefix(sequence.size());
  }
  return result;
}

std::string quote(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (byte < 0x20) {
      result += "\\u00";
      result += {digits[byte >> 4], digits[byte & 0xf]};
    } else {
      result += c;
    }
  }
  return result += '"';
}

std::optional<WallTime> parse_iso(std::string_view text) {
  if (text.size() != 24) return std::nullopt;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, milli = 0;
  const bool read = read_number(text, 0, 4, year) && read_number(text, 5, 2, month) &&
                    read_number(text, 8, 2, day) && read_number(text, 11, 2, hour) &&
                    read_number(text, 14, 2, minute) && read_number(text, 17, 2, second) &&
                    read_number(text, 20, 3, milli);
  if (!read) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const WallTime at = std::chrono::sys_days{date} + std::chrono::hours{hour} +
                      std::chrono::minutes{minute} + std::chrono::seconds{second} +
                      std::chrono::milliseconds{milli};
  if (iso(at) != text) return std::nullopt;
  return at;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, " ");
  return text;
}

std::string verdict(std::uint64_t requests, std::uint64_t errors) {
  if (requests == 0) return "no traffic";
  const std::string of = grouped(requests) + (requests == 1 ? " request" : " requests");
  if (errors == 0) return "no errors in " + of + " of the last 10 s";
  const std::uint64_t tenths = (errors * 1000 + requests / 2) / requests;
  std::string share = std::to_string(tenths / 10);
  if (tenths % 10 != 0) share += "." + std::to_string(tenths % 10);
  if (tenths == 0) share = "under 0.1";
  return grouped(errors) + (errors == 1 ? " error in " : " errors in ") + of + " (" + share + " %)";
}

}  // namespace sy::director
