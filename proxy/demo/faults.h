// Which requests the toy application spoils, by error diffusion, and what it keeps of that.
#pragma once
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "demo/toy_app.h"

namespace sy::demo {

enum class Fault : std::uint8_t { none, error, reset, hang };

class Faults {
 public:
  // What becomes of the next request that the knobs aim at: at a rate of 0.2 exactly every fifth.
  [[nodiscard]] Fault next(const Knobs& knobs);

 private:
  double error_sum_ = 0;
  double reset_sum_ = 0;
  double hang_sum_ = 0;
};

// True when `path` is one that the knobs aim at.
[[nodiscard]] bool aims_at(const Knobs& knobs, std::string_view path);
// The parts of error_field.
struct FieldAim {
  std::string_view name;
  std::string_view value;
};
[[nodiscard]] std::optional<FieldAim> field_aim(const Knobs& knobs);

[[nodiscard]] std::string to_json(const Counts& counts);

}  // namespace sy::demo
