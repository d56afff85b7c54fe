#include "verdict/judge.h"

#include <utility>

#include "verdict/inner.h"

namespace sy::verdict {

std::string_view word(Kind kind) {
  switch (kind) {
    case Kind::none: return "none";
    case Kind::inconclusive: return "inconclusive";
    case Kind::healthy: return "healthy";
    case Kind::suspect: return "suspect";
    case Kind::breach: return "breach";
    case Kind::shared: return "shared";
  }
  return {};
}

// An alarm clears with successes. Where live has no traffic any more, it clears with time.
bool Judge::Inner::live_alarming() const {
  return absolute_[live()].value() >= absolute_alarm && observed_ - failed_[live()] <= guard_window;
}

Judge::Judge(Options options) : inner_{std::make_unique<Inner>(options)} {}
Judge::Judge(Judge&&) noexcept = default;
Judge& Judge::operator=(Judge&&) noexcept = default;
Judge::~Judge() = default;

void Judge::set_options(Options options) {
  inner_->options = options;
  inner_->tolerate();
}

void Judge::begin(Color candidate, double baseline_upper) {
  inner_->begin(candidate, baseline_upper);
}

void Judge::end() { inner_->candidate.reset(); }

std::optional<Color> Judge::candidate() const { return inner_->candidate; }

void Judge::observe(const Batch& batch, Instant now) { inner_->observe(batch, now); }

Verdict Judge::verdict(bool live_open) const { return inner_->conclude(live_open); }

bool Judge::live_alarming() const { return inner_->live_alarming(); }

std::uint64_t Judge::live_repeats() const { return inner_->live_repeats(); }

std::uint64_t Judge::uncharged() const { return inner_->uncharged_now(); }

}  // namespace sy::verdict
