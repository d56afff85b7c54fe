// What is wrong in a config file and where; printed one a line for an operator or an editor.
#pragma once
#include <string>
#include <vector>

namespace sy::config {

struct Place {
  int line = 0;  // both count from 1; 0: the file as a whole
  int column = 0;
  bool operator==(const Place&) const = default;
};

struct Problem {
  std::string file;
  Place place;
  std::string key;  // "services.backend.health.path"; empty: the text itself
  std::string what;
  bool operator==(const Problem&) const = default;
};

// "switchyard.yaml:2:9: health.path: must start with "/"".
[[nodiscard]] std::string to_string(const Problem& problem);

}  // namespace sy::config
