#include <gtest/gtest.h>

#include "unit/config/support.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;
using rollout::Hold;
using rollout::Plan;
using rollout::WhenQuiet;

rollout::Options rollout_of(const std::string& text) {
  const Loaded loaded = parse(one_service + "rollout: " + text + "\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  return loaded.config.director.rollout;
}
Lines problems_of(const std::string& text) {
  return problems_after_service("rollout: " + text + "\n");
}

TEST(RolloutSection, KnowsThePlansOfTheProgramWithoutAWord) {
  const auto options = parse(one_service).config.director.rollout;
  EXPECT_EQ(options.plans, rollout::named_plans());
  EXPECT_EQ(options.standard, "canary");
}

TEST(RolloutSection, HoldsMakeThePlanThatIsTakenWhenNoneIsNamed) {
  const auto options =
      rollout_of("{holds: [{percent: 0.5%, for: 1m, requests: 9}, {percent: 100, for: 0s}]}");
  EXPECT_EQ(options.standard, "default");
  EXPECT_EQ(options.plans.at("default"),
            (Plan{.name = "default", .holds = {{50, 1min, 9}, {10'000, 0s, 300}}}));
  EXPECT_EQ(options.plans.size(), rollout::named_plans().size() + 1);
}

TEST(RolloutSection, GateApprovalAndQuietnessAloneChangeCanary) {
  const auto options =
      rollout_of("{gate: {timeout: 0s}, approval: {timeout: 1h}, when_quiet: advance}");
  Plan expected = rollout::named_plans().at("canary");
  expected.name = "default";
  expected.gate_timeout = 0s;
  expected.approval = rollout::Approval{10'000, 1h};
  expected.when_quiet = WhenQuiet::advance;
  EXPECT_EQ(options.plans.at("default"), expected);
  EXPECT_EQ(options.standard, "default");
}

TEST(RolloutSection, APlanOfTheProgramKeepsWhatIsNotChanged) {
  const auto options = rollout_of(
      "{default: switch, plans: {switch: {holds: [{percent: 100, for: 1h}]}, "
      "own: {holds: [{percent: 100, for: 1m}], when_quiet: revert}}}");
  EXPECT_EQ(
      options.plans.at("switch"),
      (Plan{.name = "switch", .holds = {{10'000, 1h, 300}}, .gate_timeout = Duration::zero()}));
  EXPECT_EQ(options.plans.at("own").when_quiet, WhenQuiet::revert);
  EXPECT_EQ(options.plans.at("own").name, "own");
  EXPECT_EQ(options.standard, "switch");
}

TEST(RolloutSection, HoldsRiseTo100) {
  EXPECT_EQ(
      problems_of("{holds: [{percent: 10, for: 1m}, {percent: 10, for: 1m}, "
                  "{percent: 101, for: 1m}, {percent: 20}]}"),
      (Lines{
          "switchyard.yaml:2:53: rollout.holds[1].percent: must be more than 10, got 10",
          "switchyard.yaml:2:77: rollout.holds[2].percent: must be a percentage from 0.01 to 100 "
          "in steps of 0.01, got \"101\"",
          "switchyard.yaml:2:92: rollout.holds[3].for: is required",
          "switchyard.yaml:2:102: rollout.holds[3].percent: must be 100 in the last hold, got "
          "20"}));
  EXPECT_EQ(problems_of("{holds: []}"),
            Lines{"switchyard.yaml:2:18: rollout.holds: must have at least one hold"});
  EXPECT_EQ(
      problems_of("{holds: [{percent: 100, for: 31d, requests: 0}]}"),
      (Lines{"switchyard.yaml:2:39: rollout.holds[0].for: must be between 0s and 30d, got 31d",
             "switchyard.yaml:2:54: rollout.holds[0].requests: must be between 1 and "
             "1000000000, got 0"}));
}

TEST(RolloutSection, ApprovalComesBeforeOneOfTheHolds) {
  EXPECT_EQ(rollout_of("{approval: {before: 50}}").plans.at("default").approval->before, 5'000);
  EXPECT_EQ(problems_of("{approval: {before: 42}}"),
            Lines{"switchyard.yaml:2:30: rollout.approval.before: must be the percent of one of "
                  "the holds"});
}

TEST(RolloutSection, PlansHaveHoldsAndNamesOfTheirOwn) {
  EXPECT_EQ(
      problems_of("{default: fast, plans: {own: {}, default: {holds: [{percent: 100, for: 1m}]}}}"),
      (Lines{"switchyard.yaml:2:20: rollout.default: must be the name of a plan, one of canary, "
             "linear, own, rehearsal, switch, got \"fast\"",
             "switchyard.yaml:2:39: rollout.plans.own.holds: is required",
             "switchyard.yaml:2:52: rollout.plans.default: the name is kept for the plan of "
             "rollout.holds"}));
  EXPECT_EQ(problems_of("{default: fast}"),
            Lines{"switchyard.yaml:2:20: rollout.default: must be the name of a plan, one of "
                  "canary, linear, rehearsal, switch, got \"fast\""});
}

TEST(VerdictSection, IsReadWhole) {
  const Loaded loaded = parse(one_service +
                              "verdict: {tolerated: 0.5, baseline_factor: 2.5, relative_alpha: "
                              "0.01, paired_alpha: 0.0001, latency: {factor: 0, over: 20ms}}\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.director.verdict,
            (verdict::Options{0.005, 2.5, 0.01, 0.0001, 0, Duration{20ms}}));
}

TEST(VerdictSection, HasRanges) {
  EXPECT_EQ(
      problems_after_service("verdict: {tolerated: 11, baseline_factor: 0.5, relative_alpha: 1, "
                             "paired_alpha: -1, latency: {factor: 1.2, over: 2m}}\n"),
      (Lines{"switchyard.yaml:2:22: verdict.tolerated: must be at most 10, got 11",
             "switchyard.yaml:2:43: verdict.baseline_factor: must be between 1 and 100, got 0.5",
             "switchyard.yaml:2:64: verdict.relative_alpha: must be between 0.000000001 and 0.1, "
             "got 1",
             "switchyard.yaml:2:81: verdict.paired_alpha: must be a number such as 3 or 0.25, got "
             "\"-1\"",
             "switchyard.yaml:2:103: verdict.latency.factor: must be between 1.5 and 20, or 0 for "
             "off, got 1.2",
             "switchyard.yaml:2:114: verdict.latency.over: must be between 0s and 1m, got 2m"}));
}

TEST(ShieldSection, IsReadWholeAndHasRanges) {
  const Loaded loaded = parse(one_service +
                              "shield: {replay: false, body: 1KiB, budget: 5%, floor: 7, hold: "
                              "0s, held: 0}\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.worker.shield, (worker::Shield{false, 1024, 0.05, 7, Duration{0s}, 0}));
  EXPECT_EQ(problems_after_service("shield: {body: 2MiB, budget: 101, hold: 2m}\n"),
            (Lines{"switchyard.yaml:2:16: shield.body: must be between 0B and 1MiB, got 2MiB",
                   "switchyard.yaml:2:30: shield.budget: must be a whole percentage between 0 and "
                   "100, got \"101\"",
                   "switchyard.yaml:2:41: shield.hold: must be between 0s and 1m, got 2m"}));
}

// Problems of one service with `keys` added to it, which stand on line 4.
Lines problems_of_service(const std::string& keys) {
  return lines(
      parse("services:\n  web:\n    {blue: [http://a], green: [http://b],\n" + keys + "}\n")
          .problems);
}

TEST(ServiceSection, TemplatesHaveSegmentsThatAreLiteralOrNamed) {
  const Loaded loaded = parse(
      "services: {web: {blue: [http://a], green: [http://b], "
      "templates: [/, /api/claims, \"/api/{kind}/{id}\"], failures: [500, 599]}}\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  const auto& service = loaded.config.director.services.at(0);
  EXPECT_EQ(service.templates, (std::vector<std::string>{"/", "/api/claims", "/api/{kind}/{id}"}));
  EXPECT_EQ(service.failure_statuses, (std::vector<int>{500, 599}));
  EXPECT_EQ(
      problems_of_service(R"(templates: [api, "/a/{b", "/a//b", "/a/{}", "/a/x{b}", "/a/", /a/*])"),
      (Lines{
          "switchyard.yaml:4:13: services.web.templates[0]: must start with \"/\", got \"api\"",
          "switchyard.yaml:4:18: services.web.templates[1]: must have segments that are literal or "
          "{name}, got \"/a/{b\"",
          "switchyard.yaml:4:27: services.web.templates[2]: must not have empty segments, got "
          "\"/a//b\"",
          "switchyard.yaml:4:36: services.web.templates[3]: must have segments that are literal or "
          "{name}, got \"/a/{}\"",
          "switchyard.yaml:4:45: services.web.templates[4]: must have segments that are literal or "
          "{name}, got \"/a/x{b}\"",
          "switchyard.yaml:4:56: services.web.templates[5]: must not have empty segments, got "
          "\"/a/\"",
          "switchyard.yaml:4:63: services.web.templates[6]: must have segments that are literal or "
          "{name}, got \"/a/*\""}));
}

TEST(ServiceSection, NoTwoTemplatesMatchTheSamePaths) {
  EXPECT_EQ(problems_of_service(R"(templates: [/a, /a])"),
            Lines{"switchyard.yaml:4:17: services.web.templates[1]: is listed twice"});
  EXPECT_EQ(problems_of_service(R"(templates: ["/a/{b}", "/a/{c}"])"),
            Lines{"switchyard.yaml:4:12: services.web.templates: \"/a/{c}\" matches the same paths "
                  "as \"/a/{b}\""});
  std::string many = "/0";
  for (int i = 1; i <= 200; ++i) many += ", /" + std::to_string(i);
  EXPECT_EQ(problems_of_service("templates: [" + many + "]"),
            Lines{"switchyard.yaml:4:12: services.web.templates: must have at most 200 entries, "
                  "got 201"});
}

TEST(ServiceSection, FailuresAreStatusesOfServers) {
  EXPECT_EQ(problems_of_service("failures: [499, 600, 503, 503]"),
            (Lines{"switchyard.yaml:4:12: services.web.failures[0]: must be between 500 and 599, "
                   "got 499",
                   "switchyard.yaml:4:17: services.web.failures[1]: must be between 500 and 599, "
                   "got 600",
                   "switchyard.yaml:4:27: services.web.failures[3]: is listed twice"}));
}

}  // namespace
}  // namespace sy::config
