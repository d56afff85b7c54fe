// Runs every row of the table in docs/rollout.md.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "rollout/state.h"

namespace sy::rollout {
namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
  std::istringstream in{text};
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

struct Row {
  int line = 0;
  Words state, gates, command, outcome, next, deploy, way;
};

std::vector<Row> rows_of_the_page() {
  std::ifstream page{ROLLOUT_PAGE};
  std::vector<Row> rows;
  std::string line;
  bool inside = false;
  for (int number = 1; std::getline(page, line); ++number) {
    if (line.starts_with("| state | gates |")) inside = true;
    if (!line.starts_with("|")) inside = false;
    if (!inside || line.starts_with("| state") || line.starts_with("|---")) continue;
    std::istringstream in{line.substr(1)};
    std::vector<Words> cells;
    for (std::string cell; std::getline(in, cell, '|');) cells.push_back(words_of(cell));
    if (cells.size() != 7) {
      ADD_FAILURE() << "line " << number << " has " << cells.size() << " cells";
      continue;
    }
    rows.push_back(
        Row{number, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]});
  }
  return rows;
}

State state_of(const Words& words) {
  State state;
  state.generation = 7;
  state.deploy = "before";
  state.weight = {std::stoi(words.at(0)) * 100, std::stoi(words.at(1)) * 100};
  state.live = parse_color(words.at(2)).value();
  state.previous = parse_color(words.at(3));
  state.maintenance = words.size() > 4;
  return state;
}

Facts facts_of(const Words& words) {
  const std::string& open = words.at(0);
  return Facts{.open = {open == "both" || open == "blue", open == "both" || open == "green"},
               .services = {"backend"}};
}

Command command_of(const Words& words) {
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

void expect_change(const Row& row, const State& before, const Move& move) {
  State expected = state_of(row.next);
  expected.generation = before.generation + 1;
  expected.upstreams = move.next.upstreams;
  expected.deploy = row.deploy.at(0) == "new" ? move.next.deploy : before.deploy;
  expected.since =
      move.next.weight == before.weight ? before.since : WallTime{std::chrono::seconds{5}};
  EXPECT_EQ(encode(move.next), encode(expected));
  EXPECT_EQ(move.next.deploy != before.deploy, row.deploy.at(0) == "new");
  EXPECT_EQ(move.forward ? "forward" : "back", row.way.at(0));
}

TEST(RolloutPage, IsTrueInEveryRow) {
  const auto rows = rows_of_the_page();
  EXPECT_GE(rows.size(), 50U);
  for (const Row& row : rows) {
    SCOPED_TRACE("docs/rollout.md line " + std::to_string(row.line));
    const State before = state_of(row.state);
    const auto move = advance(before, command_of(row.command), facts_of(row.gates),
                              WallTime{std::chrono::seconds{5}}, 12'345);
    const std::string& outcome = row.outcome.at(0);
    if (outcome == "409" || outcome == "422") {
      ASSERT_FALSE(move.has_value());
      EXPECT_EQ(std::to_string(move.error().status), outcome) << move.error().what;
      continue;
    }
    ASSERT_TRUE(move.has_value()) << move.error().what;
    if (outcome == "unchanged") {
      EXPECT_EQ(move->next, before);
      EXPECT_FALSE(move->forward);
    } else {
      EXPECT_EQ(outcome, "changed");
      expect_change(row, before, *move);
    }
  }
}

}  // namespace
}  // namespace sy::rollout
