// Version names: v{YYYYMMDD}-{git sha, 7 to 40 lower-case hex digits} (the deployment guide,
// "Version Format").
#pragma once
#include <string>
#include <string_view>

namespace sy {

using Version = std::string;

// True for v20240101-abc1234; months and days are checked for range, not against the calendar.
[[nodiscard]] bool is_version(std::string_view text);

}  // namespace sy
