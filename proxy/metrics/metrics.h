// GET /metrics: the same collected numbers the director decides by, as Prometheus text. Computed
// when scraped; nothing here is on the path of a request.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "director/director.h"
#include "director/ports.h"
#include "metrics/usage.h"

namespace sy::metrics {

// What the journal says: how rollouts ended since its first entry in memory, and the four key
// metrics of thirty days. None: not known.
struct Deployments {
  std::map<std::string, std::uint64_t> rollouts{{"aborted", 0}, {"completed", 0}, {"reverted", 0}};
  std::uint64_t deployments = 0;
  std::optional<double> lead_time{};      // seconds
  std::optional<double> recovery_time{};  // seconds
  std::optional<double> failure_ratio{};  // 0 to 1
};

// References are read during render() only.
struct Snapshot {
  const director::Collected& collected;
  const director::Status& status;
  std::vector<std::string> services;  // names, by index in collected.services
  Usage usage{};                      // read_usage()
  std::uint64_t access_log_dropped = 0;
  std::string version{};  // of switchyard itself
  Deployments deployments{};
};

// The content type of render(): text exposition format 0.0.4.
inline constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

[[nodiscard]] std::string render(const Snapshot& snapshot);

}  // namespace sy::metrics
