// How strict a verdict is. Defaults are those of docs/verdict.md.
#pragma once
#include <chrono>

#include "base/time.h"

namespace sy::verdict {

struct Options {
  double tolerated = 0.01;       // failures of all requests, whatever live does; 0 < it <= 0.1
  double baseline_factor = 3;    // or this many times the upper bound of live's own rate
  double relative_alpha = 1e-3;  // chance that the relative test ever alarms on an equal candidate
  double paired_alpha = 1e-3;    // likewise of the paired test
  double latency_factor = 4;  // times as many requests slower than live's p95 as live has; 0: off
  Duration latency_over = std::chrono::milliseconds{5};  // p95 must differ by this as well
  bool operator==(const Options&) const = default;
};

}  // namespace sy::verdict
