// Builds the metric families of a snapshot.
#pragma once
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "metrics/metrics.h"

namespace sy::metrics {

class Families final : public prometheus::Collectable {
 public:
  explicit Families(const Snapshot& snapshot) : snapshot_{snapshot} {}
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Snapshot& snapshot_;
};

}  // namespace sy::metrics
