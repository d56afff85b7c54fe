// The version that checks are about, and how its services are asked who they are.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/color.h"
#include "base/version.h"
#include "control/platform/options.h"

namespace sy::control::deploy {

struct Target {
  Color color = Color::green;
  Version version{};
  std::string git_sha{};
  std::string environment{};
  platform::Services services{};  // their health paths and version fields
};

// The text member `field` of a JSON object; nothing when the body is none or has no such text. The
// body is a stranger's.
[[nodiscard]] std::optional<std::string> reported_version(std::string_view body,
                                                          const std::string& field);

}  // namespace sy::control::deploy
