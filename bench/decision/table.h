// The rows of the table: what is simulated, how often, and what is to be met.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trial.h"

namespace sy::decision {

struct Effort {
  std::size_t hours =
      10'000;  // trials of each row of false reverts; half as many of outages and poison
  std::size_t runs = 2'001;  // of each row of requests to revert
  unsigned threads = 1;
  std::uint64_t seed = 3;
};

struct Cell {
  bool asked = false;
  std::size_t reverted = 0;
  double median = 0;  // requests of the candidate; infinite when fewer than half reverted
  double p90 = 0;
};

struct Row {
  std::string group;  // "false reverts", "requests to revert", "shared outage", "poison", "latency"
  std::string name;
  std::string texture;
  std::size_t trials = 0;
  double error = 0;  // of requests to revert
  std::array<Cell, rule_names.size()> cells{};
  std::optional<double> most{};  // for ours: reverts, or the median of requests
  bool by_median = false;
  [[nodiscard]] bool met() const;
};

[[nodiscard]] std::string name(Texture texture);
// Rows of false reverts at these rates; `weights` 10, 50 and 100 % take turns.
[[nodiscard]] std::vector<Row> false_reverts(const Effort& effort,
                                             const std::vector<double>& rates);
[[nodiscard]] std::vector<Row> requests_to_revert(const Effort& effort,
                                                  const std::vector<double>& errors, double share);
[[nodiscard]] std::vector<Row> shared_outages(const Effort& effort);
[[nodiscard]] std::vector<Row> poison(const Effort& effort);
[[nodiscard]] std::vector<Row> latency(const Effort& effort);

}  // namespace sy::decision
