// Times, durations and percentages as text.
#include <array>
#include <charconv>

#include "api/message.h"
#include "base/time_text.h"

namespace sy::api {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "0000-00-00" in `shape` stands for digits, everything else for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  return true;
}

int number_in(std::string_view text, std::size_t from, std::size_t length) {
  int value = 0;
  std::from_chars(text.data() + from, text.data() + from + length, value);
  return value;
}

// ".1234" or nothing; moves past it. What is finer than a millisecond is cut off.
std::optional<std::chrono::milliseconds> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return std::chrono::milliseconds{0};
  text.remove_prefix(1);
  int value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits)
    if (digits < 3) value = value * 10 + (text[digits] - '0');
  if (digits == 0 || digits > 9) return std::nullopt;
  for (std::size_t i = digits; i < 3; ++i) value *= 10;
  text.remove_prefix(digits);
  return std::chrono::milliseconds{value};
}

// "Z" or "+02:00", to be taken off.
std::optional<std::chrono::minutes> offset_of(std::string_view text) {
  if (text == "Z") return std::chrono::minutes{0};
  const bool east = has_shape(text, "+00:00");
  if (!east && !has_shape(text, "-00:00")) return std::nullopt;
  const int hours = number_in(text, 1, 2);
  const int minutes = number_in(text, 4, 2);
  if (hours > 23 || minutes > 59) return std::nullopt;
  const std::chrono::minutes offset{hours * 60 + minutes};
  return east ? offset : -offset;
}

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array<Unit, 5> units{{{"d", std::chrono::days{1}},
                                     {"h", std::chrono::hours{1}},
                                     {"m", std::chrono::minutes{1}},
                                     {"s", std::chrono::seconds{1}},
                                     {"ms", std::chrono::milliseconds{1}}}};
constexpr Duration duration_max = std::chrono::days{366};

}  // namespace

std::string to_text(WallTime at) { return iso(at); }

// RFC 3339 section 5.6, its capital letters only.
std::optional<WallTime> parse_time(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (!has_shape(text.substr(0, shape.size()), shape)) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{number_in(text, 0, 4)},
      std::chrono::month{static_cast<unsigned>(number_in(text, 5, 2))},
      std::chrono::day{static_cast<unsigned>(number_in(text, 8, 2))}};
  const int hour = number_in(text, 11, 2);
  const int minute = number_in(text, 14, 2);
  const int second = number_in(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::string_view rest = text.substr(shape.size());
  const auto fraction = take_fraction(rest);
  const auto offset = offset_of(rest);
  if (!fraction || !offset) return std::nullopt;
  const WallTime at = std::chrono::sys_days{date} + std::chrono::hours{hour} +
                      std::chrono::minutes{minute} + std::chrono::seconds{second} + *fraction -
                      *offset;
  const std::chrono::year_month_day there{std::chrono::floor<std::chrono::days>(at)};
  const int year = static_cast<int>(there.year());
  if (year < 0 || year > 9'999) return std::nullopt;
  return at;
}

std::string percent_text(int weight) {
  std::string text = std::to_string(weight / 100);
  const int rest = weight % 100;
  if (rest == 0) return text;
  text += rest < 10 ? ".0" : ".";
  text += std::to_string(rest % 10 == 0 ? rest / 10 : rest);
  return text;
}

std::optional<int> parse_percent(std::string_view text) {
  const auto dot = text.find('.');
  const auto before = text.substr(0, dot);
  const auto after = dot == text.npos ? std::string_view{} : text.substr(dot + 1);
  if (before.empty() || before.size() > 3 || after.size() > 2) return std::nullopt;
  if (dot != text.npos && after.empty()) return std::nullopt;
  int weight = 0;
  for (const char c : std::string(before) + std::string(after)) {
    if (!is_digit(c)) return std::nullopt;
    weight = weight * 10 + (c - '0');
  }
  for (std::size_t i = after.size(); i < 2; ++i) weight *= 10;
  if (weight > 10'000) return std::nullopt;
  return weight;
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Duration sum{};
  const auto* unit = units.begin();
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    std::size_t end = digits;
    while (end < text.size() && !is_digit(text[end])) ++end;
    const auto name = text.substr(digits, end - digits);
    while (unit != units.end() && unit->name != name) ++unit;
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + digits, count);
    if (digits == 0 || digits > 15 || unit == units.end()) return std::nullopt;
    if (count > duration_max / unit->length) return std::nullopt;
    sum += count * unit->length;
    ++unit;
    text.remove_prefix(end);
  }
  if (sum > duration_max) return std::nullopt;
  return sum;
}

}  // namespace sy::api
