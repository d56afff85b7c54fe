// How samples and families are made. Private to this folder.
#pragma once
#include <prometheus/metric_family.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/metrics.h"

namespace sy::metrics {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;
using Out = std::vector<MetricFamily>;

inline double seconds(Duration duration) { return std::chrono::duration<double>{duration}.count(); }

inline ClientMetric labelled(Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  return metric;
}

inline ClientMetric counter(Labels labels, double value) {
  ClientMetric metric = labelled(std::move(labels));
  metric.counter.value = value;
  return metric;
}
inline ClientMetric counter(Labels labels, std::uint64_t value) {
  return counter(std::move(labels), static_cast<double>(value));
}

inline ClientMetric gauge(Labels labels, double value) {
  ClientMetric metric = labelled(std::move(labels));
  metric.gauge.value = value;
  return metric;
}

inline MetricFamily family(MetricType type, std::string_view name, std::string_view help) {
  MetricFamily made;
  made.name = "switchyard_" + std::string{name};
  made.help = help;
  made.type = type;
  return made;
}

inline void add_one(Out& out, MetricFamily made, ClientMetric metric) {
  made.metric.push_back(std::move(metric));
  out.push_back(std::move(made));
}

// Rollouts, the verdict, the shield and the four key metrics.
void add_rollouts(Out& out, const Snapshot& snapshot);

}  // namespace sy::metrics
