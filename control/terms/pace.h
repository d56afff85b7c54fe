// Time and waiting as a parameter: whoever waits learns whether a signal has come meanwhile.
#pragma once
#include "base/time.h"

namespace sy::control {

class Pace {
 public:
  virtual ~Pace() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
  // False, at once, when SIGINT or SIGTERM has come during this wait or before it.
  [[nodiscard]] virtual bool wait(Duration duration) = 0;
  // Forgets a signal that came, so that what puts things right can wait. The next one counts again.
  virtual void forgive() = 0;
};

}  // namespace sy::control
