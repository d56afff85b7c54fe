// Time that moves only when told to.
#pragma once
#include "base/time.h"

namespace sy::testing {

class ManualTime final : public TimeSource {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override { return wall_; }
  void advance(Duration by) {
    now_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(by);
  }

 private:
  Instant now_{std::chrono::hours{1}};
  WallTime wall_{std::chrono::milliseconds{1'704'103'200'000}};  // 2024-01-01T10:00:00Z
};

}  // namespace sy::testing
