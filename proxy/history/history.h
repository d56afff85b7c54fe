// What the audit trail says about deployments: when each version got its traffic, how it ended, and
// the four key metrics. Entries in, values out; knows nothing of files.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/color.h"
#include "base/version.h"
#include "history/entry.h"

namespace sy::history {

// What was done to give one color traffic, and what became of it: a rollout from its start, or by
// hand the time from its first weight to its last.
struct Change {
  Color color = Color::blue;
  Version version;      // expected by the rollout, else as reported when it last gained weight
  std::string rollout;  // id; empty: by hand
  std::string plan;
  std::string action;  // that began it: "rollout", "weights", "switch", "rollback", …
  std::string actor;
  std::string reason;
  WallTime begun{};                        // the rollout's start; by hand the first weight
  std::optional<WallTime> first_weight{};  // none: it never had traffic
  std::optional<WallTime> reached{};       // when it first had 100 %
  std::optional<WallTime> completed{};     // of a rollout: its bake has ended
  std::optional<WallTime> settled{};       // when the outcome was clear; none while it moves
  std::optional<WallTime> ended{};         // no traffic of its own any more
  std::optional<WallTime> built{};         // as reported by its health endpoint
  std::optional<WallTime> committed{};     // as given with the rollout
  // Of a rollout "moving", "completed", "reverted", "aborted", or "rolled back" once completed.
  // By hand "moving" (some weight), "live" (has had 100 %, and weight still), "replaced" (left
  // after it had 100 %), "withdrawn" (left before), "rolled back", "reverted" (by a verdict).
  std::string outcome;
  std::string why;  // in words, of "reverted" and "aborted"
  // Of a revert, as far as they are known.
  std::string test;
  std::optional<std::uint64_t> requests{};
  std::optional<std::uint64_t> failures{};
  std::optional<WallTime> first_failure{};
  std::optional<WallTime> last_failure{};
  bool operator==(const Change&) const = default;
};

// Oldest first. Entries that a later "undone" takes back are passed over.
[[nodiscard]] std::vector<Change> timeline(const std::vector<Entry>& entries);

// How long changes took from their beginning until their outcome was clear: a rollout until it
// ended, by hand until 100 % ("live", "replaced") or until it lost its weight.
struct Durations {
  std::uint64_t count = 0;
  Duration median{};
  Duration longest{};
  bool operator==(const Durations&) const = default;
};
// By outcome; without those that move still.
[[nodiscard]] std::map<std::string, Durations> durations(const std::vector<Change>& changes);

// When a change was in production for good: a rollout when it completed, by hand at 100 %. None for
// a rollback, and for what did not come so far.
[[nodiscard]] std::optional<WallTime> deployed(const Change& change);
// Whether the change failed: reverted when it had traffic, or rolled back soon after.
[[nodiscard]] bool failed(const Change& change);
// How long its failure lasted: of a revert from the first bad response to the last, of a rollback
// from the deployment to it.
[[nodiscard]] std::optional<Duration> recovery(const Change& change);

// As docs/rollout.md defines them.
struct Dora {
  std::uint64_t deployments = 0;
  double deployments_per_day = 0;
  std::uint64_t changes = 0;  // deployments, and what was reverted on the way
  std::uint64_t failures = 0;
  std::optional<double> change_failure_rate{};  // of changes, 0 to 1; none without changes
  std::optional<Duration> recovery_time{};      // median
  std::optional<Duration> lead_time{};          // median
  bool operator==(const Dora&) const = default;
};
inline constexpr Duration failure_within = std::chrono::hours{1};
// Of the changes that were deployed or reverted in the `window` before `now`.
[[nodiscard]] Dora dora(const std::vector<Entry>& entries, WallTime now, Duration window);

// RFC 3339: "2024-01-01T12:00:00Z", with a fraction or an offset if there is one.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

}  // namespace sy::history
