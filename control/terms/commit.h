// The commit that a version of the guide's form names.
#pragma once
#include <string>
#include <string_view>

#include "base/version.h"

namespace sy::control {

// "abc1234" of v20240101-abc1234; empty for a version of another form.
[[nodiscard]] inline std::string commit_of(std::string_view version) {
  return is_version(version) ? std::string{version.substr(version.find('-') + 1)} : std::string{};
}

}  // namespace sy::control
