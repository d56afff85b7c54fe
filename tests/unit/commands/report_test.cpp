// history and dora as tables for people.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;

std::string history_of(const std::string& begun) {
  return R"({"changes":[{"color":"green","version":"v20240108-def5678","rollout":"r1",)"
         R"("plan":"canary","action":"rollout","actor":"ci","reason":"release",)"
         R"("outcome":"reverted","why":"5 of 20 failed","begun":)" +
         begun +
         R"(,"duration_seconds":72.5,"requests":20,"failures":5}],)"
         R"("durations":{"reverted":{"count":1,"median_seconds":72.5,"longest_seconds":72.5}}})";
}

constexpr auto dora =
    R"({"window_seconds":2592000,"deployments":12,"deployments_per_day":0.4,"changes":13,)"
    R"("failures":1,"change_failure_rate":0.0769,"recovery_time_seconds":null,)"
    R"("lead_time_seconds":5400})";

TEST(HistoryVerb, IsATableWithDurationsInWords) {
  ControlWorld world;
  world.proxy().texts["/v1/history"] = history_of("1704099600");
  EXPECT_EQ(world.run(Verb::history), ExitCode::done) << world.err.str();
  EXPECT_EQ(world.out.str(),
            "BEGUN (UTC)       COLOR  VERSION            OUTCOME   TOOK        REQUESTS  FAILED  "
            "BY  WHY\n"
            "2024-01-01 09:00  green  v20240108-def5678  reverted  1 min 12 s  20        5       "
            "ci  5 of 20 failed\n"
            "1 change reverted: typically 1 min 12 s, at most 1 min 12 s\n");
}

TEST(HistoryVerb, SeveralProxiesAreOneTableTheNewestFirst) {
  ControlWorld world{2};
  world.proxy(0).texts["/v1/history"] = history_of("1704099600");
  world.proxy(1).texts["/v1/history"] = history_of("1704101400.25");
  EXPECT_EQ(world.run(Verb::history), ExitCode::done);
  EXPECT_TRUE(world.out.str().find("http://127.0.0.2:9900  2024-01-01 09:30") <
              world.out.str().find("http://127.0.0.1:9900  2024-01-01 09:00"))
      << world.out.str();
}

TEST(HistoryVerb, JsonIsTheProxysOwnOrOneObject) {
  ControlWorld world{2};
  world.proxy(0).texts["/v1/history"] = "{\"changes\":[]}";
  world.proxy(1).texts["/v1/history"] = "{\"changes\":[]}";
  Args args;
  args.verb = Verb::history;
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "{\"proxies\":[{\"proxy\":\"http://127.0.0.1:9900\",\"history\":{\"changes\":[]}},"
            "{\"proxy\":\"http://127.0.0.2:9900\",\"history\":{\"changes\":[]}}]}\n");
  args.json = false;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(), "nothing has moved yet\n");
}

TEST(DoraVerb, SaysTheFourKeyMetricsInWords) {
  ControlWorld world;
  world.proxy().texts["/v1/dora"] = dora;
  EXPECT_EQ(world.run(Verb::dora), ExitCode::done) << world.err.str();
  EXPECT_EQ(world.out.str(),
            "the last 30 d\n"
            "MEASURE                    VALUE\n"
            "deployments                12\n"
            "deployments a day          0.40\n"
            "lead time, commit to live  1 h 30 min\n"
            "changes that failed        7.7 %\n"
            "time to recover            not known\n");
}

TEST(DoraVerb, OfSeveralProxiesTheWorstCounts) {
  ControlWorld world{2};
  world.proxy(0).texts["/v1/dora"] = dora;
  std::string worse = dora;
  worse.replace(worse.find("null"), 4, "30");
  world.proxy(1).texts["/v1/dora"] = worse;
  EXPECT_EQ(world.run(Verb::dora), ExitCode::done);
  EXPECT_NE(world.out.str().find("time to recover            not known              30 s"
                                 "                   30 s\n"),
            std::string::npos)
      << world.out.str();
}

TEST(DoraVerb, AnAnswerThatIsNoneIsAFailureThatNamesTheProxy) {
  ControlWorld world;
  world.proxy().texts["/v1/dora"] = "<html>";
  EXPECT_EQ(world.run(Verb::dora), ExitCode::failed);
  EXPECT_EQ(world.err.str(),
            "switchctl: proxy http://127.0.0.1:9900 answered something that is no report of key "
            "metrics\n  Is it of another release than this switchctl?\n");
}

}  // namespace
}  // namespace sy::control
