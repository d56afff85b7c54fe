// The three ways AWS writes an instant, without locale, time zone or clock.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sy::aws {

using Seconds = std::chrono::sys_seconds;
using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

// "20150830T123600Z", as signatures are dated; the first eight characters are the day.
[[nodiscard]] std::string basic_date(Seconds when);

// "2015-08-30T12:36:00Z".
[[nodiscard]] std::string iso_date(Seconds when);

// RFC 3339 with fractions and offsets, as in expirations.
[[nodiscard]] std::optional<Moment> read_iso_date(std::string_view text);

// IMF-fixdate of RFC 9110 5.6.7, as in the Date field.
[[nodiscard]] std::optional<Seconds> read_http_date(std::string_view text);

// A number of seconds since 1970, with a fraction or an exponent.
[[nodiscard]] std::optional<Moment> read_epoch(double seconds);

}  // namespace sy::aws
