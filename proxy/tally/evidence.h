// What a worker saw that speaks for or against a color: counts of requests, and each failure with
// what a verdict needs to know of it. No request's path, address or field is in it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "tally/outcome.h"

namespace sy::tally {

// How the same request went on the live color after it had failed on the candidate.
enum class Replay : std::uint8_t { none, live_well, live_failed };

// A failure of the upstream's: refused, reset, timed out before its head, not HTTP, or a status
// that counts as one (500, 502, 503, 504 unless configured otherwise). 4xx and clients that left
// never are; nor is what this proxy lacked (descriptors).
struct Mishap {
  Instant at{};
  Color color = Color::blue;
  std::string service;
  std::string route;          // "POST /api/claims": the method and a configured template or prefix
  std::uint64_t client = 0;   // hash of who asked; requests without a cookie or an authorization
                              // count by connection
  std::uint64_t request = 0;  // hash of the request id
  Failure failure = Failure::none;
  int status = 0;     // as the upstream said; 0: it said nothing
  bool hard = false;  // refused or reset before a response head
  double share = 0;   // of the requests routed to the candidate at the time, 0 to 1
  Replay replay = Replay::none;
  std::uint64_t successes = 0;  // of this color on this worker since its mishap before
  bool operator==(const Mishap&) const = default;
};

// One method of one template, since the deploy began.
struct RouteCount {
  std::string service;
  std::string route;  // as in Mishap
  PerColor<std::uint64_t> requests{};
  PerColor<std::uint64_t> failures{};
  bool operator==(const RouteCount&) const = default;
};

// Of one worker. Counts are of completed requests, since the worker started; a request that failed
// on the candidate and was replayed counts as a failure there, and as what it became on live.
struct Evidence {
  static constexpr std::size_t mishaps_max = 1'024;  // kept between two collects
  PerColor<std::uint64_t> successes{};
  PerColor<std::uint64_t> failures{};
  std::vector<Mishap> mishaps;   // since the last collect, oldest first
  std::uint64_t dropped = 0;     // mishaps beyond mishaps_max, since the worker started
  std::uint64_t replays = 0;     // requests replayed on live, since the worker started
  std::uint64_t unshielded = 0;  // replayable failures for which no budget was left, likewise
  std::vector<RouteCount> routes;
};

}  // namespace sy::tally
