// Time as a parameter: decisions take an Instant, loops take a TimeSource, nothing reads a clock.
#pragma once
#include <chrono>

namespace sy {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::steady_clock::time_point;              // does not survive a restart
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;  // for people and records

// The only way to learn the time. One implementation reads the clocks, the other is ManualTime in
// tests/support. Must be callable from any thread.
class TimeSource {
 public:
  virtual ~TimeSource() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

// The machine's clocks.
class SystemTime final : public TimeSource {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] WallTime wall() const override;
};

}  // namespace sy
