// The extended health check: once all traffic is on the new version, every service is asked again
// and again for a while, as a client would ask it.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "control/deploy/options.h"
#include "control/deploy/target.h"
#include "control/edge/options.h"
#include "control/terms/failure.h"
#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::control::deploy {

// Pure: what a row of answers means.
class HealthJudge {
 public:
  explicit HealthJudge(int failures_max) : failures_max_{failures_max} {}
  // `fault`: empty, or why the answer is a bad one. True: that was one bad answer too many in a
  // row.
  [[nodiscard]] bool too_many(const std::string& service, std::string_view fault);
  // The last answer of some service was a bad one.
  [[nodiscard]] bool doubtful() const;
  [[nodiscard]] int good() const { return good_; }
  [[nodiscard]] int bad() const { return bad_; }

 private:
  int failures_max_;
  int good_ = 0;
  int bad_ = 0;
  std::map<std::string, int> in_a_row_;
};

// One question to a service: empty, or why its answer is a bad one. May take its time;
// `interrupted` when a signal came meanwhile.
using Ask = std::function<Try<std::string>(const std::string& service)>;

// Asks a service's health path at the traffic URL, without preview; a service with a version field
// must report the target's version. References outlive it.
[[nodiscard]] Ask asker(const edge::Options& edge, const Target& target, Pace& pace);

// Asks every service each interval until `options.for_` has passed, told as progress of the step
// "health". A failure: more than failures_max bad answers of one service in a row, or a signal.
[[nodiscard]] Try<> watch_health(const Health& options, const std::vector<std::string>& services,
                                 const Ask& ask, Pace& pace, Teller& teller);

// The two together. Without a traffic URL it warns that nothing was checked.
[[nodiscard]] Try<> check_health(const Health& options, const edge::Options& edge,
                                 const Target& target, Pace& pace, Teller& teller);

}  // namespace sy::control::deploy
