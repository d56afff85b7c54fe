// What AWS refused, in the words of switchctl: the exit code that it means, and what to do next. It
// knows no call and no service beyond the action that a policy must allow.
#pragma once
#include <string>
#include <string_view>

#include "control/aws/error.h"
#include "control/terms/failure.h"

namespace sy::control {

// `doing` completes "cannot …": "update service pms-backend-production-green". The message of AWS
// stays as it is, since it names the action that is missing; its code and request id stand behind.
[[nodiscard]] Failure explained(const aws::Error& error, std::string_view doing);

// "ecs:UpdateService" of "… is not authorized to perform: ecs:UpdateService on resource: …"; empty:
// the message names none.
[[nodiscard]] std::string denied_action(std::string_view message);

// Whether the same question may be answered later: a loop that waits goes on then. Credentials and
// permissions do not come back by waiting.
[[nodiscard]] bool passes(const aws::Error& error);

}  // namespace sy::control
