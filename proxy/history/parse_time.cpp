#include <charconv>

#include "history/history.h"

namespace sy::history {
namespace {

// Exactly `digits` digits at the start of `text`, which are taken off it.
bool take_number(std::string_view& text, std::size_t digits, int& to) {
  if (text.size() < digits) return false;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return false;
  }
  std::from_chars(text.data(), text.data() + digits, to);
  text.remove_prefix(digits);
  return true;
}

bool take_char(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

struct Digits {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

bool take_date(std::string_view& text, Digits& digits) {
  return take_number(text, 4, digits.year) && take_char(text, "-") &&
         take_number(text, 2, digits.month) && take_char(text, "-") &&
         take_number(text, 2, digits.day);
}

bool take_clock(std::string_view& text, Digits& digits) {
  return take_number(text, 2, digits.hour) && take_char(text, ":") &&
         take_number(text, 2, digits.minute) && take_char(text, ":") &&
         take_number(text, 2, digits.second) && digits.hour < 24 && digits.minute < 60 &&
         digits.second <= 60;
}

std::chrono::milliseconds take_fraction(std::string_view& text) {
  std::chrono::milliseconds fraction{0};
  if (!take_char(text, ".")) return fraction;
  int weight = 100;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    fraction += std::chrono::milliseconds{(text.front() - '0') * weight};
    weight /= 10;
    text.remove_prefix(1);
  }
  return fraction;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take_char(text, "Zz")) return std::chrono::minutes{0};
  const bool behind = text.starts_with('-');
  int hours = 0, minutes = 0;
  const bool read = take_char(text, "+-") && take_number(text, 2, hours) && take_char(text, ":") &&
                    take_number(text, 2, minutes);
  if (!read || hours > 23 || minutes > 59) return std::nullopt;
  const auto size = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return behind ? -size : size;
}

}  // namespace

std::optional<WallTime> parse_time(std::string_view text) {
  Digits digits;
  if (!take_date(text, digits) || !take_char(text, "Tt ") || !take_clock(text, digits)) {
    return std::nullopt;
  }
  const auto fraction = take_fraction(text);
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{digits.year},
                                         std::chrono::month{static_cast<unsigned>(digits.month)},
                                         std::chrono::day{static_cast<unsigned>(digits.day)}};
  if (!date.ok()) return std::nullopt;
  return WallTime{std::chrono::sys_days{date} + std::chrono::hours{digits.hour} +
                  std::chrono::minutes{digits.minute} + std::chrono::seconds{digits.second} +
                  fraction - *offset};
}

}  // namespace sy::history
