// The tables of docs/rollout.md, row by row.
#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "rollout/state.h"

namespace sy::rollout {

using Words = std::vector<std::string>;

inline Words words_of(const std::string& text) {
  std::istringstream in{text};
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

struct Row {
  int line = 0;
  std::vector<Words> cells;
};

// The rows under the header that begins with `header`.
inline std::vector<Row> rows_of_the_page(std::string_view header) {
  std::ifstream page{ROLLOUT_PAGE};
  std::vector<Row> rows;
  std::string line;
  bool inside = false;
  for (int number = 1; std::getline(page, line); ++number) {
    const bool first = line.starts_with(header);
    inside = first || (inside && line.starts_with("|"));
    if (!inside || first || line.starts_with("|---")) continue;
    std::istringstream in{line.substr(1)};
    Row row{number, {}};
    for (std::string cell; std::getline(in, cell, '|');) row.cells.push_back(words_of(cell));
    rows.push_back(std::move(row));
  }
  return rows;
}

// "90 10 blue -": weights, live, previous, and whether it is in maintenance.
inline State state_of(const Words& words) {
  State state;
  state.generation = 7;
  state.deploy = "before";
  state.weight = {std::stoi(words.at(0)) * 100, std::stoi(words.at(1)) * 100};
  state.live = parse_color(words.at(2)).value();
  state.previous = parse_color(words.at(3));
  state.maintenance = words.size() > 4;
  return state;
}

inline PerColor<bool> gates_of(const Words& words) {
  const std::string& open = words.at(0);
  return {open == "both" || open == "blue", open == "both" || open == "green"};
}

// "weights 90 10 force", "switch green", "rollback", …
inline Command command_of(const Words& words) {
  const bool force = words.back() == "force";
  const std::string& verb = words.at(0);
  if (verb == "weights") {
    return SetWeights{{std::stoi(words.at(1)) * 100, std::stoi(words.at(2)) * 100}, force};
  }
  if (verb == "switch") return Switch{parse_color(words.at(1)).value(), force};
  if (verb == "rollback") return Rollback{};
  if (verb == "maintenance") return SetMaintenance{words.at(1) == "on"};
  return SetUpstreams{parse_color(words.at(1)).value(), {{"backend", {"http://h:1"}}}, force};
}

}  // namespace sy::rollout
