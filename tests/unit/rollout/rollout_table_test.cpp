// Runs every row of the table of rollouts in docs/rollout.md.
#include <algorithm>

#include "page.h"
#include "rollout_rig.h"

namespace sy::rollout {
namespace {

using namespace std::chrono_literals;

const WallTime now{1h};
const Version another = "v20260301-ccccccc";

bool has(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Plan table_plan() {
  return Plan{.name = "table",
              .holds = {{1'000, 1min, 300}, {5'000, 1min, 300}, {10'000, 1min, 300}},
              .gate_timeout = 5min,
              .approval = Approval{.before = 10'000, .timeout = 24h}};
}

Phase phase_called(std::string_view called) {
  for (const Phase phase : {Phase::gating, Phase::shifting, Phase::approval}) {
    if (called == word(phase)) return phase;
  }
  return Phase::baking;
}

// "shifting 2 50 paused": phase, number of the hold, the candidate's weight, and what else is so.
State rollout_of(const Words& words) {
  State state = state_of({"100", "0", "blue", "-"});
  Rollout rollout{.id = "r5", .version = two, .plan = table_plan()};
  rollout.phase = phase_called(words.at(0));
  rollout.hold = static_cast<std::size_t>(std::stoi(words.at(1))) - 1;
  const int weight = std::stoi(words.at(2)) * 100;
  state.weight = {10'000 - weight, weight};
  rollout.begun = weight > 0 || has(words, "begun");
  rollout.paused = has(words, "paused");
  if (has(words, "approved")) rollout.approved = Approved{"ann", now + 48h};
  if (rollout.phase == Phase::gating && rollout.hold == 2) rollout.after_gate = Phase::baking;
  if (has(words, "asks")) rollout.after_gate = Phase::approval;
  state.maintenance = has(words, "maintenance");
  state.rollout = std::move(rollout);
  return state;
}

State before_of(const Words& words) {
  return std::isdigit(words.at(0).at(0)) != 0 ? state_of(words) : rollout_of(words);
}

// What the next cell says of a state, so that both can be compared.
std::string told(const State& state) {
  const auto in_percent = [](int weight) { return std::to_string(weight / 100); };
  if (const auto& rollout = state.rollout) {
    std::string text = std::string(word(rollout->phase)) + " " + std::to_string(rollout->hold + 1) +
                       " " + in_percent(state.weight.green);
    const bool gating = rollout->phase == Phase::gating;
    if (gating && rollout->begun) text += " begun";
    if (gating && rollout->after_gate == Phase::approval) text += " asks";
    if (rollout->approved) text += " approved";
    if (rollout->paused) text += " paused";
    if (state.maintenance) text += " maintenance";
    return text;
  }
  return in_percent(state.weight.blue) + " " + in_percent(state.weight.green) + " " +
         std::string(name(state.live)) + " " + (state.last ? state.last->outcome : "-");
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Start start_of(const Words& words) {
  Start start = Rig::start(table_plan());
  if (has(words, "at-once")) start.plan->gate_timeout = 0s;
  if (has(words, "blue")) start.color = Color::blue;
  if (has(words, "bad-plan")) start.plan->holds.pop_back();
  if (has(words, "no-version")) start.version.clear();
  if (has(words, "other-version")) start.version = another;
  if (has(words, "unknown-plan")) {
    start.plan.reset();
    start.plan_name = "unknown";
  }
  return start;
}

Command event_command(const Words& words) {
  const std::string& verb = words.at(0);
  const Version version = has(words, "other") ? another : two;
  if (verb == "start") return start_of(words);
  if (verb == "promote") {
    return Promote{has(words, "other") ? another : Version{}, has(words, "approver"), "ann"};
  }
  if (verb == "approve") return Approve{version, "ann"};
  if (verb == "pause") return Pause{};
  if (verb == "resume") return Resume{};
  if (verb == "abort") return Abort{};
  return command_of(words);
}

bool is_tick(const std::string& event) {
  const Words ticks{"second", "minute", "quiet", "alarm", "day", "breach", "version", "unknown"};
  return has(ticks, event);
}

Tick tick_of(const std::string& event, PerColor<bool> open) {
  Tick tick{.elapsed = 1s, .open = open, .version = {one, two}};
  if (event == "minute" || event == "quiet" || event == "alarm") tick.elapsed = 1min;
  if (event == "minute" || event == "alarm") tick.requests = 300;
  if (event == "day") tick.elapsed = 24h;
  tick.breach = event == "breach";
  tick.alarm = event == "alarm";
  if (event == "version") tick.version.green = another;
  if (event == "unknown") tick.version.green.clear();
  return tick;
}

struct Line {
  explicit Line(const Row& row)
      : before{row.cells.at(0)},
        gates{row.cells.at(1)},
        event{row.cells.at(2)},
        outcome{row.cells.at(3).at(0)},
        next{joined(row.cells.at(4))},
        way{row.cells.at(5).at(0)} {}
  Words before, gates, event;
  std::string outcome, next, way;
};

void expect_next(const Line& line, const State& before, const Move& move) {
  if (line.next == "=") {
    EXPECT_EQ(told(move.next), told(before));
    EXPECT_EQ(move.next.generation, before.generation);
    EXPECT_FALSE(move.forward);
    return;
  }
  EXPECT_EQ(told(move.next), line.next);
  EXPECT_EQ(move.next.generation, before.generation + 1);
  EXPECT_EQ(move.forward ? "forward" : "back", line.way);
  EXPECT_EQ(decode(encode(move.next)).value(), move.next);
}

void run_tick(const Line& line, const State& before) {
  const Move move = tick(before, tick_of(line.event.at(0), gates_of(line.gates)), now + 1min);
  const std::string kept = move.what.empty() ? "-" : "stuck";
  EXPECT_EQ(move.action.empty() ? kept : move.action, line.outcome) << move.what;
  expect_next(line, before, move);
}

void run_command(const Line& line, const State& before) {
  const Facts facts{.open = gates_of(line.gates),
                    .services = {"backend"},
                    .version = {one, two},
                    .alarm = has(line.event, "alarm")};
  const auto move = advance(before, event_command(line.event), facts, now, 9);
  if (!move) {
    EXPECT_EQ(std::to_string(move.error().status), line.outcome) << move.error().what;
    return;
  }
  EXPECT_EQ(move->next == before ? "unchanged" : "changed", line.outcome) << move->what;
  EXPECT_EQ(move->action, "");
  expect_next(line, before, *move);
}

void run_restart(const Line& line, const State& before) {
  EXPECT_EQ(line.outcome, "restarted");
  EXPECT_EQ(told(restarted(before)), line.next == "=" ? told(before) : line.next);
}

TEST(RolloutPage, IsTrueInEveryRowOfRollouts) {
  const auto rows = rows_of_the_page("| rollout | gates |");
  EXPECT_GE(rows.size(), 150U);
  for (const Row& row : rows) {
    SCOPED_TRACE("docs/rollout.md line " + std::to_string(row.line));
    ASSERT_EQ(row.cells.size(), 6U);
    const Line line{row};
    const State before = before_of(line.before);
    ASSERT_EQ(decode(encode(before)).value(), before);
    if (is_tick(line.event.at(0))) {
      run_tick(line, before);
    } else if (line.event.at(0) == "restart") {
      run_restart(line, before);
    } else {
      run_command(line, before);
    }
  }
}

}  // namespace
}  // namespace sy::rollout
