// A budget in tokens: a share of what is earned by traffic, and a floor for when there is none.
#pragma once
#include <algorithm>

namespace sy::worker {

class Allowance {
 public:
  void reset(double floor) { tokens_ = floor_ = floor; }
  // For one request. What is saved up beyond the floor is bounded, so that a long quiet time does
  // not pay for a storm.
  void earn(double share) { tokens_ = std::min(tokens_ + share, floor_ + saved_max); }
  [[nodiscard]] bool spend() {
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  static constexpr double saved_max = 100;
  double floor_ = 0;
  double tokens_ = 0;
};

}  // namespace sy::worker
