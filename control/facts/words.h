// Times, counts and lists as people say them. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sy::control {

// "350 ms", "8 s", "3 min 20 s", "2 h 5 min", "4 d 3 h": at most two units.
[[nodiscard]] std::string span_text(Duration span);
[[nodiscard]] std::string span_text(double seconds);
// "2024-01-01 10:02 UTC".
[[nodiscard]] std::string date_text(WallTime at);
// "2024-01-01 10:02": in a column that says UTC.
[[nodiscard]] std::string minute_text(WallTime at);
// "10:02:07.123": of one log's line, in UTC.
[[nodiscard]] std::string clock_text(WallTime at);
// "since 2024-01-01 10:02 UTC (8 min)".
[[nodiscard]] std::string since_text(WallTime at, WallTime now);

// "1 task", "2 tasks".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view what);
// "a", "a and b", "a, b and c".
[[nodiscard]] std::string listed(const std::vector<std::string>& words);
[[nodiscard]] std::string fixed(double value, int decimals);
// "v20240101-abc1234", or "unknown".
[[nodiscard]] std::string version_text(std::string_view version);

}  // namespace sy::control
