// What verify and doctor answer, for people and for programs. Pure.
#pragma once
#include <string>
#include <vector>

#include "control/facts/agreement.h"
#include "control/facts/diagnose.h"
#include "control/render/table.h"

namespace sy::control {

[[nodiscard]] std::string agreement_text(const Facts& facts, const Agreement& agreement,
                                         const Look& look);
[[nodiscard]] std::string agreement_json(const Facts& facts, const Agreement& agreement);
// 0 only when all that was asked answered, and says the same.
[[nodiscard]] ExitCode agreement_code(const Facts& facts, const Agreement& agreement);

[[nodiscard]] std::string diagnosis_text(const Facts& facts, const std::vector<Finding>& findings,
                                         const Look& look);
[[nodiscard]] std::string diagnosis_json(const Facts& facts, const std::vector<Finding>& findings);

}  // namespace sy::control
