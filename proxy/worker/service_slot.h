// A worker's own books for one service: pools, sums, tunnels. Lives as long as the worker, so a
// request may point at it across any change of routing.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/color.h"
#include "split/routing.h"
#include "tally/outcome.h"
#include "upstream/pool.h"

namespace sy::worker {

struct ServiceSlot {
  std::string name;
  PerColor<std::vector<upstream::Pool*>> pools;  // by the routing in force; owned by the worker
  PerColor<tally::Summary> summary;
  PerColor<const std::string*> version{};  // interned; never null after the first routing
};

}  // namespace sy::worker
