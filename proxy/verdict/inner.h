// What a Judge keeps, and how it comes to its verdict.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "verdict/absolute.h"
#include "verdict/guards.h"
#include "verdict/hard.h"
#include "verdict/judge.h"
#include "verdict/latency.h"
#include "verdict/paired.h"
#include "verdict/relative.h"
#include "verdict/span.h"
#include "verdict/words.h"

namespace sy::verdict {

struct Judge::Inner {
  explicit Inner(Options chosen) : options{chosen} { tolerate(); }
  void tolerate();
  void begin(Color color, double upper);
  void observe(const Batch& batch, Instant now);
  [[nodiscard]] Verdict conclude(bool live_open) const;
  [[nodiscard]] bool live_alarming() const;
  [[nodiscard]] std::uint64_t live_repeats() const {
    return static_cast<std::uint64_t>(batch_live_.repeats);
  }
  [[nodiscard]] std::uint64_t uncharged_now() const {
    return counts_.uncharged() - uncharged_before_;
  }

  Options options;
  std::optional<Color> candidate{};
  double baseline_upper = 1;

 private:
  // Of the candidate, since begin().
  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;
    std::uint64_t charged = 0;
    std::uint64_t repeats = 0;      // over two of one client on one route, or a request again
    std::uint64_t failed_both = 0;  // replayed, and live failed it as well
    std::uint64_t pairs_for = 0;
    std::uint64_t pairs_against = 0;
    [[nodiscard]] std::uint64_t uncharged() const { return repeats + failed_both; }
  };
  // Of live, within one batch.
  struct LiveCharges {
    double charged = 0;
    double repeats = 0;
  };

  // observe.cpp
  void take(const tally::Mishap& mishap, PerColor<std::uint64_t>& successes);
  void succeed(Color color, std::uint64_t requests);
  void weigh(const tally::Mishap& mishap, std::uint64_t route);
  void charge(const tally::Mishap& mishap, std::uint64_t route);
  void blame(const tally::Mishap& mishap);
  void follow_live(const Batch& batch);
  void end_span();
  [[nodiscard]] Color live() const { return candidate ? other(*candidate) : busiest_; }

  // conclude.cpp
  struct Weighed;
  [[nodiscard]] Weighed weighed() const;
  void settle(Verdict& verdict, const Weighed& weighed, bool live_open) const;
  [[nodiscard]] std::string evidence(const Weighed& weighed) const;
  [[nodiscard]] std::string uncharged() const;

  Color busiest_ = Color::blue;
  PerColor<Absolute> absolute_;
  PerColor<Instant> failed_{};  // the last batch with a failure
  Instant observed_{};          // the last batch
  Relative relative_;
  Paired paired_;
  Hard hard_;
  Latency latency_;

  Seen requests_{guard_sets, guard_window};  // by color and request id
  Seen charges_{guard_sets, guard_window};   // by color, client and route
  Seen events_{guard_sets, guard_window};    // by client and route: of both colors, for test B
  Variety charged_{};                        // in the span
  Variety relative_charged_{};               // the candidate's in test B
  Variety all_{};                            // the candidate's, charged or not

  Counts counts_;
  Span span_;
  bool in_span_ = false;
  bool began_ = false;            // within the batch
  double share_ = 1;              // routed to the candidate when the span began
  bool budget_spent_ = false;     // in the span
  std::vector<Failing> failing_;  // in the span, bounded
  Routes routes_;
  Routes routes_before_;  // as of the beginning of the span
  LiveCharges batch_live_;
  std::uint64_t uncharged_before_ = 0;  // the batch
  // Of live since begin(): a second bound of its rate beside the one that was given.
  double live_requests_ = 0;
  double live_failures_ = 0;
  double live_bounded_at_ = 0;
  double live_upper_ = 1;
};

}  // namespace sy::verdict
