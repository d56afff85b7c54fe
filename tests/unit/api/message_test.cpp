#include "api/message.h"

#include <gtest/gtest.h>

namespace sy::api {
namespace {

using Faults = std::vector<Fault>;

template <class T>
std::string said(const Parsed<T>& parsed) {
  if (parsed) return "accepted";
  std::string text;
  for (const auto& fault : parsed.error()) text += fault.pointer + ": " + fault.detail + "\n";
  return text;
}

StatusView full_status() {
  StatusView status{.app = "pms", .environment = "production", .phase = "split"};
  status.live = Color::green;
  status.previous = Color::blue;
  status.maintenance = true;
  status.colors.blue = {.version = "v20240101-abc1234",
                        .open = true,
                        .weight = 9'999,
                        .effective = 1,
                        .requests_per_second = 12.5,
                        .requests = 125,
                        .errors = 2,
                        .p50_ms = 1.25,
                        .p99_ms = 80,
                        .in_flight = 3,
                        .verdict = "as good as blue"};
  status.colors.green.why = "connect refused";
  status.upstreams.green["backend"] = {"http://127.0.0.1:9301", "http://127.0.0.1:9302"};
  status.gates.push_back({.service = "backend",
                          .color = Color::green,
                          .url = "http://127.0.0.1:9201",
                          .reason = "503 after 12 ms",
                          .took_ms = 12.125,
                          .since = WallTime{std::chrono::milliseconds{1'704'103'200'123}},
                          .identity = {"v1", "abc", "production", "2024", "pms-backend"}});
  status.generation = 41;
  status.since = WallTime{std::chrono::milliseconds{1'704'103'200'000}};
  status.note = "state not saved: disk full";
  return status;
}

TEST(ApiMessage, AStatusComesBackAsItWas) {
  const StatusView status = full_status();

  EXPECT_EQ(decode_status(encode(status)).value(), status);
}

TEST(ApiMessage, AnAppliedChangeAJournalAndAProblemComeBackAsTheyWere) {
  const AppliedView applied{7, "weights blue 90 % green 10 %", true, false, true};
  JournalView journal{.next = 3, .more = true};
  journal.entries.push_back(
      {3, {}, "ci", "weights", "canary", "blue 90 %", "key-1", 7, {{"live", "blue"}}, "00", "ff"});
  const Problem problem{.status = 409,
                        .detail = "the gate is shut",
                        .faults = {{"/blue", "is needed"}},
                        .generation = 7,
                        .weights = PerColor<int>{9'950, 50},
                        .phase = "split"};

  EXPECT_EQ(decode_applied(encode(applied)).value(), applied);
  EXPECT_EQ(decode_journal(encode(journal)).value(), journal);
  EXPECT_EQ(decode_problem(encode(problem)).value(), problem);
}

TEST(ApiMessage, AProblemSaysWhatIsTrueNow) {
  const Problem problem{.status = 409,
                        .detail = "green's gate is shut",
                        .generation = 7,
                        .weights = PerColor<int>{9'950, 50},
                        .phase = "split"};

  EXPECT_EQ(encode(problem),
            R"({"type":"urn:switchyard:problem:conflict","title":"Refused in the present state",)"
            R"("status":409,"detail":"green's gate is shut","generation":7,)"
            R"("weights":{"blue":99.5,"green":0.5},"phase":"split"})");
}

TEST(ApiMessage, AnAnswerOfSomethingElseIsAnErrorNotAStatus) {
  EXPECT_FALSE(decode_status("{}"));
  EXPECT_FALSE(decode_status("<html>"));
  EXPECT_FALSE(decode_status(R"({"app":1})"));
  EXPECT_FALSE(decode_journal(R"({"entries":[{}],"next":1,"more":false})"));
}

TEST(ApiMessage, WeightsArePercentNumbersInHundredthsThatSumToAHundred) {
  EXPECT_EQ(*parse_weights(R"({"blue":90,"green":10})"), (WeightsBody{{9'000, 1'000}}));
  EXPECT_EQ(*parse_weights(R"({"blue":99.99,"green":0.01,"force":true,"reason":"why"})"),
            (WeightsBody{{9'999, 1}, true, "why"}));
  EXPECT_EQ(said(parse_weights(R"({"blue":90,"green":20})")),
            ": blue and green must sum to 100, got 110\n");
  EXPECT_EQ(said(parse_weights(R"({"blue":99.995,"green":0.005})")),
            "/blue: must have at most two decimals\n/green: must have at most two decimals\n");
  EXPECT_EQ(said(parse_weights(R"({"blue":101,"green":-1})")),
            "/blue: must be from 0 to 100\n/green: must be from 0 to 100\n");
  EXPECT_EQ(said(parse_weights(R"({"blue":"90","green":10})")),
            "/blue: must be a percent number, like 12.5\n");
}

TEST(ApiMessage, EveryHundredthOfAPercentIsKeptExactly) {
  for (int blue = 0; blue <= 10'000; ++blue) {
    const WeightsBody body{{blue, 10'000 - blue}};
    ASSERT_EQ(*parse_weights(encode(body)), body);
    ASSERT_EQ(parse_percent(percent_text(blue)), blue);
  }
}

TEST(ApiMessage, UnknownAndRepeatedMembersAreRefused) {
  EXPECT_EQ(said(parse_switch(R"({"color":"green","forec":true})")),
            "/forec: is not a member of this request\n");
  EXPECT_EQ(said(parse_switch(R"({"color":"green","color":"blue"})")),
            ": member \"color\" is there more than once\n");
  EXPECT_EQ(said(parse_rollback(R"({"a/b~c":1})")), "/a~1b~0c: is not a member of this request\n");
}

TEST(ApiMessage, SaysWhatABodyMustBe) {
  EXPECT_EQ(said(parse_switch("[]")), ": the body must be a JSON object\n");
  EXPECT_EQ(said(parse_switch("{}")), "/color: is needed: \"blue\" or \"green\"\n");
  EXPECT_EQ(said(parse_switch(R"({"color":"red"})")), "/color: must be \"blue\" or \"green\"\n");
  EXPECT_EQ(said(parse_maintenance(R"({"on":"yes"})")), "/on: must be true or false\n");
  EXPECT_FALSE(parse_switch(""));
  EXPECT_FALSE(parse_switch(R"({"color":"green"} trailing)"));
}

TEST(ApiMessage, ARollbackNeedsNoBody) {
  EXPECT_EQ(*parse_rollback(""), RollbackBody{});
  EXPECT_EQ(*parse_rollback(R"({"reason":"errors"})"), RollbackBody{"errors"});
}

TEST(ApiMessage, AReasonIsOneBoundedLine) {
  EXPECT_EQ(said(parse_rollback(R"({"reason":"a\nb"})")),
            "/reason: must be one line without control characters\n");
  EXPECT_EQ(said(parse_rollback("{\"reason\":\"" + std::string(501, 'x') + "\"}")),
            "/reason: must be at most 500 bytes\n");
}

TEST(ApiMessage, UpstreamsAreUrlsByService) {
  const UpstreamsBody body{{{"backend", {"http://127.0.0.1:9301"}}, {"frontend", {}}}, true, "new"};

  EXPECT_EQ(*parse_upstreams(encode(body)), body);
  EXPECT_EQ(said(parse_upstreams(R"({"endpoints":{"backend":["127.0.0.1:1"]}})")),
            "/endpoints/backend/0: must be a url like http://127.0.0.1:9101, got "
            "\"127.0.0.1:1\"\n");
  EXPECT_EQ(said(parse_upstreams(R"({"endpoints":{}})")),
            "/endpoints: must name at least one service\n");
}

TEST(ApiMessage, TimesAreRfc3339InMilliseconds) {
  const WallTime at{std::chrono::milliseconds{1'704'103'200'007}};

  EXPECT_EQ(to_text(at), "2024-01-01T10:00:00.007Z");
  EXPECT_EQ(parse_time("2024-01-01T10:00:00.007Z"), at);
  EXPECT_FALSE(parse_time("2024-13-01T10:00:00.007Z"));
  EXPECT_FALSE(parse_time("2024-01-01T10:00:00Z"));
}

}  // namespace
}  // namespace sy::api
