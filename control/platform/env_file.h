// Pure: reads and changes single variables in the text of a `.env` file, as docker compose reads
// it, and leaves every other byte as it is: lines, comments, line ends. No interpolation.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sy::control::platform {

// The value that counts, the last one; without quotes and trailing comment.
[[nodiscard]] std::optional<std::string> env_value(std::string_view text, std::string_view name);

// REQUIRES of `name` and `value`: letters, digits, `_`, `.` and `-`, as names and tags have.
// Changes the assignment that counts, or adds one at the end.
[[nodiscard]] std::string with_env_value(std::string_view text, std::string_view name,
                                         std::string_view value);

// Every assignment of it gone.
[[nodiscard]] std::string without_env_value(std::string_view text, std::string_view name);

}  // namespace sy::control::platform
