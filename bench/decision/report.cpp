#include "report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace sy::decision {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string number(double value) {
  if (!std::isfinite(value)) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

std::string shown(const Row& row, const Cell& cell) {
  if (!cell.asked) return "";
  const bool speed = row.by_median || (row.group == "latency" && !row.most);
  if (!speed) return std::to_string(cell.reverted);
  if (cell.reverted * 2 < row.trials) return "never";
  return number(cell.median) + " (" + number(cell.p90) + ")";
}

std::string heading(const std::string& group) {
  if (group == "requests to revert") {
    return group + ": requests of the candidate, median (90th percentile); live fails 0.1 %";
  }
  if (group == "latency")
    return group + ": reverts, or requests to revert, median (90th percentile)";
  return group + ": trials that reverted";
}

}  // namespace

std::string as_text(const std::vector<Row>& rows, const Effort& effort) {
  std::string text = "bench/decision: seed " + std::to_string(effort.seed) + ", " +
                     std::to_string(effort.hours) + " hours a row of false reverts, " +
                     std::to_string(effort.runs) + " runs a row of requests to revert\n";
  std::string group;
  std::size_t missed = 0;
  for (const auto& row : rows) {
    if (row.group != group) {
      group = row.group;
      text += "\n";
      text += heading(group);
      text += "\n";
      text += padded("", 64) + padded("trials", 8);
      for (const char* rule : rule_names) text += padded(rule, 15);
      text += "target\n";
    }
    text += padded(padded(row.name, 50) + " " + row.texture, 64);
    text += padded(std::to_string(row.trials), 8);
    for (const auto& cell : row.cells) text += padded(shown(row, cell), 15);
    if (row.most) text += "<= " + number(*row.most) + (row.met() ? "" : "  MISSED");
    missed += row.met() ? 0 : 1;
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text + "\n" + (missed == 0 ? "every target is met" : std::to_string(missed) + " missed") +
         "\n";
}

std::string as_json(const std::vector<Row>& rows, const Effort& effort) {
  std::string text = "{\n  \"seed\": " + std::to_string(effort.seed) + ",\n  \"rows\": [\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    text += "    {\"group\": \"" + row.group + "\", \"name\": \"" + row.name +
            "\", \"texture\": \"" + row.texture + "\", \"trials\": " + std::to_string(row.trials) +
            ", \"target\": " + (row.most ? number(*row.most) : "null") +
            ", \"met\": " + (row.met() ? "true" : "false") + ", \"rules\": {";
    bool first = true;
    for (std::size_t rule = 0; rule < rule_names.size(); ++rule) {
      const Cell& cell = row.cells[rule];
      if (!cell.asked) continue;
      const auto value = [](double n) { return std::isfinite(n) ? number(n) : "null"; };
      text += std::string{first ? "" : ", "} + "\"" + rule_names[rule] +
              "\": {\"reverted\": " + std::to_string(cell.reverted) +
              ", \"median\": " + value(cell.median) + ", \"p90\": " + value(cell.p90) + "}";
      first = false;
    }
    text += std::string{"}}"} + (i + 1 < rows.size() ? "," : "") + "\n";
  }
  return text + "  ]\n}\n";
}

}  // namespace sy::decision
