// One proxy's own words, in lines: its phase, its rollout, its verdict. Pure.
#pragma once
#include <string>

#include "control/facts/facts.h"
#include "control/render/table.h"

namespace sy::control {

// The phase, notes, the rollout that runs and how the last one ended. REQUIRES: it was reached.
[[nodiscard]] std::string proxy_lines(const ProxyFacts& proxy, WallTime now, const Look& look);

// All of it for an environment that is nothing but its proxies: words and two tables.
[[nodiscard]] std::string proxy_text(const api::StatusView& status, const Look& look);
// What a change came to: "switch to green, generation 8".
[[nodiscard]] std::string applied_text(const api::AppliedView& applied);

// "shifting: hold 2 of 4 at 10 %: 41 s to go".
[[nodiscard]] std::string phase_text(const api::RolloutView& rollout);
// "1 % 1m, [10 % 5m], 100 % 10m": the hold in force in brackets.
[[nodiscard]] std::string holds_text(const api::RolloutView& rollout);

}  // namespace sy::control
