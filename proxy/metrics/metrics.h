// GET /metrics: the same collected numbers the director decides by, as Prometheus text. Computed
// when scraped; nothing here is on the path of a request.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "director/director.h"
#include "director/ports.h"
#include "metrics/usage.h"

namespace sy::metrics {

// References are read during render() only.
struct Snapshot {
  const director::Collected& collected;
  const director::Status& status;
  std::vector<std::string> services;  // names, by index in collected.services
  Usage usage{};                      // read_usage()
  std::uint64_t access_log_dropped = 0;
  std::string version{};  // of switchyard itself
};

// The content type of render(): text exposition format 0.0.4.
inline constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

[[nodiscard]] std::string render(const Snapshot& snapshot);

}  // namespace sy::metrics
