// What the director makes of a rollout: reaction, journal, events, notices, status, books.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/rollout_world.h"

namespace sy::director {
namespace {

using namespace std::chrono_literals;
using testing::new_version;
using testing::RolloutWorld;

class ARollout : public ::testing::Test {
 protected:
  std::vector<std::string> events_of_rollouts() {
    bool gap = false;
    std::vector<std::string> types;
    for (const Event& event : world.director->events(0, gap)) {
      const bool other = event.type == "status" || event.type == "gate" || event.type == "verdict";
      if (!other) types.push_back(event.type);
    }
    return types;
  }
  std::string field(const Entry& entry, const std::string& key) {
    const auto found = entry.fields.find(key);
    return found == entry.fields.end() ? "" : found->second;
  }
  RolloutWorld world;
};

TEST_F(ARollout, IsTakenOutByTheTickThatSeesItsFailures) {
  ASSERT_TRUE(world.begin().has_value());
  const std::size_t adopted = world.fleet.adopted.size();
  world.refuse(Color::green, 3);
  world.run(world.director->tick());
  EXPECT_GT(world.fleet.adopted.size(), adopted);
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
}

TEST_F(ARollout, GoesOnByTimeAndRequestsOnly) {
  ASSERT_TRUE(world.begin().has_value());
  world.ticks(150);
  EXPECT_EQ(world.weight().green, 1'000);
  world.serve(Color::green, 4);
  world.ticks(2);
  EXPECT_EQ(world.weight().green, 1'000);
  world.serve(Color::green, 1);
  world.tick();
  EXPECT_EQ(world.weight().green, 5'000);
}

TEST_F(ARollout, CountsNoRequestFromBeforeItsFirstWeight) {
  world.probes.set(Color::green, false, "connect refused");
  world.tick();
  ASSERT_TRUE(world.begin().has_value());
  world.serve(Color::green, 100);
  world.ticks(3);
  world.probes.set(Color::green, true, "200 after 3 ms", new_version);
  world.ticks(3);
  ASSERT_EQ(world.phase(), "shifting");
  EXPECT_EQ(world.director->status().rollout->needed, 5U);
}

TEST_F(ARollout, CountsNoFailureThatIsNotCharged) {
  ASSERT_TRUE(world.begin().has_value());
  world.fail(Color::green, 6);
  for (auto& mishap : world.fleet.collected.evidence.mishaps) mishap.client = 1;
  world.ticks(150);
  EXPECT_EQ(world.weight().green, 1'000);
  EXPECT_EQ(world.director->status().rollout->needed, 3U);
}

TEST_F(ARollout, DoesNotCountTheTimeAMachineSlept) {
  ASSERT_TRUE(world.begin().has_value());
  world.serve(Color::green, 5);
  world.tick(1h);
  EXPECT_EQ(world.weight().green, 1'000);
  EXPECT_EQ(world.director->status().rollout->left, 9s);
}

TEST_F(ARollout, IsToldByEventsFromStartToEnd) {
  ASSERT_TRUE(world.begin(RolloutWorld::with_approval()).has_value());
  world.hold();
  ASSERT_TRUE(world.submit(rollout::Approve{.version = new_version}).has_value());
  world.hold();
  world.hold();
  world.hold();
  const std::vector<std::string> expected{"rollout", "hold", "approval", "approved",
                                          "hold",    "hold", "completed"};
  EXPECT_EQ(events_of_rollouts(), expected);
  const std::vector<std::string> notices{"started", "held", "approval", "approved",
                                         "held",    "held", "completed"};
  EXPECT_EQ(world.notifier.types(), notices);
  EXPECT_EQ(world.director->status().state.live, Color::green);
}

TEST_F(ARollout, IsInTheEventsWithItsStanding) {
  ASSERT_TRUE(world.begin().has_value());
  bool gap = false;
  const auto events = world.director->events(0, gap);
  const auto found = std::find_if(events.begin(), events.end(),
                                  [](const Event& event) { return event.type == "hold"; });
  ASSERT_NE(found, events.end());
  EXPECT_NE(found->json.find("\"rollout\":{\"id\":\"r1\",\"color\":\"green\",\"version\":\"" +
                             std::string(new_version) +
                             "\",\"plan\":\"short\",\"phase\":\"shifting\",\"hold\":1,"
                             "\"percent\":10,\"paused\":false,\"standing\":\"hold 1 of 3 at 10 %: "
                             "10 s and 5 requests to go\""),
            std::string::npos)
      << found->json;
}

TEST_F(ARollout, IsRevertedWithWordsAndNumbers) {
  Intent intent = world.by("ci");
  intent.reason = "release 12";
  ASSERT_TRUE(world.submit(RolloutWorld::to_green(), intent).has_value());
  world.serve(Color::blue, 1'000);
  world.ticks(41);
  world.refuse(Color::green, 3);
  world.tick();
  const Entry& entry = world.journal.entries().back();
  EXPECT_EQ(entry.action, "reverted");
  EXPECT_EQ(entry.actor, "switchyard");
  EXPECT_TRUE(entry.detail.starts_with("reverted to blue: green ")) << entry.detail;
  EXPECT_TRUE(entry.detail.ends_with(" (from 10 %, after 4 s)")) << entry.detail;
  EXPECT_EQ(field(entry, "rollout"), "r1");
  EXPECT_EQ(field(entry, "candidate"), "green");
  EXPECT_EQ(field(entry, "version"), new_version);
  EXPECT_EQ(field(entry, "plan"), "short");
  EXPECT_EQ(field(entry, "outcome"), "reverted");
  EXPECT_EQ(field(entry, "green"), "0");
  EXPECT_EQ(field(entry, "test"), "D");
  EXPECT_EQ(field(entry, "requests"), "3");
  EXPECT_EQ(field(entry, "failures"), "3");
  EXPECT_EQ(field(entry, "first_failure").size(), 24U);
  const auto& entries = world.journal.entries();
  const auto began = std::find_if(entries.begin(), entries.end(),
                                  [](const Entry& each) { return each.action == "rollout"; });
  ASSERT_NE(began, entries.end());
  EXPECT_EQ(began->actor, "ci");
  EXPECT_EQ(began->reason, "release 12");
  const Notice& notice = world.notifier.notices.back();
  EXPECT_EQ(notice.type, "reverted");
  EXPECT_EQ(notice.rollout, "r1");
  EXPECT_EQ(notice.version, new_version);
  EXPECT_EQ(notice.what, entry.detail);
}

TEST_F(ARollout, AnswersWithItsId) {
  EXPECT_EQ(world.begin()->rollout, "r1");
  EXPECT_EQ(world.director->status().state.rollout->actor, "op");
  EXPECT_EQ(world.submit(rollout::Pause{})->rollout, "r1");
  EXPECT_EQ(world.phase(), "paused");
  EXPECT_EQ(world.submit(rollout::Abort{})->rollout, "");
}

TEST_F(ARollout, GoesOnByTheKeptPlanWhenTheConfigurationChanges) {
  Options options = testing::DirectorWorld::two_services();
  options.rollout.plans["mine"] = RolloutWorld::plan();
  options.rollout.plans["mine"].name = "mine";
  ASSERT_TRUE(world.run(world.director->reconfigure(options)).has_value());
  rollout::Start start = RolloutWorld::to_green();
  start.plan.reset();
  start.plan_name = "mine";
  ASSERT_TRUE(world.submit(start).has_value());
  ASSERT_TRUE(
      world.run(world.director->reconfigure(testing::DirectorWorld::two_services())).has_value());
  world.hold();
  EXPECT_EQ(world.weight().green, 5'000);
}

TEST_F(ARollout, SavesItsBooksOnceASecondWithoutAGenerationOrAnEntry) {
  ASSERT_TRUE(world.begin().has_value());
  const int saves = world.store.saves;
  const std::size_t entries = world.journal.entries().size();
  const auto generation = world.director->status().generation;
  world.ticks(50);
  EXPECT_GE(world.store.saves, saves + 4);
  EXPECT_LE(world.store.saves, saves + 5);
  EXPECT_EQ(world.journal.entries().size(), entries);
  EXPECT_EQ(world.director->status().generation, generation);
  EXPECT_GE(world.saved().rollout->held, 4s);
}

TEST_F(ARollout, GoesOnWhenItsBooksCannotBeSaved) {
  ASSERT_TRUE(world.begin().has_value());
  world.store.full = true;
  world.ticks(20);
  EXPECT_EQ(world.director->status().note, "state not saved: no space left on device");
  EXPECT_EQ(world.phase(), "shifting");
  world.store.full = false;
  world.ticks(11);
  EXPECT_EQ(world.director->status().note, "");
}

TEST_F(ARollout, TakesItsNoteOfAStepThatWaitsAlongWhenItEnds) {
  ASSERT_TRUE(world.begin().has_value());
  world.store.full = true;
  world.hold();
  ASSERT_NE(world.director->status().note.find("waits: "), std::string::npos);
  ASSERT_TRUE(world.submit(rollout::Abort{}).has_value());
  world.store.full = false;
  world.ticks(30);
  EXPECT_EQ(world.director->status().note, "");
}

TEST_F(ARollout, OfWeightsSetByHandIsGuarded) {
  ASSERT_TRUE(world.submit(rollout::SetWeights{{9'000, 1'000}}).has_value());
  world.refuse(Color::green, 3);
  world.tick();
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  EXPECT_EQ(world.journal.entries().back().action, "reverted");
  EXPECT_EQ(world.notifier.types(), std::vector<std::string>{"reverted"});
}

TEST_F(ARollout, OfWeightsSetByHandCanBeRolledBackWhileLiveIsNotProbedYet) {
  ASSERT_TRUE(world.submit(rollout::SetWeights{{9'000, 1'000}}).has_value());
  world.crash();
  world.probes.set(Color::green, true, "200 after 3 ms", new_version);
  world.tick();
  ASSERT_EQ(world.weight(), (PerColor<int>{9'000, 1'000}));
  const auto back = world.submit(rollout::Rollback{});
  ASSERT_TRUE(back.has_value()) << back.error().what;
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
}

TEST_F(ARollout, ForcedByHandIsNotGuarded) {
  ASSERT_TRUE(world.submit(rollout::SetWeights{{9'000, 1'000}, true}).has_value());
  world.refuse(Color::green, 3);
  world.tick();
  EXPECT_EQ(world.weight().green, 1'000);
}

TEST_F(ARollout, ThatSharesAFaultWithLiveIsHeldAndToldOnce) {
  ASSERT_TRUE(world.begin().has_value());
  world.serve(Color::blue, 3'000);
  world.ticks(10);
  for (int i = 0; i < 40; ++i) {
    world.fail(Color::blue, 9);
    world.fail(Color::green, 1);
    world.tick();
  }
  EXPECT_EQ(world.weight().green, 1'000);
  EXPECT_EQ(world.director->status().verdict.kind, verdict::Kind::shared);
  const auto types = world.notifier.types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "shared_dependency"), 1);
}

TEST_F(ARollout, IsJudgedInWordsInTheStatus) {
  ASSERT_TRUE(world.begin().has_value());
  world.serve(Color::green, 12);
  world.tick();
  const Status status = world.director->status();
  EXPECT_EQ(status.colors.green.verdict, status.verdict.words);
  EXPECT_NE(status.verdict.words.find("n=12"), std::string::npos) << status.verdict.words;
  EXPECT_EQ(status.rollout->weight, 1'000);
  EXPECT_EQ(status.rollout->needed, 0U);
}

TEST_F(ARollout, LearnsLivesOwnRateAndKeepsItOverARestart) {
  world.serve(Color::blue, 2'000);
  world.tick();
  const verdict::Baseline learned = world.director->status().baseline;
  EXPECT_NEAR(learned.requests, 2'000, 50);
  world.ticks(61, 1s);
  world.crash();
  EXPECT_EQ(world.director->status().baseline, learned);
}

TEST_F(ARollout, LearnsNotFromOneClientThatFailsOnLiveAgainAndAgain) {
  for (int i = 0; i < 100; ++i) {
    world.serve(Color::blue, 90);
    world.fail(Color::blue, 10);
    for (auto& mishap : world.fleet.collected.evidence.mishaps) mishap.client = 1;
    world.tick();
  }
  ASSERT_FALSE(world.director->status().verdict.live_alarming);
  EXPECT_LE(world.director->status().baseline.failures, 2);
}

TEST_F(ARollout, GivesAnOldBaselineLittleWeight) {
  rollout::State old;
  old.baseline_requests = 50'000;
  old.baseline_failures = 50;
  old.baseline_learned = world.time.wall() - std::chrono::hours{24 * 8};
  world.store.saved.state = old;
  world.crash();
  const verdict::Baseline baseline = world.director->status().baseline;
  EXPECT_DOUBLE_EQ(baseline.requests, 1'000);
  EXPECT_DOUBLE_EQ(baseline.failures, 1);
}

}  // namespace
}  // namespace sy::director
