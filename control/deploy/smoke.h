// Smoke tests of a candidate that has no traffic yet: HTTP checks through the preview header, and
// programs. What follows from their results is decided elsewhere.
#pragma once
#include <string>
#include <vector>

#include "control/deploy/options.h"
#include "control/deploy/target.h"
#include "control/edge/options.h"
#include "control/terms/failure.h"
#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::control::deploy {

struct CheckResult {
  std::string name;  // "GET /api/version", "./smoke.sh"
  bool passed = false;
  std::string why{};  // one line; empty when it passed. Holds no secret
  Duration took{};
  bool operator==(const CheckResult&) const = default;
};

// Runs all of it, in order, telling each result as progress of the step "smoke". Before the first
// check, services that report a version are asked through the preview header for theirs, so that
// no check passes on an answer of the other color. Programs are not run once a check has failed.
// A failure: there is nowhere to send the checks to, or a signal came (`interrupted`).
[[nodiscard]] Try<std::vector<CheckResult>> smoke(const Smoke& options, const edge::Options& edge,
                                                  const Target& target, Pace& pace, Teller& teller);

// "2 of 5 smoke tests failed: GET /api/version: status 500, not 200; …"; empty: all passed.
[[nodiscard]] std::string failures_in_words(const std::vector<CheckResult>& results);

}  // namespace sy::control::deploy
