// The proxies of one environment.
#pragma once
#include <string>
#include <vector>

#include "base/time.h"

namespace sy::control::edge {

struct Options {
  // Control APIs. A host name with several addresses means that many proxies.
  std::vector<std::string> urls{};
  std::string token{};  // a secret: bearer token of the control API
  // PEM file that https proxies are verified with; empty: the system's.
  std::string ca{};
  // Where clients are answered; empty: smoke tests and health checks have nowhere to go.
  std::string traffic{};
  std::string traffic_ca{};
  std::string preview_token{};  // a secret: x-switchyard-token
  // switchctl tells the proxies the tasks' addresses (PUT /v1/upstreams).
  bool push = false;
  Duration timeout = std::chrono::seconds{10};  // for each answer
  // A proxy may be out of reach this long while a rollout is followed.
  Duration patience = std::chrono::seconds{60};
  bool operator==(const Options&) const = default;
};

}  // namespace sy::control::edge
