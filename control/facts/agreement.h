// Do the tasks, their definitions, the record and the proxies say the same? Pure.
#pragma once
#include <string>
#include <vector>

#include "control/facts/facts.h"

namespace sy::control {

struct Mismatch {
  std::string what{};  // what is true, in one sentence
  std::string next{};  // what to do about it
  bool operator==(const Mismatch&) const = default;
};

struct TaskRow {           // one task, or one endpoint that only a proxy knows
  std::string where{};     // "backend blue ab12cd"
  std::string reports{};   // the version its health answer has, as a proxy saw it; empty: not seen
  std::string recorded{};  // of its color; empty: the record knows none
  std::string definition{};  // VERSION of its definition; empty: not known
  std::string proxies{};     // "v… 100 %": the color, as the proxies see it
  bool agrees = true;
  bool operator==(const TaskRow&) const = default;
};

struct Agreement {
  std::vector<TaskRow> rows{};
  std::vector<Mismatch> mismatches{};
  std::vector<std::string> notes{};  // worth knowing, nothing wrong
};

[[nodiscard]] Agreement agreement(const Facts& facts);

// The version that the record has for a color; empty: none.
[[nodiscard]] Version recorded_version(const Facts& facts, Color color);

}  // namespace sy::control
