// What the proxies say runs where every version is there already. Pure.
#pragma once
#include <vector>

#include "api/message.h"
#include "control/platform/platform.h"

namespace sy::control {

// One task for each endpoint that a proxy probes; it is up when every proxy that knows it finds its
// gate open. A service's version is the one that all of its endpoints report.
[[nodiscard]] platform::Observation observed_by(const std::vector<api::StatusView>& proxies);

}  // namespace sy::control
