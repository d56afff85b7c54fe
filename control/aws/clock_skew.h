// How far the clock of AWS is from ours, learnt from every answer; a machine whose clock is wrong
// can still sign.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "control/aws/dates.h"
#include "control/aws/fields.h"

namespace sy::aws {

class ClockSkew {
 public:
  using Span = std::chrono::milliseconds;

  explicit ClockSkew(Span skew = Span::zero()) : skew_{skew} {}

  [[nodiscard]] Span skew() const { return skew_; }
  [[nodiscard]] Seconds signing_time(Moment now) const {
    return std::chrono::floor<std::chrono::seconds>(now + skew_);
  }

  // What this answer says of the clocks; nothing when it cannot be trusted: a cache kept it (Age),
  // it has no Date, or it was longer on its way than a signature lives.
  std::optional<Span> learn(Moment sent, Moment received, const Fields& answer);

 private:
  Span skew_;
};

// An error that a wrong clock explains: worth another attempt, signed anew.
[[nodiscard]] bool explained_by_skew(std::string_view code,
                                     const std::optional<ClockSkew::Span>& learnt);

}  // namespace sy::aws
