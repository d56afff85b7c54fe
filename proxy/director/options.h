// What the director is configured with: the application, its services and where their colors run.
#pragma once
#include <string>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "health/options.h"
#include "rollout/options.h"
#include "split/routing.h"
#include "verdict/options.h"

namespace sy::director {

// A service as configured, before addresses are resolved.
struct ServiceOptions {
  std::string name;
  std::vector<std::string> hosts;  // lower case; empty: every host
  std::vector<std::string> paths;  // prefixes
  health::Options health;
  PerColor<std::vector<std::string>>
      endpoints;  // urls: http://host:port, https://…, dns://name:port
  split::TunnelPolicy tunnels = split::TunnelPolicy::keep;
  Duration tunnel_drain{};
  std::vector<std::string> templates;  // "/api/patients/{id}": what verdicts and reasons may name
  std::vector<int> failure_statuses{500, 502, 503, 504};
  bool operator==(const ServiceOptions&) const = default;
};

struct Options {
  std::string app = "app";
  std::string environment = "local";
  std::vector<ServiceOptions> services;
  split::Affinity affinity;
  rollout::Options rollout;
  verdict::Options verdict;
  bool operator==(const Options&) const = default;
};

}  // namespace sy::director
