#include "control/facts/words.h"

#include <array>
#include <cstdio>

namespace sy::control {
namespace {

std::string two(std::int64_t big, const char* big_unit, std::int64_t small,
                const char* small_unit) {
  std::string text = std::to_string(big) + " " + big_unit;
  if (small > 0) text += " " + std::to_string(small) + " " + small_unit;
  return text;
}

std::string digits(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

}  // namespace

std::string span_text(Duration span) {
  using std::chrono::duration_cast;
  if (span < Duration{0}) span = Duration{0};
  if (span < std::chrono::seconds{1})
    return std::to_string(duration_cast<std::chrono::milliseconds>(span).count()) + " ms";
  const std::int64_t seconds = duration_cast<std::chrono::seconds>(span).count();
  if (seconds < 60) return std::to_string(seconds) + " s";
  const std::int64_t minutes = seconds / 60;
  if (minutes < 60) return two(minutes, "min", seconds % 60, "s");
  const std::int64_t hours = minutes / 60;
  if (hours < 24) return two(hours, "h", minutes % 60, "min");
  return two(hours / 24, "d", hours % 24, "h");
}

std::string span_text(double seconds) {
  constexpr double most = 1e9;  // what is longer is no longer a time
  return span_text(std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>{seconds > most ? most : seconds}));
}

std::string minute_text(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto minutes = std::chrono::floor<std::chrono::minutes>(at - day).count();
  return digits(int{date.year()}, 4) + "-" + digits(unsigned{date.month()}, 2) + "-" +
         digits(unsigned{date.day()}, 2) + " " + digits(minutes / 60, 2) + ":" +
         digits(minutes % 60, 2);
}

std::string date_text(WallTime at) { return minute_text(at) + " UTC"; }

std::string clock_text(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::int64_t ms = (at - day).count();
  return digits(ms / 3'600'000, 2) + ":" + digits(ms / 60'000 % 60, 2) + ":" +
         digits(ms / 1'000 % 60, 2) + "." + digits(ms % 1'000, 3);
}

std::string since_text(WallTime at, WallTime now) {
  return "since " + date_text(at) + " (" + span_text(Duration{now - at}) + ")";
}

std::string counted(std::int64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string{what} + (count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::string version_text(std::string_view version) {
  return version.empty() ? "unknown" : std::string{version};
}

}  // namespace sy::control
