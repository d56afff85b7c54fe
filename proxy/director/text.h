// Words for people and JSON for lines of text.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_text.h"

namespace sy::director {

// Fit for the audit trail: control characters become spaces, what is not UTF-8 becomes "?", and
// what is over `bytes_max` is cut between characters.
[[nodiscard]] std::string clean(std::string_view text, std::size_t bytes_max);
// A JSON string, quotes included. REQUIRES: UTF-8.
[[nodiscard]] std::string quote(std::string_view text);
// What sy::iso writes, and nothing else.
[[nodiscard]] std::optional<WallTime> parse_iso(std::string_view text);
// "1 234 567".
[[nodiscard]] std::string grouped(std::uint64_t number);
// "no errors in 1 234 requests of the last 10 s", "3 errors in 120 requests (2.5 %)", "no traffic".
[[nodiscard]] std::string verdict(std::uint64_t requests, std::uint64_t errors);

}  // namespace sy::director
