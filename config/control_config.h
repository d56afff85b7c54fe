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
  // Its first line is the edge's token, when there is none already; read once it is needed.
  std::string token_file{};
  bool insecure = false;  // a token may go to a proxy that is not loopback without https
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

// Whether the url is plain http to another machine, where a token would be overheard.
[[nodiscard]] bool is_overheard(std::string_view url);

struct LoadedControl {
  ControlConfig config;           // worth using only when there are no problems
  std::vector<Problem> problems;  // in the order of the file
  std::vector<Problem> warnings;  // secrets in a file that everybody can read
  std::string file;               // empty: none was found, so there are no environments
};

// `path`, or when that is empty ./switchctl.yaml, or ~/.config/switchctl/switchctl.yaml, or
// nothing.
[[nodiscard]] LoadedControl load_control_config(const std::string& path,
                                                const Environment& environment);
// The text alone, with a warning for each secret that stands in it. `file` is what problems call
// it, and where relative paths begin.
[[nodiscard]] LoadedControl parse_control_config(std::string_view text, const std::string& file,
                                                 const Environment& environment);

}  // namespace sy::config
