#include "history/history.h"

#include <gtest/gtest.h>

namespace sy::history {
namespace {

using namespace std::chrono_literals;

const WallTime t0{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};

class Trail {
 public:
  Trail& weights(Duration at, std::string action, int green, Color live) {
    Entry entry;
    entry.sequence = entries.size() + 1;
    entry.at = t0 + std::chrono::duration_cast<std::chrono::milliseconds>(at);
    entry.actor = "ci";
    entry.action = std::move(action);
    entry.generation = entry.sequence;
    entry.fields = {{"blue", std::to_string(10'000 - green)},
                    {"green", std::to_string(green)},
                    {"live", std::string(name(live))},
                    {"blue_version", "v1"},
                    {"green_version", "v2"},
                    {"green_built", "2023-12-31T23:00:00Z"}};
    entries.push_back(std::move(entry));
    return *this;
  }
  std::vector<Entry> entries;
};

TEST(Timeline, FollowsACandidateFromItsFirstWeightToTheNextSwitch) {
  Trail trail;
  trail.weights(1h, "weights", 100, Color::blue)
      .weights(2h, "weights", 5'000, Color::blue)
      .weights(3h, "weights", 10'000, Color::green)
      .weights(9h, "switch", 0, Color::blue);
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].color, Color::green);
  EXPECT_EQ(changes[0].version, "v2");
  EXPECT_EQ(changes[0].begun, t0 + 1h);
  EXPECT_EQ(changes[0].reached, t0 + 3h);
  EXPECT_EQ(changes[0].ended, t0 + 9h);
  EXPECT_EQ(changes[0].outcome, "replaced");
  EXPECT_EQ(changes[0].built, t0 - 1h);
  EXPECT_EQ(changes[1].color, Color::blue);
  EXPECT_EQ(changes[1].action, "switch");
  EXPECT_EQ(changes[1].outcome, "live");
  EXPECT_FALSE(changes[1].ended);
}

TEST(Timeline, TellsWithdrawnFromRolledBack) {
  Trail trail;
  trail.weights(1h, "weights", 100, Color::blue)
      .weights(2h, "weights", 0, Color::blue)
      .weights(3h, "weights", 100, Color::blue)
      .weights(4h, "rollback", 0, Color::blue)
      .weights(5h, "weights", 100, Color::blue);
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].outcome, "withdrawn");
  EXPECT_EQ(changes[1].outcome, "rolled back");
  EXPECT_EQ(changes[2].outcome, "moving");
}

TEST(Timeline, PassesOverWhatNeverTookEffect) {
  Trail trail;
  trail.weights(1h, "switch", 10'000, Color::green);
  Entry undone;
  undone.sequence = 2;
  undone.action = "undone";
  undone.fields = {{"undone", "1"}};
  trail.entries.push_back(undone);
  EXPECT_TRUE(timeline(trail.entries).empty());
}

TEST(Timeline, IgnoresEntriesWithoutWeights) {
  Entry entry;
  entry.action = "gate";
  EXPECT_TRUE(timeline({entry, entry}).empty());
}

TEST(TheFourMetrics, AreThoseOfTheDeploymentsInTheWindow) {
  Trail trail;
  trail.weights(0h, "switch", 10'000, Color::green)
      .weights(0h + 20min, "rollback", 0, Color::blue)
      .weights(5h, "switch", 10'000, Color::green)
      .weights(7h, "rollback", 0, Color::blue)
      .weights(9h, "switch", 10'000, Color::green);
  const Dora found = dora(trail.entries, t0 + 24h, 48h);
  EXPECT_EQ(found.deployments, 3U);
  EXPECT_DOUBLE_EQ(found.deployments_per_day, 1.5);
  EXPECT_EQ(found.failures, 1U);
  EXPECT_DOUBLE_EQ(*found.change_failure_rate, 1.0 / 3);
  EXPECT_EQ(found.recovery_time, Duration{20min});
  EXPECT_EQ(found.lead_time, Duration{6h});
  EXPECT_EQ(dora(trail.entries, t0 + 24h, 16h).deployments, 1U);
}

TEST(TheFourMetrics, AreUnknownWithoutDeployments) {
  const Dora found = dora({}, t0, 24h);
  EXPECT_EQ(found, Dora{});
}

TEST(ParseTime, ReadsRfc3339) {
  EXPECT_EQ(parse_time("2024-01-01T12:00:00Z"), t0 + 12h);
  EXPECT_EQ(parse_time("2024-01-01T12:00:00.25Z"), t0 + 12h + 250ms);
  EXPECT_EQ(parse_time("2024-01-01T12:00:00.123456789+02:00"), t0 + 10h + 123ms);
  EXPECT_EQ(parse_time("2024-01-01T12:00:00-00:30"), t0 + 12h + 30min);
  for (const char* text :
       {"", "2024-01-01", "2024-01-01T12:00:00", "2024-13-01T12:00:00Z", "2024-01-01T25:00:00Z",
        "2024-01-01T12:00:00Zx", "2024-01-01T12:00:00+24:00"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace sy::history
