// What this build is, from the build arguments VERSION and GIT_SHA.
#pragma once
#include <string>

namespace sy::app {

[[nodiscard]] std::string build_version();  // "dev" when not given
[[nodiscard]] std::string build_git_sha();  // empty when not given

}  // namespace sy::app
