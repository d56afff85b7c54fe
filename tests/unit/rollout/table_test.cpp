// Runs every row of the table of commands by hand in docs/rollout.md.
#include "page.h"

namespace sy::rollout {
namespace {

struct Line {
  explicit Line(const Row& row)
      : state{row.cells.at(0)},
        gates{row.cells.at(1)},
        command{row.cells.at(2)},
        outcome{row.cells.at(3).at(0)},
        next{row.cells.at(4)},
        deploy{row.cells.at(5).at(0)},
        way{row.cells.at(6).at(0)} {}
  Words state, gates, command;
  std::string outcome;
  Words next;
  std::string deploy, way;
};

void expect_change(const Line& line, const State& before, const Move& move) {
  State expected = state_of(line.next);
  expected.generation = before.generation + 1;
  expected.upstreams = move.next.upstreams;
  expected.guarded = move.next.guarded;
  expected.deploy = line.deploy == "new" ? move.next.deploy : before.deploy;
  expected.since =
      move.next.weight == before.weight ? before.since : WallTime{std::chrono::seconds{5}};
  EXPECT_EQ(encode(move.next), encode(expected));
  EXPECT_EQ(move.next.deploy != before.deploy, line.deploy == "new");
  EXPECT_EQ(move.forward ? "forward" : "back", line.way);
}

TEST(RolloutPage, IsTrueInEveryRow) {
  const auto rows = rows_of_the_page("| state | gates |");
  EXPECT_GE(rows.size(), 50U);
  for (const Row& row : rows) {
    SCOPED_TRACE("docs/rollout.md line " + std::to_string(row.line));
    ASSERT_EQ(row.cells.size(), 7U);
    const Line line{row};
    const State before = state_of(line.state);
    const Facts facts{.open = gates_of(line.gates), .services = {"backend"}};
    const auto move =
        advance(before, command_of(line.command), facts, WallTime{std::chrono::seconds{5}}, 12'345);
    if (line.outcome == "409" || line.outcome == "422") {
      ASSERT_FALSE(move.has_value());
      EXPECT_EQ(std::to_string(move.error().status), line.outcome) << move.error().what;
      continue;
    }
    ASSERT_TRUE(move.has_value()) << move.error().what;
    if (line.outcome == "unchanged") {
      EXPECT_EQ(move->next, before);
      EXPECT_FALSE(move->forward);
    } else {
      EXPECT_EQ(line.outcome, "changed");
      expect_change(line, before, *move);
    }
  }
}

}  // namespace
}  // namespace sy::rollout
