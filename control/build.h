// What this build is, from the build argument VERSION.
#pragma once
#include <string>

namespace sy::control {

[[nodiscard]] std::string build_version();  // "dev" when not given

}  // namespace sy::control
