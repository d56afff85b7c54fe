// switchctl.yaml as a struct of the modules' own options, one set for each environment.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/problem.h"
#include "control/deploy/options.h"
#include "control/edge/options.h"
#include "control/platform/options.h"
#include "control/records/options.h"

namespace sy::config {

enum class PlatformKind : std::uint8_t { ecs, compose, static_ };

struct ControlEnvironment {
  std::string app = "app";
  std::string name{};
  PlatformKind platform = PlatformKind::static_;
  control::platform::Services services;
  control::platform::EcsOptions ecs;
  control::platform::ComposeOptions compose;
  control::edge::Options edge;
  control::records::Options records;
  control::deploy::Options deploy;
  bool operator==(const ControlEnvironment&) const = default;
};

struct ControlConfig {
  std::map<std::string, ControlEnvironment> environments;
};

struct LoadedControl {
  ControlConfig config;           // worth using only when there are no problems
  std::vector<Problem> problems;  // in the order of the file
  std::string file;               // empty: none was found, so there are no environments
};

// `path`, or when that is empty ./switchctl.yaml, or ~/.config/switchctl/switchctl.yaml, or
// nothing.
[[nodiscard]] LoadedControl load_control_config(const std::string& path,
                                                const Environment& environment);
// The text alone. `file` is what problems call it.
[[nodiscard]] LoadedControl parse_control_config(std::string_view text, const std::string& file,
                                                 const Environment& environment);

}  // namespace sy::config
