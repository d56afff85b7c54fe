// The ten interlocks of docs/rollout.md, each by its number. Every one is an outage somewhere else.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "support/rollout_world.h"

namespace sy::director {
namespace {

using namespace std::chrono_literals;
using rollout::Abort;
using rollout::Pause;
using rollout::Promote;
using rollout::SetWeights;
using rollout::Start;
using rollout::Switch;
using testing::new_version;
using testing::RolloutWorld;

const PerColor<int> all_blue{10'000, 0};
const PerColor<int> all_green{0, 10'000};

// What brings a rollout into a place where its candidate has traffic, by name.
struct Place {
  const char* name;
  void (*go)(RolloutWorld&);
};
const Place places[] = {
    {"shifting", [](RolloutWorld& world) { ASSERT_TRUE(world.begin().has_value()); }},
    {"approval",
     [](RolloutWorld& world) {
       ASSERT_TRUE(world.begin(RolloutWorld::with_approval()).has_value());
       world.hold();
     }},
    {"paused",
     [](RolloutWorld& world) {
       ASSERT_TRUE(world.begin().has_value());
       ASSERT_TRUE(world.submit(Pause{}).has_value());
     }},
    {"baking",
     [](RolloutWorld& world) {
       ASSERT_TRUE(world.begin().has_value());
       world.hold();
       world.hold();
     }},
    {"split",
     [](RolloutWorld& world) {
       ASSERT_TRUE(world.submit(SetWeights{{9'000, 1'000}}).has_value());
     }},
};

class Interlock : public ::testing::Test {
 protected:
  RolloutWorld world;
};
using Interlock1 = Interlock;
using Interlock2 = Interlock;
using Interlock4 = Interlock;
using Interlock5 = Interlock;
using Interlock6 = Interlock;
using Interlock7 = Interlock;
using Interlock8 = Interlock;
using Interlock9 = Interlock;
using Interlock10 = Interlock;

TEST_F(Interlock1, NoWeightForAColorWhoseGateIsShut) {
  world.probes.set(Color::green, false, "connect refused");
  world.tick();
  EXPECT_EQ(world.submit(SetWeights{{9'000, 1'000}}).error().status, 409);
  EXPECT_EQ(world.submit(Switch{Color::green}).error().status, 409);
  rollout::Plan now = RolloutWorld::plan();
  now.gate_timeout = Duration::zero();
  EXPECT_EQ(world.begin(now).error().status, 409);
  ASSERT_TRUE(world.begin().has_value());
  world.ticks(50);
  EXPECT_EQ(world.phase(), "gating");
  ASSERT_EQ(world.weight(), all_blue);
}

TEST_F(Interlock1, ACandidateWhoseGateShutsLosesItsWeightWithTheSameTick) {
  ASSERT_TRUE(world.begin().has_value());
  ASSERT_EQ(world.weight().green, 1'000);
  world.probes.set(Color::green, false, "connect refused", new_version);
  world.tick();
  ASSERT_EQ(world.weight(), all_blue);
  ASSERT_TRUE(world.director->status().state.last.has_value());
  EXPECT_EQ(world.director->status().state.last->outcome, "reverted");
}

TEST_F(Interlock1, BothShutServeTheLastLiveColorAndSaySo) {
  ASSERT_TRUE(world.begin().has_value());
  world.probes.set(Color::blue, false, "reset");
  world.probes.set(Color::green, false, "reset");
  world.tick();
  ASSERT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.phase(), "panic");
}

TEST_F(Interlock2, BothColorsAreProbedInEveryPhase) {
  for (const Place& place : places) {
    RolloutWorld each;
    ASSERT_NO_FATAL_FAILURE(place.go(each));
    ASSERT_EQ(each.phase(), place.name);
    std::set<std::pair<std::string, Color>> probed;
    for (const ProbeState& state : each.probes.states()) {
      probed.emplace(state.target.service, state.target.color);
    }
    EXPECT_EQ(probed.size(), 4U) << place.name;
    each.probes.set(Color::blue, false, "503 after 2 ms");
    each.tick();
    EXPECT_FALSE(each.director->status().colors.blue.open) << place.name;
  }
}

TEST(Interlock3, AutoRevertIsArmedWhereverACandidateHasTraffic) {
  for (const Place& place : places) {
    RolloutWorld world;
    ASSERT_NO_FATAL_FAILURE(place.go(world));
    ASSERT_EQ(world.phase(), place.name);
    ASSERT_GT(world.weight().green, 0) << place.name;
    world.refuse(Color::green, 5);
    world.tick();
    ASSERT_EQ(world.weight(), all_blue) << place.name;
    EXPECT_EQ(world.phase(), "steady") << place.name;
    EXPECT_EQ(world.director->status().state.last->outcome, "reverted") << place.name;
  }
}

TEST_F(Interlock4, AnApprovalThatNobodyGivesReverts) {
  ASSERT_TRUE(world.begin(RolloutWorld::with_approval()).has_value());
  world.hold();
  ASSERT_EQ(world.phase(), "approval");
  world.serve(Color::green, 10'000);
  world.ticks(3'599, 1s);
  ASSERT_EQ(world.phase(), "approval");
  ASSERT_EQ(world.weight().green, 1'000);
  world.tick(1s);
  ASSERT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.director->status().state.last->outcome, "reverted");
}

TEST_F(Interlock5, NoTrafficMovesOntoALiveColorThatIsDead) {
  ASSERT_TRUE(world.begin().has_value());
  world.hold();
  world.hold();
  ASSERT_EQ(world.weight(), all_green);
  world.probes.set(Color::blue, false, "connect refused");
  world.probes.set(Color::green, true, "200 after 3 ms", "v20240103-ccccccc");
  world.tick();
  EXPECT_EQ(world.weight(), all_green);
  const Status status = world.director->status();
  EXPECT_EQ(status.phase, "baking");
  EXPECT_EQ(
      status.note,
      "would revert (green reports v20240103-ccccccc, not v20240102-bbbbbbb), but the gate of "
      "blue is shut");
  EXPECT_EQ(world.journal.entries().back().detail, status.note);
  EXPECT_EQ(world.notifier.notices.back().what, status.note);
  const std::size_t entries = world.journal.entries().size();
  world.ticks(20);
  EXPECT_EQ(world.journal.entries().size(), entries);
  world.probes.set(Color::blue, true, "200 after 3 ms");
  world.tick();
  ASSERT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.director->status().note, "");
}

TEST_F(Interlock6, SilenceHoldsTheWeightAndIsSaid) {
  ASSERT_TRUE(world.begin().has_value());
  world.ticks(3'000);
  const Status status = world.director->status();
  ASSERT_EQ(status.phase, "shifting");
  ASSERT_EQ(world.weight().green, 1'000);
  EXPECT_EQ(status.verdict.kind, verdict::Kind::inconclusive);
  EXPECT_EQ(status.rollout->standing, "hold 1 of 3 at 10 %: 5 requests to go");
  world.ticks(3'200);
  const auto types = world.notifier.types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "inconclusive"), 1);
}

TEST_F(Interlock7, TheGateOpensOnlyForTheVersionNamed) {
  world.probes.set(Color::green, false, "connect refused");
  world.tick();
  ASSERT_TRUE(world.begin().has_value());
  world.probes.set(Color::green, true, "200 after 3 ms", "v20240103-ccccccc");
  world.ticks(10);
  EXPECT_EQ(world.phase(), "gating");
  ASSERT_EQ(world.weight(), all_blue);
  const auto types = world.notifier.types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "version_mismatch"), 1);
  world.probes.set(Color::green, true, "200 after 3 ms", new_version);
  world.tick();
  EXPECT_EQ(world.phase(), "shifting");
}

TEST_F(Interlock7, AVersionReportedBeforeItsAppWentAwayOpensNothing) {
  world.probes.set(Color::green, false, "connect refused", new_version);
  world.tick();
  ASSERT_TRUE(world.begin().has_value());
  for (auto& each : world.probes.states_) {
    if (each.target.color == Color::green) each.open = true;  // its last probe failed all the same
  }
  world.ticks(10);
  EXPECT_EQ(world.phase(), "gating");
  ASSERT_EQ(world.weight(), all_blue);
}

TEST_F(Interlock7, AnotherVersionInTheMidstOfARolloutIsABreach) {
  ASSERT_TRUE(world.begin().has_value());
  world.probes.set(Color::green, true, "200 after 3 ms", "v20240103-ccccccc", "frontend");
  world.tick();
  ASSERT_EQ(world.weight(), all_blue);
  const auto types = world.notifier.types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "version_mismatch"), 1);
  EXPECT_EQ(types.back(), "reverted");
}

TEST_F(Interlock7, AProbeThatFailsNowAndThenDoesNotLoseTheVersion) {
  ASSERT_TRUE(world.begin().has_value());
  for (auto& each : world.probes.states_) each.last->good = false;
  world.tick();
  EXPECT_EQ(world.weight().green, 1'000);
}

TEST_F(Interlock8, AStepForwardIsSavedBeforeAnyWorkerHearsOfIt) {
  ASSERT_TRUE(world.begin().has_value());
  world.serve(Color::green, 5);
  world.ticks(99);
  world.store.full = true;
  world.ticks(50);
  EXPECT_EQ(world.weight().green, 1'000);
  EXPECT_EQ(world.phase(), "shifting");
  EXPECT_NE(world.director->status().note.find("no space left on device"), std::string::npos);
  const auto lines = world.journal_lines();
  const auto undone = [](const std::string& line) { return line.find("undone") != line.npos; };
  EXPECT_LE(std::count_if(lines.begin(), lines.end(), undone), 1);
  world.store.full = false;
  world.ticks(11);
  EXPECT_EQ(world.weight().green, 5'000);
  EXPECT_EQ(world.saved().weight.green, 5'000);
  EXPECT_EQ(world.director->status().note, "");
}

TEST_F(Interlock8, GoingBackNeedsNeitherStateNorJournal) {
  ASSERT_TRUE(world.begin().has_value());
  world.tick();
  world.store.full = true;
  const testing::FullDisk full{std::filesystem::file_size(world.folder / "journal")};
  world.refuse(Color::green, 5);
  world.tick();
  ASSERT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.director->status().state.last->outcome, "reverted");
  EXPECT_EQ(world.notifier.types().back(), "reverted");
}

TEST_F(Interlock8, GoingBackIsPublishedBeforeTheDiskIsTouched) {
  ASSERT_TRUE(world.begin().has_value());
  world.tick();
  const int saves = world.store.saves;
  const std::size_t entries = world.journal.entries().size();
  world.probes.set(Color::green, false, "connect refused", new_version);
  world.fleet.hold = true;
  world.time.advance(100ms);
  net::asio::co_spawn(world.io.get_executor(), world.director->tick(), [](std::exception_ptr) {});
  world.poll();
  EXPECT_EQ(world.fleet.waiting, 1);
  EXPECT_EQ(world.store.saves, saves);
  EXPECT_EQ(world.journal.entries().size(), entries);
  world.fleet.hold = false;
  world.fleet.let_through();
  world.poll();
  ASSERT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.saved().weight, all_blue);
  EXPECT_GE(world.journal.entries().size(), entries + 2);
}

TEST_F(Interlock9, ARestartPutsTheCandidateBackToItsGateWithTheTimeItHasHeld) {
  ASSERT_TRUE(world.begin().has_value());
  world.hold();
  world.serve(Color::green, 3);
  world.ticks(60);
  ASSERT_EQ(world.weight().green, 5'000);
  world.crash();
  ASSERT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.phase(), "gating");
  EXPECT_EQ(
      world.journal.entries().back().detail,
      "restarted: green is back from 50 % to its gate, hold 2 of 3 keeps the time it has held");
  world.tick();
  ASSERT_EQ(world.weight(), all_blue);
  world.probes_speak();
  EXPECT_EQ(world.weight().green, 5'000);
  const rollout::State state = world.director->status().state;
  const rollout::Rollout& back = state.rollout.value();
  EXPECT_GE(back.held, 5s);
  EXPECT_LE(back.held, 6s + 200ms);
  EXPECT_EQ(back.requests, 3U);
}

TEST_F(Interlock9, AReversionThatOnlyTheJournalKnowsIsNotForgotten) {
  ASSERT_TRUE(world.begin().has_value());
  world.ticks(20);
  world.store.full = true;
  world.refuse(Color::green, 5);
  world.tick();
  ASSERT_TRUE(world.saved().rollout.has_value());
  world.store.full = false;
  world.crash();
  world.probes_speak();
  world.ticks(10);
  ASSERT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.phase(), "steady");
  EXPECT_EQ(world.director->status().state.last->outcome, "reverted");
}

TEST_F(Interlock9, AReversionOfWeightsByHandThatOnlyTheJournalKnowsIsNotForgotten) {
  ASSERT_TRUE(world.submit(rollout::SetWeights{{9'000, 1'000}}).has_value());
  world.store.full = true;
  world.refuse(Color::green, 3);
  world.tick();
  ASSERT_EQ(world.weight(), all_blue);
  ASSERT_EQ(world.saved().weight.green, 1'000);
  world.store.full = false;
  world.crash();
  world.probes_speak();
  world.ticks(10);
  EXPECT_EQ(world.weight(), all_blue);
  EXPECT_EQ(world.saved().weight, all_blue);
  EXPECT_EQ(world.director->status().state.last->outcome, "reverted");
}

TEST_F(Interlock9, APauseThatOnlyTheJournalKnowsIsNotForgotten) {
  ASSERT_TRUE(world.begin().has_value());
  world.ticks(20);
  world.store.full = true;
  ASSERT_TRUE(world.submit(rollout::Pause{}).has_value());
  ASSERT_FALSE(world.saved().rollout->paused);
  world.store.full = false;
  world.crash();
  EXPECT_TRUE(world.director->status().state.rollout->paused);
  EXPECT_TRUE(world.saved().rollout->paused);
}

TEST_F(Interlock9, ATakeoverThatWasUndoneDoesNotEndTheRollout) {
  ASSERT_TRUE(world.begin().has_value());
  world.ticks(20);
  world.store.full = true;
  const rollout::SetUpstreams by_hand{Color::green, {{"backend", {"http://h:1"}}}, true};
  ASSERT_EQ(world.submit(by_hand).error().status, 503);
  world.store.full = false;
  world.crash();
  EXPECT_TRUE(world.director->status().state.rollout.has_value());
}

TEST_F(Interlock10, ACommandIsAnsweredOnceNoWorkerPicksByTheOldWeights) {
  for (const rollout::Command& command :
       std::vector<rollout::Command>{RolloutWorld::to_green(), Promote{}, Abort{}}) {
    world.fleet.hold = true;
    std::optional<Result<Applied>> answer;
    world.DirectorWorld::begin<Result<Applied>>(
        world.director->submit(command, world.by("op")),
        [&answer](Result<Applied> applied) { answer.emplace(std::move(applied)); });
    world.poll();
    EXPECT_EQ(world.fleet.waiting, 1);
    EXPECT_FALSE(answer);
    world.fleet.hold = false;
    world.fleet.let_through();
    world.poll();
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->has_value()) << answer->error().what;
  }
}

}  // namespace
}  // namespace sy::director
