#include <gtest/gtest.h>

#include "history/history.h"

namespace sy::history {
namespace {

using namespace std::chrono_literals;

const WallTime t0{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};

// Entries as the director writes them: weights and live only where they change.
class Trail {
 public:
  Trail& add(Duration at, std::string action, std::map<std::string, std::string> fields = {}) {
    Entry entry;
    entry.sequence = entries.size() + 1;
    entry.at = t0 + std::chrono::duration_cast<std::chrono::milliseconds>(at);
    entry.actor = "ci";
    entry.reason = "release";
    entry.detail = action + " in words";
    entry.action = std::move(action);
    entry.generation = entry.sequence;
    entry.fields = std::move(fields);
    entries.push_back(std::move(entry));
    return *this;
  }
  // Of the rollout `id` of green.
  Trail& rollout(Duration at, std::string action, std::map<std::string, std::string> fields = {}) {
    fields.insert({{"rollout", id},
                   {"candidate", "green"},
                   {"plan", "canary"},
                   {"version", "v2"},
                   {"candidate_built", "2023-12-31T23:00:00Z"}});
    return add(at, std::move(action), std::move(fields));
  }
  std::vector<Entry> entries;
  std::string id = "r7";
};

std::map<std::string, std::string> weights(int green, Color live = Color::blue) {
  return {{"blue", std::to_string(10'000 - green)},
          {"green", std::to_string(green)},
          {"live", std::string(name(live))},
          {"blue_version", "v1"},
          {"green_version", "v2"}};
}
std::map<std::string, std::string> with(std::map<std::string, std::string> fields,
                                        const std::map<std::string, std::string>& more) {
  fields.insert(more.begin(), more.end());
  return fields;
}
const std::map<std::string, std::string> completed{{"outcome", "completed"}};
const std::map<std::string, std::string> aborted{{"outcome", "aborted"}};
const std::map<std::string, std::string> reverted{{"outcome", "reverted"},
                                                  {"test", "B"},
                                                  {"requests", "120"},
                                                  {"failures", "6"},
                                                  {"first_failure", "2024-01-01T02:00:00.100Z"},
                                                  {"last_failure", "2024-01-01T02:00:00.350Z"}};

Trail baking() {
  Trail trail;
  trail.rollout(1h, "rollout")
      .rollout(1h + 1min, "hold", weights(1'000))
      .rollout(1h + 6min, "hold", weights(10'000));
  return trail;
}

TEST(ARollout, ThatCompletesIsOneChangeFromItsStart) {
  Trail trail = baking();
  trail.rollout(1h + 16min, "completed", with(weights(10'000, Color::green), completed));
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 1U);
  const Change& change = changes[0];
  EXPECT_EQ(change.color, Color::green);
  EXPECT_EQ(change.rollout, "r7");
  EXPECT_EQ(change.plan, "canary");
  EXPECT_EQ(change.version, "v2");
  EXPECT_EQ(change.action, "rollout");
  EXPECT_EQ(change.begun, t0 + 1h);
  EXPECT_EQ(change.first_weight, t0 + 1h + 1min);
  EXPECT_EQ(change.reached, t0 + 1h + 6min);
  EXPECT_EQ(change.completed, t0 + 1h + 16min);
  EXPECT_EQ(change.settled, t0 + 1h + 16min);
  EXPECT_FALSE(change.ended);
  EXPECT_EQ(change.outcome, "completed");
  EXPECT_EQ(change.built, t0 - 1h);
  EXPECT_EQ(deployed(change), t0 + 1h + 16min);
}

TEST(ARollout, ThatRunsIsMoving) {
  const auto changes = timeline(baking().entries);
  ASSERT_EQ(changes.size(), 1U) << "live has its traffic in reserve during the bake";
  EXPECT_EQ(changes[0].outcome, "moving");
  EXPECT_FALSE(changes[0].settled);
  EXPECT_FALSE(deployed(changes[0]));
}

TEST(ARollout, ThatIsRevertedInTheBakeFailedAndIsNoDeployment) {
  Trail trail = baking();
  trail.rollout(2h, "reverted", with(weights(0), reverted));
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].outcome, "reverted");
  EXPECT_EQ(changes[0].ended, t0 + 2h);
  EXPECT_EQ(changes[0].settled, t0 + 2h);
  EXPECT_EQ(changes[0].why, "reverted in words");
  EXPECT_EQ(changes[0].test, "B");
  EXPECT_EQ(changes[0].requests, 120U);
  EXPECT_EQ(changes[0].failures, 6U);
  EXPECT_FALSE(deployed(changes[0]));
  EXPECT_TRUE(failed(changes[0]));
  EXPECT_EQ(recovery(changes[0]), Duration{250ms});
}

TEST(ARollout, ThatIsRevertedBeforeItHadTrafficDidNotFail) {
  Trail trail;
  trail.rollout(1h, "rollout").rollout(1h + 5min, "reverted", {{"outcome", "reverted"}});
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].outcome, "reverted");
  EXPECT_FALSE(changes[0].first_weight);
  EXPECT_FALSE(failed(changes[0]));
  EXPECT_EQ(dora(trail.entries, t0 + 24h, 48h), (Dora{}));
}

TEST(ARollout, ThatIsAbortedDidNotFail) {
  Trail trail = baking();
  trail.rollout(2h, "rollback", with(weights(0), aborted));
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].outcome, "aborted") << "though it was a rollback that did it";
  EXPECT_FALSE(failed(changes[0]));
  EXPECT_EQ(dora(trail.entries, t0 + 24h, 48h).changes, 0U);
}

TEST(ARollout, ThatWaitsForItsGateAgainIsTheSameChange) {
  Trail trail = baking();
  trail.rollout(2h, "gated", weights(0))
      .rollout(3h, "hold", weights(10'000))
      .rollout(4h, "completed", with(weights(10'000, Color::green), completed));
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].begun, t0 + 1h);
  EXPECT_EQ(changes[0].completed, t0 + 4h);
}

TEST(ARollout, ThatIsTakenOverGoesOnByHand) {
  Trail trail;
  trail.rollout(1h, "rollout", {{"committed", "2023-12-31T20:00:00Z"}})
      .rollout(1h + 1min, "hold", weights(1'000))
      .rollout(2h, "switch", with(weights(10'000, Color::green), aborted));
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].outcome, "aborted");
  EXPECT_EQ(changes[0].ended, t0 + 2h);
  EXPECT_EQ(changes[1].rollout, "");
  EXPECT_EQ(changes[1].action, "switch");
  EXPECT_EQ(changes[1].version, "v2");
  EXPECT_EQ(changes[1].reached, t0 + 2h);
  EXPECT_EQ(changes[1].outcome, "live");
  EXPECT_EQ(dora(trail.entries, t0 + 24h, 48h).lead_time, Duration{6h});
}

TEST(ARollout, ThatIsTakenOverWithoutANewWeightGoesOnByHandToo) {
  Trail trail = baking();
  trail.rollout(2h, "upstreams", aborted);
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[1].outcome, "live");
  EXPECT_EQ(changes[1].reached, t0 + 2h);
}

TEST(ARollout, ThatFollowsAnotherEndsIt) {
  Trail trail = baking();
  trail.rollout(1h + 16min, "completed", with(weights(10'000, Color::green), completed));
  trail.id = "r12";
  auto of_blue = [](std::map<std::string, std::string> fields) {
    return with({{"candidate", "blue"}, {"version", "v3"}}, fields);
  };
  trail.rollout(5h, "switch", of_blue(weights(0, Color::green)))
      .rollout(6h, "completed", of_blue(with(weights(0, Color::blue), completed)));
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].outcome, "completed");
  EXPECT_EQ(changes[0].ended, t0 + 6h);
  EXPECT_EQ(changes[1].color, Color::blue);
  EXPECT_EQ(changes[1].action, "switch");
  EXPECT_EQ(changes[1].version, "v3");
  EXPECT_EQ(changes[1].completed, t0 + 6h);
}

TEST(ARollout, ThatIsRolledBackSoonAfterItCompletedFailed) {
  for (const auto& [after, soon] : {std::pair{59min, true}, std::pair{61min, false}}) {
    Trail trail = baking();
    trail.rollout(2h, "completed", with(weights(10'000, Color::green), completed))
        .add(2h + after, "rollback", weights(0));
    const auto changes = timeline(trail.entries);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0].outcome, "rolled back");
    EXPECT_EQ(failed(changes[0]), soon);
    EXPECT_EQ(recovery(changes[0]), soon ? std::optional<Duration>{after} : std::nullopt);
    EXPECT_EQ(changes[1].action, "rollback");
    EXPECT_FALSE(deployed(changes[1]));
  }
}

TEST(ARollout, ThatWasNeverSavedNeverWas) {
  Trail trail;
  trail.rollout(1h, "rollout").add(1h, "undone", {{"undone", "1"}});
  EXPECT_TRUE(timeline(trail.entries).empty());

  trail = Trail{};
  trail.rollout(1h, "rollout").rollout(2h, "hold", weights(100)).rollout(3h, "stays");
  trail.entries.back().generation = 2;
  trail.add(3h, "undone", {{"undone", "2"}});
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_FALSE(changes[0].first_weight) << "the hold is undone, not what was said after it";
}

TEST(ARollout, IsKnownFromTheMiddleOfATrailToo) {
  Trail whole = baking();
  whole.rollout(2h, "reverted", with(weights(0), reverted));
  for (std::size_t cut = 1; cut < whole.entries.size(); ++cut) {
    const std::vector<Entry> rest{whole.entries.begin() + static_cast<std::ptrdiff_t>(cut),
                                  whole.entries.end()};
    const auto changes = timeline(rest);
    ASSERT_EQ(changes.size(), 1U) << cut;
    EXPECT_EQ(changes[0].outcome, "reverted") << cut;
  }
}

TEST(WeightsByHand, ThatAVerdictTakesBackAreReverted) {
  Trail trail;
  trail.add(1h, "weights", weights(1'000))
      .add(2h, "reverted", with(with(weights(0), reverted), {{"candidate", "green"}}));
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].outcome, "reverted");
  EXPECT_EQ(changes[0].settled, t0 + 2h);
  EXPECT_TRUE(failed(changes[0]));
  EXPECT_EQ(recovery(changes[0]), Duration{250ms});
}

TEST(WeightsByHand, EndWhereARolloutBegins) {
  Trail trail;
  trail.add(1h, "weights", weights(1'000)).rollout(2h, "rollout");
  const auto changes = timeline(trail.entries);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].outcome, "withdrawn");
  EXPECT_EQ(changes[1].first_weight, t0 + 2h);
}

TEST(Durations, AreByOutcome) {
  Change change;
  change.begun = t0;
  std::vector<Change> changes;
  for (const auto& [outcome, took] :
       std::vector<std::pair<std::string, Duration>>{{"completed", 10min},
                                                     {"completed", 20min},
                                                     {"completed", 60min},
                                                     {"reverted", 2min},
                                                     {"reverted", 4min},
                                                     {"aborted", 1s}}) {
    change.outcome = outcome;
    change.settled = t0 + std::chrono::duration_cast<std::chrono::milliseconds>(took);
    changes.push_back(change);
  }
  change.outcome = "moving";
  change.settled.reset();
  changes.push_back(change);
  EXPECT_EQ(durations(changes), (std::map<std::string, Durations>{
                                    {"completed", {3, 20min, 60min}},
                                    {"reverted", {2, 3min, 4min}},
                                    {"aborted", {1, 1s, 1s}},
                                }));
  EXPECT_TRUE(durations({}).empty());
}

TEST(TheFourMetrics, CountRolloutsAndWhatWasDoneByHand) {
  Trail trail = baking();
  trail.rollout(2h, "reverted", with(weights(0), reverted));
  trail.id = "r20";
  trail.rollout(3h, "rollout", {{"committed", "2024-01-01T00:00:00Z"}})
      .rollout(3h + 1min, "hold", weights(10'000))
      .rollout(4h, "completed", with(weights(10'000, Color::green), completed))
      .add(10h, "switch", weights(0, Color::blue))
      .add(12h, "switch", weights(10'000, Color::green))
      .add(12h + 10min, "rollback", weights(0, Color::blue));
  const Dora found = dora(trail.entries, t0 + 24h, 48h);
  EXPECT_EQ(found.deployments, 3U) << "one rollout, two switches";
  EXPECT_EQ(found.changes, 4U);
  EXPECT_EQ(found.failures, 2U) << "reverted, and rolled back";
  EXPECT_DOUBLE_EQ(*found.change_failure_rate, 0.5);
  EXPECT_DOUBLE_EQ(found.deployments_per_day, 1.5);
  EXPECT_EQ(found.lead_time, Duration{4h}) << "from the commit, not from the build";
  EXPECT_EQ(found.recovery_time, (Duration{10min} + Duration{250ms}) / 2);
  EXPECT_EQ(dora(trail.entries, t0 + 24h, 20h + 30min).changes, 3U) << "the revert is too long ago";
}

TEST(TheFourMetrics, TakeTheBuildWhereNoCommitIsKnown) {
  Trail trail = baking();
  trail.rollout(2h, "completed", with(weights(10'000, Color::green), completed));
  EXPECT_EQ(dora(trail.entries, t0 + 24h, 48h).lead_time, Duration{3h});
}

TEST(TheFourMetrics, HaveNoLeadTimeFromAYearThatNobodyMeant) {
  Trail trail;
  trail.id = "r20";
  trail.rollout(3h, "rollout", {{"committed", "0001-01-01T00:00:00Z"}})
      .rollout(3h + 1min, "hold", weights(10'000))
      .rollout(4h, "completed", with(weights(10'000, Color::green), completed));
  const Dora found = dora(trail.entries, t0 + 24h, 48h);
  EXPECT_EQ(found.deployments, 1U);
  EXPECT_FALSE(found.lead_time);
}

TEST(TheFourMetrics, HaveNoRecoveryTimeWithoutABadResponse) {
  Trail trail = baking();
  trail.rollout(2h, "reverted", with(weights(0), {{"outcome", "reverted"}}));
  const Dora found = dora(trail.entries, t0 + 24h, 48h);
  EXPECT_EQ(found.failures, 1U);
  EXPECT_FALSE(found.recovery_time);
  EXPECT_DOUBLE_EQ(*found.change_failure_rate, 1);
}

}  // namespace
}  // namespace sy::history
