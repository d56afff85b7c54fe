// The templates of switchctl.yaml: "{app}-{service}-{env}-{color}". A brace that names none of
// these stays as it is.
#pragma once
#include <string>
#include <string_view>

namespace sy::control::platform {

struct Names {
  std::string_view app;
  std::string_view environment;
  std::string_view service{};
  std::string_view color{};
};

// {app} {env} {service} {color}, and {SERVICE} {COLOR} in capitals with _ for -, as variables are
// called.
[[nodiscard]] std::string filled(std::string_view text, const Names& names);

}  // namespace sy::control::platform
