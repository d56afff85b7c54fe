// Whether every proxy sees a version as it should be seen before it gets traffic. Pure: what the
// proxies' own probes found is what clients will meet.
#pragma once
#include <string>
#include <vector>

#include "base/color.h"
#include "base/version.h"
#include "control/edge/edge.h"
#include "control/platform/options.h"
#include "control/platform/platform.h"

namespace sy::control::deploy {

struct GateLook {
  bool ready = false;
  std::string words{};  // what is still missing, or what was found
};

struct Expected {
  Color color = Color::green;
  Version version{};
  const platform::Services& services;     // those with a version field must report it
  const platform::Observation& observed;  // tasks whose address a proxy probes must be well
};

// Every endpoint of the color that a proxy probes is well and reports the version, and each service
// has one at least. Endpoints that are not well and that no task has are left aside.
[[nodiscard]] GateLook versions_seen(const std::vector<edge::Seen>& proxies,
                                     const Expected& expected);
// The color's gate is open on every proxy.
[[nodiscard]] GateLook gates_open(const std::vector<edge::Seen>& proxies, Color color);

}  // namespace sy::control::deploy
