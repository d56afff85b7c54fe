// Opens after `rise` good probes in a row, shuts after `fall` bad ones. Starts shut: a version
// earns its traffic.
#pragma once
#include "base/check.h"
#include "health/options.h"

namespace sy::health {

class Gate {
 public:
  explicit Gate(const Options& options) : rise_{options.rise}, fall_{options.fall} {
    SY_CHECK(rise_ >= 1 && fall_ >= 1);
  }
  [[nodiscard]] bool open() const { return open_; }
  // Other rise and fall from the next probe on; open stays open.
  void tune(const Options& options) {
    SY_CHECK(options.rise >= 1 && options.fall >= 1);
    rise_ = options.rise;
    fall_ = options.fall;
  }
  // True when this probe moved the gate.
  bool observe(bool good) {
    if (good == open_) {
      against_ = 0;
      return false;
    }
    if (++against_ < (good ? rise_ : fall_)) return false;
    open_ = good;
    against_ = 0;
    return true;
  }

 private:
  int rise_;
  int fall_;
  int against_ = 0;  // probes in a row that disagree with `open_`
  bool open_ = false;
};

}  // namespace sy::health
