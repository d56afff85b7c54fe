// A config text and what became of it, for the tests of this folder.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/proxy_config.h"

namespace sy::config {

inline Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

inline Loaded parse(const std::string& text) {
  return parse_proxy_config(text, "switchyard.yaml", environment_of({{"COLOR", "blue"}}));
}

// The problems as an operator sees them.
inline std::vector<std::string> lines(const std::vector<Problem>& problems) {
  std::vector<std::string> out;
  out.reserve(problems.size());
  for (const Problem& problem : problems) out.push_back(to_string(problem));
  return out;
}

using Lines = std::vector<std::string>;

inline const std::string one_service =
    "services: {web: {blue: [http://127.0.0.1:9101], green: [http://127.0.0.1:9201]}}\n";

// Problems of a text that follows one sound service on line 1.
inline Lines problems_after_service(const std::string& text) {
  return lines(parse(one_service + text).problems);
}

}  // namespace sy::config
