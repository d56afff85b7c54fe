#include "base/time.h"

namespace sy {

Instant SystemTime::now() const { return std::chrono::steady_clock::now(); }

WallTime SystemTime::wall() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace sy
