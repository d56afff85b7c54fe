// Test E: is the candidate slower than live? The event is "slower than live's 95th percentile", as
// known before; the evidence is that of test B with the share of completed requests.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/color.h"
#include "base/time.h"
#include "tally/histogram.h"
#include "verdict/mixture.h"
#include "verdict/options.h"

namespace sy::verdict {

class Latency {
 public:
  static constexpr std::uint64_t requests_least = 50;  // of the candidate, in the window
  static constexpr std::uint64_t known_least = 100;    // of live, before its percentile is used
  static constexpr int seconds_least = 3;              // with slow answers: a cold start is shorter

  // What the window (the last 10 to 20 s, or as long as 50 requests took) holds.
  struct Finding {
    std::uint64_t requests = 0;  // of the candidate
    double slow = 0;             // share of them over live's percentile
    double live_slow = 0;        // likewise of live; 0.05 while it answers nothing
    Duration limit{};            // live's percentile as known before
    Duration p95{};
    Duration live_p95{};
  };

  // `candidate` may be none: then only the percentiles of both are kept up.
  void observe(std::optional<Color> candidate, const PerColor<tally::Histogram>& batch,
               Instant now);
  // ln of the mean e-value; 0 when nothing speaks against the candidate.
  [[nodiscard]] double value() const { return ln_mean_exp(logs_); }
  [[nodiscard]] Finding finding() const;
  [[nodiscard]] bool breached(const Options& options) const;
  void begin();  // a new candidate; what is known of both colors' latency stays

 private:
  using Pair = PerColor<tally::Histogram>;
  struct Slow {
    Pair latency;
    PerColor<std::uint64_t> slow{};
  };
  // The last few hundred requests of one color, or its last 10 to 20 s if those were more.
  struct Trail {
    std::array<tally::Histogram, 2> halves;
    Instant turned{};
    void add(const tally::Histogram& more, Instant now);
    [[nodiscard]] tally::Histogram all() const;
  };

  void settle(std::optional<Color> candidate, Instant now);
  void weigh(Color candidate, Instant now);

  Pair pending_;
  bool waiting_ = false;
  Instant since_{};
  PerColor<Trail> known_;
  std::array<Slow, 2> window_;
  Instant turned_{};
  Color candidate_ = Color::green;
  Duration limit_{};
  int slow_seconds_ = 0;
  Logs logs_{};
};

}  // namespace sy::verdict
