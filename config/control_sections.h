// The sections of switchctl.yaml, one function each; private to this folder and its tests.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "config/control_config.h"
#include "config/reader.h"

namespace sy::config {

// What sections must know beside their own keys.
struct Setting {
  std::string folder;            // of the file: relative paths begin here; empty: the working one
  const Environment& variables;  // for SWITCHYARD_TOKEN
  Findings& warnings;
};

[[nodiscard]] ControlConfig read_control_config(Reader in, const Setting& setting);

// control_environment.cpp
[[nodiscard]] ControlEnvironment read_environment(Reader& in, ControlEnvironment environment,
                                                  const Setting& setting);

// control_places.cpp: where versions, proxies and records are.
[[nodiscard]] control::platform::Services read_control_services(Reader& in);
void read_edge(Reader& in, ControlEnvironment& to, const Setting& setting);
void read_ecs(Reader in, ControlEnvironment& to, const Setting& setting);
void read_compose(Reader in, ControlEnvironment& to, const Setting& setting);
void read_record(Reader in, ControlEnvironment& to, const Setting& setting);

// control_checks.cpp: how a version is brought in.
void read_deploy(Reader& in, ControlEnvironment& to, const Setting& setting);

// A rule for texts with placeholders: none but these, such as "app" for {app}, and those in
// `needed` at least once.
[[nodiscard]] Fault check_template(std::string_view text,
                                   const std::vector<std::string_view>& known,
                                   const std::vector<std::string_view>& needed = {});
[[nodiscard]] inline auto is_template(std::vector<std::string_view> known,
                                      std::vector<std::string_view> needed = {}) {
  return [known = std::move(known), needed = std::move(needed)](const std::string& value) {
    return check_template(value, known, needed);
  };
}

// "{app}" and "{env}" replaced.
[[nodiscard]] std::string filled(std::string text, const ControlEnvironment& in);

// The path as seen from the file it stands in.
[[nodiscard]] std::string beside(const Setting& setting, const std::string& path);

// Warns of a secret that stands in the file itself.
void warn_of_literal(const Reader& in, std::string_view key, const std::string& value,
                     const Setting& setting);

}  // namespace sy::config
