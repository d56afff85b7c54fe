#include "control/aws/dates.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "control/aws/text.h"

namespace sy::aws {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A cursor over text with places of fixed width.
struct Digits {
  std::string_view rest;
  bool ok = true;

  int number(std::size_t width) {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (i >= rest.size() || !is_digit(rest[i])) ok = false;
      if (ok) value = value * 10 + (rest[i] - '0');
    }
    if (ok) rest.remove_prefix(width);
    return value;
  }
  bool skip(std::string_view text) {
    if (!rest.starts_with(text)) ok = false;
    if (ok) rest.remove_prefix(text.size());
    return ok;
  }
  bool next_is(char c) const { return ok && !rest.empty() && rest.front() == c; }
};

struct Clock {
  int hour = 0, minute = 0, second = 0;
};

Clock read_clock(Digits& in) {
  Clock clock;
  clock.hour = in.number(2);
  in.skip(":");
  clock.minute = in.number(2);
  in.skip(":");
  clock.second = in.number(2);
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) in.ok = false;
  return clock;
}

std::optional<Seconds> instant(int year, int month, int day, const Clock& clock) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + hours{clock.hour} + minutes{clock.minute} +
         seconds{clock.second};
}

milliseconds read_fraction(Digits& in) {
  if (!in.next_is('.')) return milliseconds::zero();
  in.skip(".");
  int value = 0;
  int places = 0;
  while (!in.rest.empty() && is_digit(in.rest.front())) {
    if (places < 3) value = value * 10 + (in.rest.front() - '0');
    ++places;
    in.rest.remove_prefix(1);
  }
  for (int i = places; i < 3; ++i) value *= 10;
  if (places == 0) in.ok = false;
  return milliseconds{value};
}

// How far ahead of UTC.
minutes read_offset(Digits& in) {
  if (in.next_is('Z') || in.next_is('z')) {
    in.rest.remove_prefix(1);
    return minutes::zero();
  }
  const bool west = in.next_is('-');
  in.skip(west ? "-" : "+");
  const int hour = in.number(2);
  in.skip(":");
  const int minute = in.number(2);
  if (hour > 23 || minute > 59) in.ok = false;
  const minutes offset = hours{hour} + minutes{minute};
  return west ? -offset : offset;
}

struct Parts {
  int year = 0;
  unsigned month = 0, day = 0;
  std::chrono::hh_mm_ss<seconds> clock;
};

Parts parts(Seconds when) {
  const auto midnight = std::chrono::floor<days>(when);
  const std::chrono::year_month_day date{midnight};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()), std::chrono::hh_mm_ss<seconds>{when - midnight}};
}

std::string printed(const char* format, Seconds when) {
  const Parts part = parts(when);
  std::array<char, 64> out{};
  const int size = std::snprintf(out.data(), out.size(), format, part.year, part.month, part.day,
                                 static_cast<int>(part.clock.hours().count()),
                                 static_cast<int>(part.clock.minutes().count()),
                                 static_cast<int>(part.clock.seconds().count()));
  return {out.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string basic_date(Seconds when) { return printed("%04d%02u%02uT%02d%02d%02dZ", when); }

std::string iso_date(Seconds when) { return printed("%04d-%02u-%02uT%02d:%02d:%02dZ", when); }

std::optional<Moment> read_iso_date(std::string_view text) {
  Digits in{text};
  const int year = in.number(4);
  in.skip("-");
  const int month = in.number(2);
  in.skip("-");
  const int day = in.number(2);
  in.skip(in.next_is('t') ? "t" : "T");
  const Clock clock = read_clock(in);
  const milliseconds fraction = read_fraction(in);
  const minutes offset = read_offset(in);
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  const auto local = instant(year, month, day, clock);
  if (!local) return std::nullopt;
  return *local + fraction - offset;
}

std::optional<Seconds> read_http_date(std::string_view text) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  Digits in{text.substr(comma + 2)};
  const int day = in.number(2);
  in.skip(" ");
  const auto month = months.find(in.rest.substr(0, 3));
  if (!in.ok || in.rest.size() < 3 || month == std::string_view::npos || month % 3 != 0)
    return std::nullopt;
  in.rest.remove_prefix(3);
  in.skip(" ");
  const int year = in.number(4);
  in.skip(" ");
  const Clock clock = read_clock(in);
  in.skip(" GMT");
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return instant(year, static_cast<int>(month / 3) + 1, day, clock);
}

std::optional<Moment> read_epoch(double seconds) {
  constexpr double most = 253'402'300'800.0;  // The year 10000.
  if (!(std::fabs(seconds) < most)) return std::nullopt;
  return Moment{milliseconds{std::llround(seconds * 1000.0)}};
}

}  // namespace sy::aws
