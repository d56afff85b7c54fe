// One stream under every rule.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "rules.h"
#include "stream.h"

namespace sy::decision {

struct Trial {
  Setting setting;
  double baseline = 0.001;  // live's rate while it was learned
  double learned = 50'000;  // requests it was learned from
  bool ours_only = false;
};

struct Reverted {
  double at = 0;
  std::uint64_t requests = 0;  // of the candidate until then
  std::uint64_t failures = 0;
  char test = 0;
};

using Outcomes = std::array<std::optional<Reverted>, rule_names.size()>;

[[nodiscard]] Outcomes run(const Trial& trial, std::uint64_t seed);

}  // namespace sy::decision
