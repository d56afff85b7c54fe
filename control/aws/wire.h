// The two ways AWS is asked and answers here: JSON 1.1 (ECS, SSM, ECR, Logs) and the query
// protocol (STS); and what an answer that is an error means.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/aws/error.h"
#include "control/aws/fields.h"

namespace sy::aws {

// `target` is "AmazonSSM.GetParameter". Host and what signing needs come later.
[[nodiscard]] Request json_request(std::string_view target, std::string body);

using Parameters = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Request query_request(std::string_view action, std::string_view version,
                                    const Parameters& parameters);

[[nodiscard]] bool is_success(const Answer& answer);

// REQUIRES: not is_success(answer). Also for a body that is HTML, of a load balancer on the way.
[[nodiscard]] Error json_error(const Answer& answer);
[[nodiscard]] Error query_error(const Answer& answer);

// By code; by status only where no code is known, for services disagree about statuses.
[[nodiscard]] Kind kind_of(std::string_view code, int status);

}  // namespace sy::aws
