// How one request went, and the sums a worker keeps of them.
#pragma once
#include <array>
#include <cstdint>

#include "base/color.h"
#include "base/error.h"
#include "base/time.h"
#include "tally/histogram.h"

namespace sy::tally {

// Why an exchange with an upstream failed; `none` when it did not.
enum class Failure : std::uint8_t {
  none,
  connect_refused,
  connect_timeout,
  reset,         // closed or reset before a whole response head
  timeout,       // no response head, or no progress of the body, in time
  bad_response,  // not HTTP, or a framing error
  truncated,     // the body ended early
  no_endpoint,   // nothing to send to
};
inline constexpr std::size_t failure_kinds = 8;

struct Outcome {
  Color color = Color::blue;
  std::uint16_t service = 0;  // index into Routing::services
  int status = 0;             // what the client was told; 0: the client left first
  Failure failure = Failure::none;
  Duration total{};  // first byte of the head to last byte of the response
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint8_t retries = 0;
};

// Everything one worker knows about one color of one service, since it started. Adds up across
// workers; the difference of two readings is what happened between them.
struct Summary {
  std::array<std::uint64_t, 6> by_class{};  // [0]: client left first; [n]: nxx
  std::array<std::uint64_t, failure_kinds> failures{};
  Histogram latency;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t retries = 0;
  std::uint64_t connects = 0;  // new upstream connections
  std::uint64_t connect_failures = 0;
  std::uint64_t reuses = 0;       // requests sent on a pooled connection
  std::uint64_t tunnels = 0;      // upgrades completed
  std::uint64_t replays = 0;      // requests that failed here and were replayed on the other color
  std::int64_t in_flight = 0;     // a level, not a count: since() keeps it
  std::int64_t open_tunnels = 0;  // level
  std::int64_t pooled = 0;        // idle upstream connections; level

  void add(const Outcome& outcome) {
    const auto kind = static_cast<std::size_t>(outcome.status / 100);
    ++by_class[kind < by_class.size() ? kind : 5];
    if (outcome.failure != Failure::none) ++failures[static_cast<std::size_t>(outcome.failure)];
    latency.add(outcome.total);
    bytes_in += outcome.bytes_in;
    bytes_out += outcome.bytes_out;
    retries += outcome.retries;
  }
  Summary& operator+=(const Summary& more);
  // This reading less an earlier one; levels stay as they are here.
  [[nodiscard]] Summary since(const Summary& earlier) const;
  [[nodiscard]] std::uint64_t requests() const;
  bool operator==(const Summary&) const = default;
};

}  // namespace sy::tally
