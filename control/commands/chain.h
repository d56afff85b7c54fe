// The audit trail of a proxy, read page by page and checked link by link.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "control/edge/edge.h"
#include "control/terms/failure.h"

namespace sy::control {

struct CheckedChain {
  std::uint64_t entries = 0;
  std::uint64_t first = 0;              // sequence number of the oldest entry the proxy still gives
  std::vector<std::string> problems{};  // where it breaks, in words; empty: intact
};

[[nodiscard]] Try<CheckedChain> verify_chain(const edge::Edge& edge, std::size_t proxy);

}  // namespace sy::control
