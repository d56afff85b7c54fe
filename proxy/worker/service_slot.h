// A worker's own books for one service: pools, sums, tunnels. Lives as long as the worker, so a
// request may point at it across any change of routing.
#pragma once
#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "base/color.h"
#include "split/routing.h"
#include "split/templates.h"
#include "tally/outcome.h"
#include "upstream/pool.h"

namespace sy::worker {

struct ServiceSlot {
  std::string name;
  PerColor<std::vector<upstream::Pool*>> pools;  // by the routing in force; owned by the worker
  PerColor<tally::Summary> summary;
  PerColor<const std::string*> version{};  // interned; never null after the first routing
  std::string health_path;
  split::Templates templates;
  std::vector<const std::string*> template_names;  // by index of templates; live as long as we do
  std::bitset<1'000> failing;                      // statuses that speak against an upstream
};

}  // namespace sy::worker
