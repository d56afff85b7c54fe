// status, verify and doctor, from the doubles to the text.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;

TEST(StatusVerb, JoinsRecordPlatformAndProxies) {
  ControlWorld world;
  EXPECT_EQ(world.run(Verb::status), ExitCode::done);
  EXPECT_EQ(
      world.out.str(),
      "staging: traffic is all on blue\n"
      "current    v20240101-abc1234 in blue, deployed 2023-12-31 10:00 UTC by "
      "arn:aws:iam::123456789012:user/ci\n"
      "last       deploy succeeded (epoch 12 of memory)\n"
      "platform   fake\n"
      "\n"
      "SERVICE   COLOR  TASKS  VERSION            STATE\n"
      "backend   blue   2/2    v20240101-abc1234  steady\n"
      "backend   green  0/0    unknown            steady\n"
      "frontend  blue   2/2    v20240101-abc1234  steady\n"
      "frontend  green  0/0    unknown            steady\n"
      "\n"
      "proxy      http://127.0.0.1:9900: steady, generation 1, since 2024-01-01 10:00 UTC (0 ms)\n"
      "\n"
      "COLOR        VERSION            GATE  WEIGHT  EFFECTIVE  RPS  ERRORS  P50 MS  P99 MS  "
      "VERDICT\n"
      "blue (live)  v20240101-abc1234  open  100 %   100 %      0.0  0/0     0.0     0.0\n"
      "green        unknown            shut  0 %     0 %        0.0  0/0     0.0     0.0\n"
      "\n"
      "SERVICE  COLOR  ENDPOINT              GATE  LAST PROBE\n"
      "backend  blue   http://10.0.0.1:8080  open  200\n");
}

TEST(StatusVerb, WhatStoppedSaysWhereAndWhatToRun) {
  ControlWorld world;
  world.store.claim = sy::testing::claim_of("deploy", v2, "rollout");
  world.store.claim->expires = ten - std::chrono::minutes{1};
  EXPECT_EQ(world.run(Verb::status), ExitCode::done);
  EXPECT_NE(
      world.out.str().find(
          "stopped    deploy of v20240108-def5678 (by ci, begun 2024-01-01 09:52 UTC, 8 min ago) "
          "stopped at step rollout; traffic is all on blue\n"
          "  run:     switchctl deploy staging v20240108-def5678 (carries on)\n"
          "  or:      switchctl rollback staging (goes back)\n"),
      std::string::npos)
      << world.out.str();
}

TEST(StatusVerb, PartsOutOfReachAreNamedAndTheRestIsShown) {
  ControlWorld world{2};
  world.proxy(1).down = true;
  world.platform.fail_observe =
      Failure{ExitCode::forbidden, "ecs:DescribeServices is denied", "allow it"};
  EXPECT_EQ(world.run(Verb::status), ExitCode::forbidden);
  const std::string text = world.out.str();
  EXPECT_NE(text.find("no answer  the platform fake: ecs:DescribeServices is denied\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("no answer  proxy http://127.0.0.2:9900: "), std::string::npos) << text;
  EXPECT_NE(text.find("current    v20240101-abc1234"), std::string::npos) << text;
  EXPECT_NE(text.find("http://127.0.0.1:9900  blue (live)"), std::string::npos) << text;
}

TEST(StatusVerb, WithoutARecordOrAPlatformAProxyIsShownAsItIs) {
  ControlWorld world;
  world.store.record.reset();
  world.platform.called = "static";
  EXPECT_EQ(world.run(Verb::status), ExitCode::done);
  EXPECT_TRUE(world.out.str().starts_with(
      "pms staging: steady, generation 1, since 2024-01-01T10:00:00.000Z\nCOLOR "))
      << world.out.str();
  Args args;
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(), api::encode(world.proxy().view) + "\n");
}

TEST(StatusVerb, JsonHasEveryPart) {
  ControlWorld world;
  world.store.claim = sy::testing::claim_of("deploy", v2, "up");
  world.store.claim->expires = ten + std::chrono::minutes{1};
  Args args;
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  const std::string text = world.out.str();
  EXPECT_TRUE(text.starts_with(
      R"({"environment":"staging","at":"2024-01-01T10:00:00.000Z","live":"blue","traffic":)"
      R"("all on blue","record_at":"memory","record":{"epoch":12,"operation":"deploy","result":)"
      R"("succeeded","reason":"","current":{"version":"v20240101-abc1234",)"))
      << text;
  for (const auto* part :
       {R"("previous":null)",
        R"("claim":{"epoch":13,"generation":1,"operation":"deploy","version":"v20240108-def5678",)"
        R"("step":"up","owner":"ci","host":"runner-1","run":"","since":"2024-01-01T09:52:00.000Z",)"
        R"("heartbeat":"2024-01-01T09:52:00.000Z","expires":"2024-01-01T10:01:00.000Z",)"
        R"("reason":""})",
        R"("standing":{"at_work":true,"what":)", R"("platform":"fake",)",
        R"("caller":"arn:aws:iam::123456789012:user/ci","services":{"backend":{"blue":{"exists":)"
        R"(true,"desired":2,"running":2,)",
        R"("proxies":[{"url":"http://127.0.0.1:9900","reachable":true,"status":{"app":"pms",)",
        R"("out_of_reach":[],"exit":0})"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(StatusVerb, SeveralEnvironmentsAreALineEach) {
  ControlWorld world;
  ControlWorld other;
  other.store.claim = sy::testing::claim_of("lock", "", "lock");
  EXPECT_EQ(show_summary(Args{}, {&world.site(), &other.site()},
                         Terminal{world.out, world.err, false, {}}),
            ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "ENV      VERSION            LIVE  TRAFFIC      DEPLOYED (UTC)    WHAT\n"
            "staging  v20240101-abc1234  blue  all on blue  2023-12-31 10:00  steady\n"
            "staging  v20240101-abc1234  blue  all on blue  2023-12-31 10:00  staging is locked by "
            "ci since 2024-01-01 09:52 UTC (8 min)\n");
}

TEST(VerifyVerb, AgreesOrSaysWhatDoesNot) {
  ControlWorld world;
  EXPECT_EQ(world.run(Verb::verify), ExitCode::done) << world.out.str();
  EXPECT_NE(world.out.str().find("tasks, definitions, record and proxies agree\n"),
            std::string::npos)
      << world.out.str();
  world.proxy().view.colors.blue.weight = 9'000;
  world.proxy().view.colors.green.weight = 1'000;
  EXPECT_EQ(world.run(Verb::verify), ExitCode::failed);
  EXPECT_NE(world.out.str().find("mismatch: proxy http://127.0.0.1:9900 sends 10 % to green "
                                 "though no rollout runs\n"
                                 "          switchctl weights staging blue=100\n"),
            std::string::npos)
      << world.out.str();
}

TEST(VerifyVerb, WhatCannotBeAskedIsNotAgreement) {
  ControlWorld world;
  world.ledger.fail_read = Failure{ExitCode::forbidden, "ssm:GetParameter is denied", ""};
  EXPECT_EQ(world.run(Verb::verify), ExitCode::failed);
  EXPECT_NE(world.out.str().find("no answer from the record: ssm:GetParameter is denied\n"),
            std::string::npos)
      << world.out.str();
}

TEST(DoctorVerb, SaysTheLikeliestCauseFirstWithEvidenceAndWhatToRun) {
  ControlWorld world;
  EXPECT_EQ(world.run(Verb::doctor), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "staging: nothing is wrong that can be seen from here; traffic is all on blue\n");
  world.platform.put("backend", Color::blue, v1, 1);
  world.platform.now["backend"].blue.desired = 2;
  world.platform.told[{"backend", Color::blue}] = {
      "task 7f stopped: EssentialContainerExited, exit code 3"};
  EXPECT_EQ(world.run(Verb::doctor), ExitCode::failed);
  EXPECT_TRUE(world.out.str().starts_with(
      "staging: 3 findings, the likeliest cause first; traffic is all on blue\n"
      "\n"
      "1. the tasks of backend in blue start and then end by themselves with exit code 3\n"
      "   seen: task 7f stopped: EssentialContainerExited, exit code 3\n"
      "   do:   switchctl logs staging backend --color blue\n"
      "\n"
      "2. 1 of 2 tasks of backend in blue run\n"))
      << world.out.str();
}

TEST(DoctorVerb, JsonHasTheFindingsInTheSameOrder) {
  ControlWorld world;
  world.proxy().down = true;
  Args args;
  args.verb = Verb::doctor;
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::failed);
  EXPECT_TRUE(world.out.str().starts_with(
      R"({"environment":"staging","at":"2024-01-01T10:00:00.000Z","traffic":)"
      R"("not known: no proxy can be reached","findings":[{"what":)"
      R"("proxy http://127.0.0.1:9900 cannot be asked","weight":96,)"))
      << world.out.str();
}

}  // namespace
}  // namespace sy::control
