// Asks everybody about one environment and keeps what they say, or that they do not answer.
#pragma once
#include "control/facts/facts.h"
#include "control/site.h"

namespace sy::control {

enum class Depth : std::uint8_t {
  proxies,  // and the record: no call to a platform
  tasks,    // and what runs
  events,   // and why it does not get on
};

[[nodiscard]] Facts gather(Site& site, Depth depth);

// The color that is meant: the one given, or the live one. A failure when the proxies do not agree.
[[nodiscard]] Try<Color> color_or_live(const std::optional<Color>& given, Site& site);

}  // namespace sy::control
