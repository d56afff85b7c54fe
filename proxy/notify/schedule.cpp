#include "notify/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sy::notify {
namespace {

constexpr std::size_t digits_max = 9;        // decades of seconds
constexpr std::chrono::days date_most{366};  // a Duration ends after three centuries

std::optional<int> number(std::string_view text) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || text.size() > digits_max || value < 0) return std::nullopt;
  if (fault != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<unsigned> month(std::string_view name) {
  constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin()) + 1;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that may be sent (RFC 9110 section 5.6.7).
std::optional<WallTime> date(std::string_view text) {
  constexpr std::string_view shape = "..., .. ... .... ..:..:.. GMT";
  if (text.size() != shape.size()) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != '.' && shape[i] != text[i]) return std::nullopt;
  }
  const auto day = number(text.substr(5, 2));
  const auto in_year = month(text.substr(8, 3));
  const auto year = number(text.substr(12, 4));
  const auto hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2));
  const auto second = number(text.substr(23, 2));
  if (!day || !in_year || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day on{std::chrono::year{*year}, std::chrono::month{*in_year},
                                       std::chrono::day{static_cast<unsigned>(*day)}};
  if (!on.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return WallTime{std::chrono::sys_days{on} + std::chrono::hours{*hour} +
                  std::chrono::minutes{*minute} + std::chrono::seconds{*second}};
}

}  // namespace

Answer meaning(int status) {
  if (status >= 200 && status <= 299) return Answer::delivered;
  const bool passing = status == 408 || status == 425 || status == 429;
  return status >= 300 && status <= 499 && !passing ? Answer::never : Answer::again;
}

Duration back_off(const Retry& retry, int failures, std::uint64_t entropy) {
  Duration wait = retry.first;
  for (int i = 1; i < failures && wait < retry.most; ++i) wait *= 2;
  wait = std::min(wait, retry.most);
  const auto half = static_cast<std::uint64_t>(wait.count()) / 2;
  return wait - Duration{static_cast<std::int64_t>(entropy % (half + 1))};
}

std::optional<Duration> retry_after(std::string_view value, WallTime now) {
  if (const auto seconds = number(value)) return std::chrono::seconds{*seconds};
  const auto at = date(value);
  if (!at) return std::nullopt;
  return std::clamp<WallTime::duration>(*at - now, WallTime::duration::zero(), date_most);
}

Duration wait_for(const Retry& retry, Duration back_off, std::optional<Duration> asked) {
  return std::min(retry.most, std::max(back_off, asked.value_or(Duration::zero())));
}

}  // namespace sy::notify
