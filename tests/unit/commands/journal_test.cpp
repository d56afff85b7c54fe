// journal, and whether its chain holds.
#include <gtest/gtest.h>

#include "director/journal_text.h"
#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;

// Entries first … last of one chain, as a proxy gives them.
std::vector<api::EntryView> chain(std::uint64_t first, std::uint64_t last,
                                  std::string previous = director::first_previous()) {
  std::vector<api::EntryView> views;
  for (std::uint64_t i = 1; i <= last; ++i) {
    history::Entry entry;
    entry.sequence = i;
    entry.at = ten + std::chrono::seconds{i};
    entry.actor = "ci";
    entry.action = "weights";
    entry.detail = "blue 90 % / \"ü\"";
    entry.generation = i;
    entry.fields = {{"blue", "9000"}, {"green", "1000"}};
    entry.previous = previous;
    entry.hash = director::hash_of(entry);
    previous = entry.hash;
    if (i < first) continue;
    views.push_back({entry.sequence, entry.at, entry.actor, entry.action, entry.reason,
                     entry.detail, entry.request, entry.generation, entry.fields, entry.previous,
                     entry.hash});
  }
  return views;
}

void give(ScriptedProxy& proxy, const std::vector<api::EntryView>& entries) {
  const auto half = entries.begin() + static_cast<long>(entries.size() / 2);
  const std::uint64_t middle = half == entries.begin() ? 0 : (half - 1)->sequence;
  api::JournalView page{{entries.begin(), half}, middle, true};
  proxy.texts["/v1/journal?limit=1000&after=0"] = api::encode(page);
  page = {{half, entries.end()}, entries.back().sequence, false};
  proxy.texts["/v1/journal?limit=1000&after=" + std::to_string(middle)] = api::encode(page);
}

Args verifying() {
  Args args;
  args.verb = Verb::journal;
  args.verify = true;
  return args;
}

TEST(JournalVerb, IsATable) {
  ControlWorld world;
  world.proxy().texts["/v1/journal?limit=20"] =
      api::encode(api::JournalView{chain(1, 1), 1, false});
  EXPECT_EQ(world.run(Verb::journal), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "#  AT                        ACTOR  ACTION   WHAT             REASON\n"
            "1  2024-01-01T10:00:01.000Z  ci     weights  blue 90 % / \"ü\"\n");
}

TEST(JournalVerb, AnIntactChainIsSaidToBeSoOverAllPages) {
  ControlWorld world;
  give(world.proxy(), chain(1, 5));
  EXPECT_EQ(world.run(verifying()), ExitCode::done);
  EXPECT_EQ(world.out.str(), "http://127.0.0.1:9900: intact, 5 lines from entry 1 on\n");
}

TEST(JournalVerb, AChainWhoseBeginningIsNoLongerGivenIsCheckedFromThere) {
  ControlWorld world;
  give(world.proxy(), chain(4, 9));
  EXPECT_EQ(world.run(verifying()), ExitCode::done);
  EXPECT_EQ(world.out.str(), "http://127.0.0.1:9900: intact, 6 lines from entry 4 on\n");
}

TEST(JournalVerb, AChainThatBeginsWithItsFirstEntryFollowsNothing) {
  ControlWorld world;
  give(world.proxy(), chain(1, 5, std::string(64, '1')));
  EXPECT_EQ(world.run(verifying()), ExitCode::failed);
  EXPECT_EQ(world.out.str(),
            "http://127.0.0.1:9900: broken: line 1 does not follow the entry before it (of 5 lines "
            "from entry 1 on)\n");
}

TEST(JournalVerb, WhereItBreaksIsSaidOfThatProxyAlone) {
  ControlWorld world{2};
  give(world.proxy(0), chain(1, 5));
  auto bad = chain(1, 5);
  bad[2].detail = "blue 100 %";
  give(world.proxy(1), bad);
  EXPECT_EQ(world.run(verifying()), ExitCode::failed);
  EXPECT_EQ(world.out.str(),
            "http://127.0.0.1:9900: intact, 5 lines from entry 1 on\n"
            "http://127.0.0.2:9900: broken: line 3: hash does not match its entry (of 5 lines from "
            "entry 1 on)\n");
  auto missing = chain(1, 5);
  missing.erase(missing.begin() + 3);
  give(world.proxy(1), missing);
  EXPECT_EQ(world.run(verifying()), ExitCode::failed);
  EXPECT_NE(world.out.str().find("line 4 does not follow the entry before it"), std::string::npos)
      << world.out.str();
}

TEST(JournalVerb, AProxyOutOfReachIsNamedAndTheOthersAreChecked) {
  ControlWorld world{2};
  world.proxy(0).down = true;
  give(world.proxy(1), chain(1, 2));
  auto args = verifying();
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::failed);
  EXPECT_NE(world.err.str().find("http://127.0.0.1:9900"), std::string::npos) << world.err.str();
  EXPECT_NE(world.out.str().find("{\"proxy\":\"http://127.0.0.2:9900\",\"entries\":2,\"first\":1,"
                                 "\"intact\":true,\"problems\":[]}\n"),
            std::string::npos)
      << world.out.str();
}

}  // namespace
}  // namespace sy::control
