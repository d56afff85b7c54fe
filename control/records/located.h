// Says of a failure where it was found, and fills in the environment in what to do next.
#pragma once
#include <string>

#include "control/terms/failure.h"

namespace sy::control::records {

[[nodiscard]] inline Failure located(Failure failure, const std::string& where,
                                     const std::string& env) {
  failure.what = where + ": " + failure.what;
  if (const auto at = failure.next.find("ENV"); at != std::string::npos)
    failure.next.replace(at, 3, env);
  return failure;
}

}  // namespace sy::control::records
