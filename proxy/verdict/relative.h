// Test B: of all failures, does the candidate have more than its share? An e-process on the events
// alone (Lindon and Malek, arXiv 2011.03567): no swing of traffic and no outage of both misleads
// it.
#pragma once
#include "verdict/mixture.h"

namespace sy::verdict {

class Relative {
 public:
  // One failure, when `share` of the requests were routed to the candidate.
  void observe(bool of_candidate, double share);
  // ln of the mean e-value.
  [[nodiscard]] double value() const { return ln_mean_exp(logs_); }
  void clear() { logs_ = {}; }

 private:
  Logs logs_{};
};

// What events add to each bet: `count` alike, of which `hits` were the candidate's.
void bet(Logs& logs, double hits, double count, double share);

}  // namespace sy::verdict
