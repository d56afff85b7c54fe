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

constexpr WallTime noon{std::chrono::milliseconds{1'704'110'400'000}};

RolloutView full_rollout() {
  RolloutView rollout{.id = "r8", .color = Color::green, .version = "v20240108-def5678"};
  rollout.plan = "canary";
  rollout.phase = "shifting";
  rollout.hold = 2;
  rollout.holds = {{100, 60, 300}, {10'000, 600.5, 1}};
  rollout.weight = 1'250;
  rollout.held_seconds = 19;
  rollout.left_seconds = 41.25;
  rollout.requests = 180;
  rollout.requests_needed = 120;
  rollout.paused = true;
  rollout.standing = "hold 2 of 2 at 12.5 %: 41 s and 120 requests to go";
  rollout.started = noon;
  rollout.actor = "ci";
  rollout.reason = "release";
  rollout.approval = ApprovalView{10'000, 86'400, "ann", noon};
  return rollout;
}

VerdictView full_verdict() {
  return {.kind = "breach",
          .words = "green fails POST /api/claims 6 of 6; all other routes agree",
          .test = "A",
          .requests = 42,
          .failures = 6,
          .charged = 5,
          .needed = 288,
          .absolute = 13.816,
          .relative = 6.908,
          .slower = -0.5,
          .pairs_for = 4,
          .pairs_against = 1,
          .hard_in_a_row = 2,
          .tolerated_percent = 1.25,
          .live_alarming = true};
}

TEST(ApiMessage, AStatusComesBackAsItWas) {
  const StatusView status = full_status();

  EXPECT_EQ(decode_status(encode(status)).value(), status);
}

TEST(ApiMessage, AStatusWithARolloutComesBackAsItWas) {
  StatusView status = full_status();
  status.rollout = full_rollout();
  status.last_rollout = EndedView{"r3", Color::blue, "v20240101-abc1234", "reverted", "A", noon};
  status.verdict = full_verdict();
  status.baseline = {50'000.5, 12, 0.034, noon};
  status.guarded = false;

  EXPECT_EQ(decode_status(encode(status)).value(), status);
  const RolloutsView seen{status.rollout, status.last_rollout, status.verdict};
  EXPECT_EQ(decode_rollouts(encode(seen)).value(), seen);
  EXPECT_EQ(decode_rollouts(encode(RolloutsView{})).value(), RolloutsView{});
}

TEST(ApiMessage, ARolloutIsSaidInTheWordsThatProgramsRelyOn) {
  const RolloutsView seen{full_rollout(), std::nullopt, full_verdict()};

  EXPECT_EQ(
      encode(seen),
      R"({"rollout":{"id":"r8","color":"green","version":"v20240108-def5678","plan":"canary",)"
      R"("phase":"shifting","hold":2,"holds":[{"percent":1,"for_seconds":60,"requests":300},)"
      R"({"percent":100,"for_seconds":600.5,"requests":1}],"percent":12.5,"held_seconds":19,)"
      R"("left_seconds":41.25,"requests":180,"requests_needed":120,"paused":true,)"
      R"("standing":"hold 2 of 2 at 12.5 %: 41 s and 120 requests to go",)"
      R"("started":"2024-01-01T12:00:00.000Z","actor":"ci","reason":"release",)"
      R"("approval":{"before":100,"timeout_seconds":86400,"approved_by":"ann",)"
      R"("approved_until":"2024-01-01T12:00:00.000Z"}},"last_rollout":null,)"
      R"("verdict":{"kind":"breach",)"
      R"("words":"green fails POST /api/claims 6 of 6; all other routes agree","test":"A",)"
      R"("requests":42,"failures":6,"charged":5,"needed":288,"absolute":13.816,)"
      R"("relative":6.908,"slower":-0.5,"pairs_for":4,"pairs_against":1,"hard_in_a_row":2,)"
      R"("tolerated_percent":1.25,"live_alarming":true}})");
}

TEST(ApiMessage, AnAppliedChangeAJournalAndAProblemComeBackAsTheyWere) {
  const AppliedView applied{7, "weights blue 90 % green 10 %", true, false, true, "r8"};
  JournalView journal{.next = 3, .more = true};
  journal.entries.push_back(
      {3, {}, "ci", "weights", "canary", "blue 90 %", "key-1", 7, {{"live", "blue"}}, "00", "ff"});
  const Problem problem{.status = 409,
                        .detail = "the gate is shut",
                        .faults = {{"/blue", "is needed"}},
                        .generation = 7,
                        .weights = PerColor<int>{9'950, 50},
                        .phase = "shifting",
                        .rollout = ProblemRollout{"r8", "shifting", 50}};

  EXPECT_EQ(decode_applied(encode(applied)).value(), applied);
  EXPECT_EQ(decode_journal(encode(journal)).value(), journal);
  EXPECT_EQ(decode_problem(encode(problem)).value(), problem);
}

TEST(ApiMessage, AProblemSaysWhatIsTrueNow) {
  const Problem problem{.status = 409,
                        .detail = "green's gate is shut",
                        .generation = 7,
                        .weights = PerColor<int>{9'950, 50},
                        .phase = "shifting",
                        .rollout = ProblemRollout{"r8", "shifting", 50}};

  EXPECT_EQ(encode(problem),
            R"({"type":"urn:switchyard:problem:conflict","title":"Refused in the present state",)"
            R"("status":409,"detail":"green's gate is shut","generation":7,)"
            R"("weights":{"blue":99.5,"green":0.5},"phase":"shifting",)"
            R"("rollout":{"id":"r8","phase":"shifting","percent":0.5}})");
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
  EXPECT_EQ(said(parse_reason(R"({"a/b~c":1})")), "/a~1b~0c: is not a member of this request\n");
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
  EXPECT_EQ(*parse_reason(""), ReasonBody{});
  EXPECT_EQ(*parse_reason(R"({"reason":"errors"})"), ReasonBody{"errors"});
}

TEST(ApiMessage, AReasonIsOneBoundedLine) {
  EXPECT_EQ(said(parse_reason(R"({"reason":"a\nb"})")),
            "/reason: must be one line without control characters\n");
  EXPECT_EQ(said(parse_reason("{\"reason\":\"" + std::string(501, 'x') + "\"}")),
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

TEST(ApiMessage, ARolloutIsBegunWithAPlanByNameOrGiven) {
  EXPECT_EQ(*parse_start(R"({"color":"green","version":"v20240108-def5678"})"),
            (StartBody{Color::green, "v20240108-def5678"}));
  EXPECT_EQ(
      parse_start(R"({"color":"green","version":"v20240108-def5678","plan":"linear"})")->plan_name,
      "linear");
  const auto given = parse_start(
      R"({"color":"green","any_version":true,"reason":"release",)"
      R"("committed":"2024-01-01T13:00:00+01:00",)"
      R"("plan":{"holds":[{"percent":0.5,"for":"1m30s","requests":5},{"percent":100,"for":1.5}],)"
      R"("gate":{"timeout":0},"approval":{"before":100,"timeout":"1d"},"when_quiet":"revert"}})");
  const PlanBody plan{
      {{50, std::chrono::seconds{90}, 5}, {10'000, std::chrono::milliseconds{1'500}, std::nullopt}},
      Duration::zero(),
      ApprovalBody{10'000, std::chrono::hours{24}},
      "revert"};
  EXPECT_EQ(said(given), "accepted");
  EXPECT_EQ(*given, (StartBody{.color = Color::green,
                               .any_version = true,
                               .plan = plan,
                               .committed = noon,
                               .reason = "release"}));
  EXPECT_EQ(*parse_start(encode(*given)), *given);
  EXPECT_EQ(*parse_plan(encode(plan)), plan);
}

TEST(ApiMessage, ARolloutMayAskForAnApproverBesideItsPlan) {
  const auto start =
      parse_start(R"({"color":"green","version":"v20240108-def5678","plan":"linear",)"
                  R"("approval":{"before":50}})");

  ASSERT_EQ(said(start), "accepted");
  EXPECT_EQ(start->approval, (ApprovalBody{5'000, std::nullopt}));
  EXPECT_EQ(*parse_start(encode(*start)), *start);
  EXPECT_EQ(said(parse_start(R"({"color":"green","any_version":true,"approval":true})")),
            "/approval: must be an object\n");
}

TEST(ApiMessage, EveryFaultOfARolloutIsSaidAtOnceWithItsPlace) {
  EXPECT_EQ(said(parse_start(
                R"({"color":"red","version":"1.2.3","committed":"yesterday","force":true,"plan":)"
                R"({"holds":[{"percent":101,"for":"5x"},7,{"requests":1.5,"pct":1}],)"
                R"("gate":{"timeout":-1},)"
                R"("approval":{"before":"all","who":"me"},"when_quiet":"wait","name":"x"}})")),
            "/color: must be \"blue\" or \"green\"\n"
            "/version: must be a version like v20240101-abc1234, got \"1.2.3\"\n"
            "/plan/holds/0/percent: must be from 0 to 100\n"
            "/plan/holds/0/for: must be a duration like \"1m30s\", or seconds as a number\n"
            "/plan/holds/1: must be an object like {\"percent\": 10, \"for\": \"5m\"}\n"
            "/plan/holds/2/percent: is needed: a percent number from 0 to 100\n"
            "/plan/holds/2/for: is needed: how long at least, like \"5m\"\n"
            "/plan/holds/2/requests: must be a whole number of requests\n"
            "/plan/holds/2/pct: is not a member of this request\n"
            "/plan/gate/timeout: must be a duration like \"1m30s\", or seconds as a number\n"
            "/plan/approval/before: must be a percent number, like 12.5\n"
            "/plan/approval/who: is not a member of this request\n"
            "/plan/when_quiet: must be \"hold\", \"advance\" or \"revert\"\n"
            "/plan/name: is not a member of this request\n"
            "/committed: must be a time like 2024-01-01T10:00:00Z\n"
            "/force: is not a member of this request\n");
  EXPECT_EQ(said(parse_start("{}")),
            "/color: is needed: \"blue\" or \"green\"\n"
            "/version: is needed: a version like v20240101-abc1234\n");
  EXPECT_EQ(said(parse_start(R"({"color":"blue","any_version":true,"plan":[]})")),
            "/plan: must be a plan's name or a plan\n");
}

TEST(ApiMessage, AVersionMayHaveAnyFormOnlyWhenThatIsSaid) {
  EXPECT_FALSE(parse_start(R"({"color":"green","version":"1.2.3"})"));
  EXPECT_FALSE(parse_start(R"({"color":"green"})"));
  EXPECT_EQ(parse_start(R"({"color":"green","version":"1.2.3","any_version":true})")->version,
            "1.2.3");
  EXPECT_EQ(said(parse_start(R"({"color":"green","any_version":true,"version":")" +
                             std::string(129, 'v') + "\"}")),
            "/version: must be at most 128 bytes\n");
}

TEST(ApiMessage, AnApprovalNamesItsVersionAPromotionMay) {
  EXPECT_EQ(said(parse_approve("{}")), "/version: is needed: the version that you approve\n");
  EXPECT_EQ(said(parse_approve(R"({"version":""})")), "/version: must not be empty\n");
  EXPECT_EQ(*parse_approve(R"({"version":"v1","reason":"seen"})"), (ApproveBody{"v1", "seen"}));
  EXPECT_EQ(*parse_promote(""), PromoteBody{});
  EXPECT_EQ(*parse_promote(R"({"version":"v1"})"), (PromoteBody{"v1"}));
}

TEST(ApiMessage, DurationsNeedUnitsBiggestFirst) {
  EXPECT_EQ(parse_duration("800ms"), std::chrono::milliseconds{800});
  EXPECT_EQ(parse_duration("1d2h3m4s5ms"), std::chrono::milliseconds{93'784'005});
  for (const auto text : {"", "5", "s", "1s1m", "1m1m", "-1s", "1.5s", "367d", "1 s", "5M"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(ApiMessage, TimesAreRfc3339InMilliseconds) {
  const WallTime at{std::chrono::milliseconds{1'704'103'200'007}};

  EXPECT_EQ(to_text(at), "2024-01-01T10:00:00.007Z");
  EXPECT_EQ(parse_time("2024-01-01T10:00:00.007Z"), at);
  EXPECT_FALSE(parse_time("2024-13-01T10:00:00.007Z"));
  EXPECT_EQ(parse_time("2024-01-01T10:00:00Z"), at - std::chrono::milliseconds{7});
  EXPECT_EQ(parse_time("2024-01-01T05:30:00.0079-04:30"), at);
  EXPECT_EQ(parse_time("2024-01-01T10:00:00.5Z"), at + std::chrono::milliseconds{493});
  for (const auto text :
       {"2024-01-01T10:00:00", "2024-01-01 10:00:00Z", "2024-01-01T10:00:00.Z",
        "2024-01-01T24:00:00Z", "2024-01-01T10:00:00+1:00", "2023-02-29T10:00:00Z",
        "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"})
    EXPECT_FALSE(parse_time(text)) << text;
}

}  // namespace
}  // namespace sy::api
