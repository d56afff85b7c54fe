// Why does it not get on? From what is known of an environment to causes in words, the likeliest
// first. Pure.
#pragma once
#include <string>
#include <vector>

#include "control/facts/facts.h"

namespace sy::control {

struct Finding {
  int weight = 0;  // how much it explains: the more, the earlier it is said
  std::string what{};
  std::vector<std::string> evidence{};  // what was seen, in the words of whoever said it
  std::vector<std::string> run{};       // commands, or what else to do
  bool operator==(const Finding&) const = default;
};

// Empty: nothing that can be seen from here is wrong.
[[nodiscard]] std::vector<Finding> diagnose(const Facts& facts);

// What the platform's events say of one service in one color; free text, so this is for people
// only: nothing is decided by it.
[[nodiscard]] std::vector<Finding> diagnose_events(const std::string& environment,
                                                   const Place& place,
                                                   std::vector<std::string> events);

}  // namespace sy::control
