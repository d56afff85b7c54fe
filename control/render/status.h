// What runs where and how it fares, for people and for programs. Pure.
#pragma once
#include <string>
#include <vector>

#include "control/facts/facts.h"
#include "control/render/table.h"

namespace sy::control {

[[nodiscard]] std::string status_text(const Facts& facts, const Look& look);
[[nodiscard]] std::string status_json(const Facts& facts);
// One line for each environment.
[[nodiscard]] std::string summary_text(const std::vector<Facts>& all, const Look& look);

// Tables that others show too.
[[nodiscard]] std::string tasks_table(const platform::Observation& observation, const Look& look);
[[nodiscard]] std::string colors_table(const std::vector<ProxyFacts>& proxies, const Look& look);
[[nodiscard]] std::string gates_table(const std::vector<ProxyFacts>& proxies, const Look& look);

}  // namespace sy::control
