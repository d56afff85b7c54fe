// Builds batches as a director would, one line a happening.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "verdict/judge.h"

namespace sy::verdict::test {

using tally::Replay;

inline constexpr Instant start{Duration{std::chrono::hours{1}}};
inline constexpr double unlearned = 1;
inline constexpr double quiet = 0.001;  // a baseline that keeps the tolerated rate at 1 %

struct World {
  Judge judge{};
  Instant now = start;
  double share = 0.5;
  std::uint64_t serial = 0;

  explicit World(double share_routed = 0.5, double baseline = quiet) : share{share_routed} {
    judge.begin(Color::green, baseline);
  }

  // A failure by a client of its own, unless changed.
  tally::Mishap mishap(Color color = Color::green) {
    ++serial;
    return {.at = now,
            .color = color,
            .service = "api",
            .route = "GET /a",
            .client = 1'000 + serial,
            .request = 5'000 + serial,
            .failure = tally::Failure::none,
            .status = 500,
            .share = share};
  }
  void observe(const Batch& batch) {
    judge.observe(batch, now);
    now += std::chrono::milliseconds{100};
  }
  void answer(Color color, std::uint64_t requests) {
    Batch batch;
    batch.requests[color] = requests;
    observe(batch);
  }
  // One failure of its color, and how many requests live answered beside it.
  void fail(const tally::Mishap& mishap, std::uint64_t live_answers = 0) {
    Batch batch;
    batch.requests[mishap.color] = 1;
    batch.failures[mishap.color] = 1;
    batch.requests.blue += live_answers;
    batch.mishaps.push_back(mishap);
    observe(batch);
  }
  // Until the verdict is breach; how many it took, or 0 when `most` were not enough.
  std::uint64_t failures_to_breach(std::uint64_t most, std::uint64_t live_answers = 0,
                                   Replay replay = Replay::none) {
    for (std::uint64_t n = 1; n <= most; ++n) {
      auto one = mishap();
      one.replay = replay;
      fail(one, live_answers);
      if (verdict().kind == Kind::breach) return n;
    }
    return 0;
  }
  [[nodiscard]] Verdict verdict(bool live_open = true) const { return judge.verdict(live_open); }
};

}  // namespace sy::verdict::test
