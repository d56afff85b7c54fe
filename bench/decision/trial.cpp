#include "trial.h"

#include <algorithm>
#include <cmath>

namespace sy::decision {
namespace {

double learned_bound(const Trial& trial, Random& random) {
  const double mean = trial.baseline * trial.learned;
  const double failures = std::round(mean + std::sqrt(mean) * random.normal());
  verdict::Baseline baseline;
  baseline.requests = trial.learned;
  baseline.failures = std::clamp(failures, 0.0, trial.learned);
  return baseline.upper_bound();
}

// All rules on one stream; each is asked until it has reverted.
class Race {
 public:
  Race(const Trial& trial, std::uint64_t seed, double bound)
      : stream_{trial.setting, seed}, ours_{bound, trial.setting.share} {
    rules_ = {&ours_, &flagger_, &argo_, &consecutive_, &mann_whitney_};
    asked_ = trial.ours_only ? 1 : rules_.size();
  }
  Outcomes run() {
    while (const auto failed = stream_.next()) {
      until(failed->at);
      ++failures_[failed->color];
      ++minute_.failures[failed->color];
      poisoned_ += failed->poison ? 1 : 0;
      for (std::size_t i = 0; i < asked_; ++i) {
        if (!outcomes_[i] && rules_[i]->fail(*failed, stream_)) revert(i, failed->at);
      }
      if (decided()) break;
    }
    if (!decided()) until(stream_.end());
    return outcomes_;
  }

 private:
  [[nodiscard]] bool decided() const {
    return std::all_of(outcomes_.begin(), outcomes_.begin() + static_cast<std::ptrdiff_t>(asked_),
                       [](const auto& outcome) { return outcome.has_value(); });
  }
  void revert(std::size_t rule, double at) {
    outcomes_[rule] = Reverted{.at = at,
                               .requests = stream_.requests(Color::green, at) + poisoned_,
                               .failures = failures_.green,
                               .test = rule == 0 ? ours_.verdict().test : '-'};
  }
  void until(double at) {
    while (asked_ > 1 && (minutes_ + 1) * 60 <= at) {
      ++minutes_;
      const double now = minutes_ * 60;
      for (const Color color : colors) {
        const std::uint64_t requests = stream_.requests(color, now);
        minute_.requests[color] =
            std::max(static_cast<double>(requests - reported_[color]), minute_.failures[color]);
        reported_[color] = requests;
      }
      for (std::size_t i = 1; i < asked_; ++i) {
        if (!outcomes_[i] && rules_[i]->minute(minute_)) revert(i, now);
      }
      minute_ = {};
    }
  }

  Stream stream_;
  Ours ours_;
  Flagger flagger_;
  Argo argo_;
  Consecutive consecutive_;
  MannWhitney mann_whitney_;
  std::array<Rule*, rule_names.size()> rules_{};
  std::size_t asked_ = 0;
  Outcomes outcomes_;
  PerColor<std::uint64_t> failures_{};
  PerColor<std::uint64_t> reported_{};
  Minute minute_;
  double minutes_ = 0;
  std::uint64_t poisoned_ = 0;
};

}  // namespace

Outcomes run(const Trial& trial, std::uint64_t seed) {
  Random random{seed};
  const double bound = learned_bound(trial, random);
  return Race{trial, random.bits(), bound}.run();
}

}  // namespace sy::decision
