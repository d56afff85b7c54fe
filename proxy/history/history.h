// What the audit trail says about deployments: when each version got its traffic, how it ended, and
// the four key metrics. Entries in, values out; knows nothing of files.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/color.h"
#include "base/version.h"
#include "history/entry.h"

namespace sy::history {

// The time one color spent with traffic, from its first weight to its last.
struct Change {
  Color color = Color::blue;
  Version version;     // as reported when it last gained weight; empty: unknown
  std::string action;  // that gave it its first weight: "weights", "switch" or "rollback"
  std::string actor;
  std::string reason;
  WallTime begun{};
  std::optional<WallTime> reached{};  // when it had 100 %
  std::optional<WallTime> ended{};
  std::optional<WallTime> built{};  // as reported by its health endpoint
  // "moving" (some weight), "live" (has had 100 %, and weight still), "replaced" (left after it had
  // 100 %), "withdrawn" (left before), "rolled back".
  std::string outcome;
  bool operator==(const Change&) const = default;
};

// Oldest first. Entries that a later "undone" takes back are passed over.
[[nodiscard]] std::vector<Change> timeline(const std::vector<Entry>& entries);

// As docs/rollout.md defines them.
struct Dora {
  std::uint64_t deployments = 0;
  double deployments_per_day = 0;
  std::uint64_t failures = 0;
  std::optional<double> change_failure_rate{};  // 0 to 1; none without deployments
  std::optional<Duration> recovery_time{};      // median
  std::optional<Duration> lead_time{};          // median
  bool operator==(const Dora&) const = default;
};
inline constexpr Duration failure_within = std::chrono::hours{1};
// Of the deployments that reached 100 % in the `window` before `now`.
[[nodiscard]] Dora dora(const std::vector<Entry>& entries, WallTime now, Duration window);

// RFC 3339: "2024-01-01T12:00:00Z", with a fraction or an offset if there is one.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

}  // namespace sy::history
