#include "director/director.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/director_world.h"

namespace sy::director {
namespace {

using namespace std::chrono_literals;
using rollout::Rollback;
using rollout::SetMaintenance;
using rollout::SetUpstreams;
using rollout::SetWeights;
using rollout::Switch;

class TheDirector : public ::testing::Test {
 protected:
  TheDirector() { world.start(); }
  testing::DirectorWorld world;
};

TEST_F(TheDirector, PublishesWhatItWasTold) {
  const auto applied = world.submit(SetWeights{{9'000, 1'000}}).value();
  EXPECT_EQ(applied.what, "weights blue 90 % green 10 %");
  EXPECT_EQ(applied.generation, 1U);
  EXPECT_TRUE(applied.changed);
  EXPECT_EQ(world.weight(), (PerColor<int>{9'000, 1'000}));
  EXPECT_EQ(world.routing().generation, 1U);
  EXPECT_EQ(world.store.saved.state->weight, (PerColor<int>{9'000, 1'000}));
}

TEST_F(TheDirector, AnswersOnlyOnceNoWorkerPicksByTheOldRouting) {
  world.fleet.hold = true;
  std::optional<Result<Applied>> answer;
  world.begin<Result<Applied>>(
      world.director->submit(SetWeights{{9'000, 1'000}}, world.by("op")),
      [&answer](Result<Applied> applied) { answer.emplace(std::move(applied)); });
  world.poll();
  EXPECT_EQ(world.fleet.waiting, 1);
  EXPECT_FALSE(answer);
  world.fleet.let_through();
  world.poll();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->has_value());
}

TEST_F(TheDirector, SavesAForwardMoveBeforeAnyWorkerHearsOfIt) {
  world.fleet.hold = true;
  world.begin<Result<Applied>>(world.director->submit(Switch{Color::green}, world.by("op")),
                               [](const Result<Applied>&) {});
  world.poll();
  EXPECT_EQ(world.fleet.waiting, 1);
  EXPECT_EQ(world.store.saved.state->weight.green, 10'000);
  world.fleet.let_through();
  world.poll();
}

TEST_F(TheDirector, TakesCommandsOneAtATimeInOrder) {
  world.fleet.hold = true;
  std::vector<std::uint64_t> generations;
  for (const int green : {100, 1'000, 5'000}) {
    world.begin<Result<Applied>>(
        world.director->submit(SetWeights{{10'000 - green, green}}, world.by("op")),
        [&generations](const Result<Applied>& applied) {
          generations.push_back(applied->generation);
        });
  }
  for (const std::size_t answered : {1U, 2U, 3U}) {
    world.poll();
    EXPECT_EQ(world.fleet.waiting, 1);
    world.fleet.let_through();
    world.poll();
    EXPECT_EQ(generations.size(), answered);
  }
  EXPECT_EQ(generations, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(world.weight().green, 5'000);
}

TEST_F(TheDirector, TurnsCommandsAwayWhenTooManyWait) {
  world.fleet.hold = true;
  int refused = 0;
  int answered = 0;
  const auto count = [&](const Result<Applied>& applied) {
    ++(applied ? answered : refused);
    EXPECT_TRUE(applied || applied.error().status == 429);
  };
  for (int i = 0; i < 70; ++i) {
    world.begin<Result<Applied>>(
        world.director->submit(SetWeights{{9'999 - i, i + 1}}, world.by("op")), count);
  }
  world.poll();
  EXPECT_EQ(refused, 70 - 1 - 64);
  world.fleet.hold = false;
  world.fleet.let_through();
  world.poll();
  EXPECT_EQ(answered, 65);
}

TEST_F(TheDirector, RefusesForwardMovesWhenTheDiskIsFull) {
  const std::size_t adopted = world.fleet.adopted.size();
  world.store.full = true;
  for (const rollout::Command& command : std::vector<rollout::Command>{
           SetWeights{{9'000, 1'000}}, Switch{Color::green},
           SetUpstreams{Color::green, {{"backend", {"http://127.0.0.1:1"}}}, false}}) {
    const auto refused = world.submit(command);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().status, 503);
    EXPECT_EQ(refused.error().what, "state not saved: no space left on device, nothing changed");
  }
  EXPECT_EQ(world.fleet.adopted.size(), adopted);
  EXPECT_EQ(world.director->status().generation, 0U);
  EXPECT_EQ(world.journal.entries().back().action, "undone");
}

TEST_F(TheDirector, RevertsEvenWhenTheDiskIsFull) {
  ASSERT_TRUE(world.submit(Switch{Color::green}).has_value());
  world.store.full = true;
  ASSERT_TRUE(world.submit(Rollback{}).has_value());
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  EXPECT_EQ(world.director->status().note, "state not saved: no space left on device");
  world.store.full = false;
  world.tick(2s);
  EXPECT_EQ(world.store.saved.state->live, Color::blue);
  EXPECT_EQ(world.director->status().note, "");
}

TEST_F(TheDirector, RevertsBeforeItTouchesTheDisk) {
  ASSERT_TRUE(world.submit(Switch{Color::green}).has_value());
  const int saves = world.store.saves;
  world.fleet.hold = true;
  world.begin<Result<Applied>>(world.director->submit(Rollback{}, world.by("op")),
                               [](const Result<Applied>&) {});
  world.poll();
  EXPECT_EQ(world.fleet.waiting, 1);
  EXPECT_EQ(world.store.saves, saves);
  world.fleet.let_through();
  world.poll();
  EXPECT_EQ(world.store.saves, saves + 1);
}

TEST_F(TheDirector, TurnsMaintenanceOnEvenWhenTheDiskIsFull) {
  world.store.full = true;
  ASSERT_TRUE(world.submit(SetMaintenance{true}).has_value());
  EXPECT_TRUE(world.routing().maintenance);
  EXPECT_EQ(world.submit(SetMaintenance{false}).error().status, 503);
}

TEST_F(TheDirector, RefusesForwardMovesThatCannotBeJournaledAndLetsBackMovesGo) {
  ASSERT_TRUE(world.submit(SetWeights{{9'000, 1'000}}).has_value());
  const testing::FullDisk full{std::filesystem::file_size(world.folder / "journal")};
  const auto refused = world.submit(SetWeights{{5'000, 5'000}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().status, 503);
  EXPECT_TRUE(refused.error().what.starts_with("journal not written: "));
  EXPECT_EQ(world.store.saved.state->weight.green, 1'000);
  ASSERT_TRUE(world.submit(Rollback{}).has_value());
  EXPECT_EQ(world.weight().blue, 10'000);
  EXPECT_NE(world.director->status().note.find("journal not written"), std::string::npos);
}

TEST_F(TheDirector, AnswersARepeatedKeyWithoutDoingItAgain) {
  const auto first = world.submit(Switch{Color::green}, world.by("ci", "k1")).value();
  ASSERT_TRUE(world.submit(Switch{Color::blue}, world.by("ci", "k2")).has_value());
  const auto again = world.submit(Switch{Color::green}, world.by("ci", "k1")).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.generation, first.generation);
  EXPECT_EQ(world.weight().blue, 10'000);
}

TEST_F(TheDirector, KeepsKeysOfDifferentActorsApart) {
  ASSERT_TRUE(world.submit(Switch{Color::green}, world.by("ci", "k1")).has_value());
  const auto other = world.submit(Switch{Color::blue}, world.by("op", "k1")).value();
  EXPECT_FALSE(other.replayed);
  EXPECT_TRUE(other.changed);
}

TEST_F(TheDirector, RefusesAKeyThatComesBackWithAnotherCommand) {
  ASSERT_TRUE(world.submit(Switch{Color::green}, world.by("ci", "k1")).has_value());
  EXPECT_EQ(world.submit(Switch{Color::blue}, world.by("ci", "k1")).error().status, 422);
}

TEST_F(TheDirector, LetsARefusedKeyTryAgain) {
  world.store.full = true;
  EXPECT_FALSE(world.submit(Switch{Color::green}, world.by("ci", "k1")).has_value());
  world.store.full = false;
  EXPECT_TRUE(world.submit(Switch{Color::green}, world.by("ci", "k1"))->changed);
}

TEST_F(TheDirector, ForgetsTheOldestKeyAfterAThousand) {
  ASSERT_TRUE(world.submit(SetMaintenance{false}, world.by("ci", "k0")).has_value());
  for (int i = 1; i <= 1'000; ++i) {
    ASSERT_TRUE(
        world.submit(SetMaintenance{false}, world.by("ci", "k" + std::to_string(i))).has_value());
  }
  EXPECT_FALSE(world.submit(SetMaintenance{false}, world.by("ci", "k0"))->replayed);
  EXPECT_TRUE(world.submit(SetMaintenance{false}, world.by("ci", "k1000"))->replayed);
}

TEST_F(TheDirector, RefusesAStaleGeneration) {
  Intent intent = world.by("op");
  intent.if_generation = 3;
  const auto refused = world.submit(Switch{Color::green}, intent);
  EXPECT_EQ(refused.error().status, 412);
  EXPECT_EQ(refused.error().what, "generation is 0, not 3: read the status and decide anew");
  intent.if_generation = 0;
  EXPECT_TRUE(world.submit(Switch{Color::green}, intent).has_value());
}

TEST_F(TheDirector, ChangesNothingOnADryRun) {
  Intent intent = world.by("op", "k1");
  intent.dry_run = true;
  const std::size_t entries = world.journal.entries().size();
  const auto applied = world.submit(Switch{Color::green}, intent).value();
  EXPECT_TRUE(applied.dry_run);
  EXPECT_TRUE(applied.changed);
  EXPECT_EQ(applied.what, "rollout r1 of green by plan switch: green enters hold 1 of 1 at 100 %");
  EXPECT_EQ(world.weight().blue, 10'000);
  EXPECT_EQ(world.journal.entries().size(), entries);
  intent.dry_run = false;
  EXPECT_FALSE(world.submit(Switch{Color::green}, intent)->replayed);
}

TEST_F(TheDirector, RefusesUrlsItCannotUse) {
  const SetUpstreams bad{Color::green, {{"backend", {"ftp://127.0.0.1:1"}}}, false};
  const auto refused = world.submit(bad);
  EXPECT_EQ(refused.error().status, 422);
  EXPECT_EQ(refused.error().what,
            "\"ftp://127.0.0.1:1\": must start with http://, https:// or dns://");
}

TEST_F(TheDirector, JournalsActorReasonKeyAndWeights) {
  Intent intent = world.by("ci", "k1");
  intent.reason = "release 12";
  world.probes.set(Color::green, true, "200 after 1 ms", "v20240101-abc1234");
  world.tick();
  ASSERT_TRUE(world.submit(SetWeights{{9'000, 1'000}}, intent).has_value());
  const Entry& entry = world.journal.entries().back();
  EXPECT_EQ(entry.actor, "ci");
  EXPECT_EQ(entry.action, "weights");
  EXPECT_EQ(entry.reason, "release 12");
  EXPECT_EQ(entry.detail, "weights blue 90 % green 10 %");
  EXPECT_EQ(entry.request, "k1");
  EXPECT_EQ(entry.generation, 1U);
  const std::map<std::string, std::string> fields{{"blue", "9000"},
                                                  {"green", "1000"},
                                                  {"live", "blue"},
                                                  {"green_version", "v20240101-abc1234"}};
  EXPECT_EQ(entry.fields, fields);
}

TEST_F(TheDirector, SaysInTheJournalThatACommandWasForced) {
  world.probes.set(Color::green, false, "connect refused");
  world.tick();
  ASSERT_TRUE(world.submit(Switch{Color::green, true}).has_value());
  EXPECT_EQ(world.journal.entries().back().detail,
            "all to green, from blue 100 % green 0 % (forced)");
  EXPECT_EQ(world.weight().blue, 10'000);
}

TEST_F(TheDirector, TellsSubscribersAfterEachChange) {
  int woken = 0;
  const auto id = world.director->subscribe([&woken] { ++woken; });
  bool gap = false;
  const auto before = world.director->events(0, gap).back().id;
  ASSERT_TRUE(world.submit(SetWeights{{9'000, 1'000}}).has_value());
  const auto events = world.director->events(before, gap);
  EXPECT_FALSE(gap);
  ASSERT_GE(events.size(), 1U);
  EXPECT_EQ(events[0].type, "weights");
  EXPECT_EQ(events[0].json,
            "{\"generation\":1,\"weights\":{\"blue\":90,\"green\":10},"
            "\"effective\":{\"blue\":90,\"green\":10},\"live\":\"blue\",\"maintenance\":false,"
            "\"what\":\"weights blue 90 % green 10 %\",\"actor\":\"op\",\"reason\":\"\"}");
  EXPECT_EQ(woken, static_cast<int>(events.size()));
  world.director->unsubscribe(id);
  ASSERT_TRUE(world.submit(Rollback{}).has_value());
  EXPECT_EQ(woken, static_cast<int>(events.size()));
}

TEST_F(TheDirector, KeepsAThousandEventsAndSaysWhenSomeAreGone) {
  for (int i = 0; i < 1'100; ++i) {
    ASSERT_TRUE(world.submit(SetWeights{{9'000 + i % 2, 1'000 - i % 2}}).has_value());
  }
  bool gap = false;
  EXPECT_EQ(world.director->events(0, gap).size(), 1'000U);
  EXPECT_TRUE(gap);
  const auto last = world.director->events(0, gap).back().id;
  EXPECT_TRUE(world.director->events(last, gap).empty());
  EXPECT_FALSE(gap);
}

TEST_F(TheDirector, ComesBackWhereItWas) {
  ASSERT_TRUE(world.submit(SetWeights{{9'000, 1'000}}).has_value());
  const rollout::State before = world.director->status().state;
  world.make(testing::DirectorWorld::two_services());
  world.start();
  EXPECT_EQ(world.director->status().state, before);
  EXPECT_EQ(world.weight(), (PerColor<int>{9'000, 1'000}));
}

TEST_F(TheDirector, RecordsAtStartThatAJournaledChangeWasNeverSaved) {
  ASSERT_TRUE(world.submit(SetWeights{{9'000, 1'000}}).has_value());
  world.store.saved.state = rollout::State{};
  world.make(testing::DirectorWorld::two_services());
  world.start();
  const auto lines = world.journal_lines();
  const std::string expected =
      "switchyard undone: generation 1 was never saved: going on from generation 0";
  EXPECT_NE(std::find(lines.begin(), lines.end(), expected), lines.end());
}

TEST_F(TheDirector, ShowsWhatTheStoreHadToMend) {
  world.store.saved.note = "state.a cannot be used (checksum does not match)";
  world.make(testing::DirectorWorld::two_services());
  world.start();
  EXPECT_EQ(world.director->status().note, "state.a cannot be used (checksum does not match)");
}

TEST_F(TheDirector, ChangesNothingOnAReloadThatCannotBeUsed) {
  Options options = testing::DirectorWorld::two_services();
  options.services[0].endpoints.blue = {"nonsense"};
  EXPECT_FALSE(world.run(world.director->reconfigure(options)).has_value());
  EXPECT_EQ(world.routing().services[0].endpoints.blue[0].url, "http://127.0.0.1:9101");
}

TEST_F(TheDirector, TouchesNothingOnAnEquivalentReload) {
  const std::size_t adopted = world.fleet.adopted.size();
  const auto same = testing::DirectorWorld::two_services();
  ASSERT_TRUE(world.run(world.director->reconfigure(same)).has_value());
  EXPECT_EQ(world.fleet.adopted.size(), adopted);
  EXPECT_EQ(world.probes.watched, 1);
}

}  // namespace
}  // namespace sy::director
