#include "control/facts/diagnose.h"

#include <gtest/gtest.h>

#include "support/control_facts.h"

namespace sy::control {
namespace {

using namespace sy::testing;
using namespace std::chrono_literals;
using Words = std::vector<std::string>;

Words what_of(const Facts& facts) {
  Words words;
  for (const auto& finding : diagnose(facts)) words.push_back(finding.what);
  return words;
}

// Green is being rolled out to, and none of its tasks runs; the platform says why.
Facts failing(const Words& events) {
  Facts facts = quiet_facts();
  status_in(facts).rollout = api::RolloutView{.id = "r1", .color = Color::green, .version = v2};
  auto& green = running_in(facts, "backend", Color::green);
  green.desired = 1;
  green.state = "deployment ecs-svc/2 IN_PROGRESS";
  running_in(facts, "frontend", Color::green) = running_of("frontend", v2, "http://10.0.0.8:8080");
  facts.events[{"backend", Color::green}] = events;
  return facts;
}

Finding first_of(const Facts& facts) {
  const auto findings = diagnose(facts);
  return findings.empty() ? Finding{} : findings.front();
}

TEST(Diagnose, NothingIsWrongWithAQuietEnvironment) {
  EXPECT_EQ(what_of(quiet_facts()), Words{});
  Facts facts = quiet_facts();
  facts.events[{"backend", Color::blue}] = {"deployment failed: tasks failed to start"};
  EXPECT_EQ(what_of(facts), Words{}) << "events of the past, when all runs as wanted";
}

TEST(Diagnose, AMissingImageIsTheFirstCause) {
  const Finding finding = first_of(failing(
      {"(service x) has started 1 tasks", "CannotPullContainerError: manifest unknown: v9"}));
  EXPECT_EQ(finding.what,
            "the tasks of backend in green cannot start: their image cannot be pulled");
  EXPECT_EQ(finding.evidence, Words{"CannotPullContainerError: manifest unknown: v9"});
  EXPECT_EQ(finding.run,
            Words{"check that the image was pushed and that the execution role may pull it"});
}

TEST(Diagnose, ACrashLoopSaysTheExitCode) {
  const Finding finding =
      first_of(failing({"task ab stopped: EssentialContainerExited, container app: exit code 3"}));
  EXPECT_EQ(finding.what,
            "the tasks of backend in green start and then end by themselves with exit code 3");
  EXPECT_EQ(finding.run, Words{"switchctl logs staging backend --color green"});
  EXPECT_EQ(first_of(failing({"EssentialContainerExited"})).what,
            "the tasks of backend in green start and then end by themselves");
}

TEST(Diagnose, ATaskKilledForMemoryIsNoCrashLoop) {
  const auto facts = failing({"EssentialContainerExited: OutOfMemoryError, exit code 137"});
  EXPECT_EQ(first_of(facts).what,
            "the tasks of backend in green are killed, most likely because they use more memory "
            "than they may have");
  EXPECT_EQ(what_of(facts).size(), 2U) << "and that one task is missing";
}

TEST(Diagnose, OtherStopReasonsHaveTheirOwnWords) {
  EXPECT_EQ(first_of(failing({"Task failed container health checks"})).what,
            "the tasks of backend in green run but fail the platform's health check");
  EXPECT_EQ(first_of(failing({"(service x) was unable to place a task because no room"})).what,
            "the platform has no room for the tasks of backend in green");
  EXPECT_EQ(first_of(failing({"(service x) rolling back to deployment ecs-svc/1"})).what,
            "the platform took the deployment of backend in green back by itself");
  EXPECT_EQ(first_of(failing({"deployment ecs-svc/2 was superseded by ecs-svc/3"})).what,
            "the deployment of backend in green was superseded by another one");
  EXPECT_EQ(first_of(failing({"ResourceInitializationError: unable to pull secrets"})).what,
            "the tasks of backend in green cannot start: a secret, role or network they need is "
            "not to be had");
}

TEST(Diagnose, NoMoreThanThreeEventsAreEvidence) {
  EXPECT_EQ(
      first_of(failing({"exit code 1", "exit code 1", "exit code 2", "exit code 3"})).evidence,
      (Words{"exit code 1", "exit code 1", "exit code 2"}));
}

TEST(Diagnose, AMissingTaskIsSaidWithItsState) {
  const Finding finding = first_of(failing({}));
  EXPECT_EQ(finding.what, "0 of 1 task of backend in green run");
  EXPECT_EQ(finding.evidence, Words{"deployment ecs-svc/2 IN_PROGRESS"});
}

TEST(Diagnose, AShutGateSaysWhyAndThatLiveIsWorse) {
  Facts facts = quiet_facts();
  auto& gate = status_in(facts).gates.front();
  gate.open = false;
  gate.reason = "answered 500";
  facts.proxies.push_back(facts.proxies.front());
  facts.proxies.back().url = "http://127.0.0.2:9900";
  const auto findings = diagnose(facts);
  ASSERT_EQ(findings.size(), 1U) << "one finding, however many proxies see it";
  EXPECT_EQ(findings.front().what, "the gate of backend in blue is shut: answered 500");
  EXPECT_EQ(findings.front().evidence,
            (Words{"http://127.0.0.1:9900 probes http://10.0.0.1:8080, so since 2024-01-01 10:00 "
                   "UTC",
                   "http://127.0.0.2:9900 probes http://10.0.0.1:8080, so since 2024-01-01 10:00 "
                   "UTC"}));
}

TEST(Diagnose, AShutGateOfTheIdleColorIsNoFault) {
  Facts facts = quiet_facts();
  auto gate = gate_of("backend", Color::green, "http://10.0.0.9:8080", "");
  gate.open = false;
  gate.reason.clear();
  status_in(facts).gates.push_back(gate);
  EXPECT_EQ(what_of(facts), Words{});
  status_in(facts).rollout = api::RolloutView{.id = "r1", .color = Color::green, .version = v2};
  EXPECT_EQ(what_of(facts),
            (Words{"backend in green is scaled to zero", "frontend in green is scaled to zero",
                   "the gate of backend in green is shut: no probe has answered yet"}));
}

TEST(Diagnose, AnAddressWithoutATaskIsNoFaultWhereOthersServe) {
  Facts facts = quiet_facts();
  auto gate = gate_of("backend", Color::blue, "http://10.0.0.9:8080", "");
  gate.open = false;
  gate.reason = "connect refused";
  status_in(facts).gates.push_back(gate);
  EXPECT_EQ(what_of(facts), Words{});
  auto& running = running_in(facts, "backend", Color::blue);
  running.tasks.push_back(running.tasks.front());
  running.tasks.back().url = gate.url;
  EXPECT_EQ(what_of(facts), Words{"a gate of backend in blue is shut: connect refused"});
  status_in(facts).gates.front().open = false;
  EXPECT_EQ(first_of(facts).weight, 90) << "now nobody serves";
}

TEST(Diagnose, WeightsThatDisagreeWithTheRecordAreAFinding) {
  Facts facts = quiet_facts();
  status_in(facts).colors.blue.weight = 9'000;
  status_in(facts).colors.green.weight = 1'000;
  EXPECT_EQ(what_of(facts),
            (Words{"backend in green is scaled to zero", "frontend in green is scaled to zero",
                   "proxy http://127.0.0.1:9900 sends 10 % to green though no rollout runs"}));
}

TEST(Diagnose, AClaimThatNobodyWorksOnIsStuck) {
  Facts facts = quiet_facts();
  (*facts.seen)->claim = sy::testing::claim_of("deploy", v2, "up");
  EXPECT_EQ(what_of(facts), Words{}) << "somebody is at work";
  facts.now += 30min;
  EXPECT_EQ(what_of(facts),
            Words{"deploy of v20240108-def5678 (by ci, begun 2024-01-01 09:52 UTC, 38 min ago) is "
                  "at step up on runner-1; traffic is all on blue; it has given no sign of life "
                  "for 38 min"});
  facts.claim_free = true;
  const Finding finding = first_of(facts);
  EXPECT_EQ(finding.what,
            "deploy of v20240108-def5678 (by ci, begun 2024-01-01 09:52 UTC, 38 min ago) stopped "
            "at step up; traffic is all on blue");
  EXPECT_EQ(finding.run, (Words{"switchctl deploy staging v20240108-def5678 (carries on)",
                                "switchctl rollback staging (goes back)"}));
}

TEST(Diagnose, CredentialsThatEndSoonAreToldAhead) {
  Facts facts = quiet_facts();
  (*facts.caller)->expires = ten + 12min;
  const Finding finding = first_of(facts);
  EXPECT_EQ(finding.what, "the credentials expire in 12 min and cannot be refreshed");
  EXPECT_EQ(finding.evidence,
            Words{"arn:aws:iam::123456789012:user/ci, until 2024-01-01 10:12 UTC"});
  (*facts.caller)->expires = ten - 1min;
  EXPECT_EQ(first_of(facts).what, "the credentials have expired and cannot be refreshed");
  (*facts.caller)->expires = ten + 2h;
  EXPECT_EQ(what_of(facts), Words{});
}

TEST(Diagnose, WhatCannotBeAskedComesFirst) {
  Facts facts = quiet_facts();
  facts.caller = Failure{ExitCode::forbidden, "the token has expired", "log in again"};
  facts.seen = Failure{ExitCode::forbidden, "ssm:GetParameter is denied", "allow it"};
  facts.observation = Failure{ExitCode::forbidden, "ecs:DescribeServices is denied", "allow it"};
  facts.proxies.front().status = Failure{ExitCode::failed, "connection refused"};
  const auto findings = diagnose(facts);
  EXPECT_EQ(what_of(facts),
            (Words{"the platform ecs does not know who is asking",
                   "proxy http://127.0.0.1:9900 cannot be asked",
                   "the platform ecs does not say what runs", "the record cannot be read"}));
  EXPECT_EQ(findings[0].run, Words{"log in again"});
  EXPECT_EQ(findings[1].run, Words{"check that it runs and that its control port is open to you"});
}

TEST(Diagnose, ARolloutThatWaitsSaysForWhat) {
  Facts facts = quiet_facts();
  running_in(facts, "backend", Color::green) = running_of("backend", v2, "http://10.0.0.8:8080");
  running_in(facts, "frontend", Color::green) = running_of("frontend", v2, "http://10.0.0.9:8080");
  auto& rollout = status_in(facts).rollout.emplace();
  rollout = {.id = "r1", .color = Color::green, .version = v2, .plan = "canary"};
  rollout.phase = "approval";
  rollout.standing = "approval: waits for an approver, 23 h left";
  EXPECT_EQ(what_of(facts), Words{"rollout r1 of v20240108-def5678 on proxy http://127.0.0.1:9900 "
                                  "waits for an approver"});
  EXPECT_EQ(first_of(facts).run, Words{"switchctl approve staging v20240108-def5678"});
  rollout.phase = "shifting";
  rollout.paused = true;
  EXPECT_EQ(what_of(facts), Words{"rollout r1 of v20240108-def5678 on proxy http://127.0.0.1:9900 "
                                  "is paused"});
  rollout.paused = false;
  status_in(facts).verdict.kind = "inconclusive";
  EXPECT_EQ(what_of(facts), Words{"rollout r1 of v20240108-def5678 on proxy http://127.0.0.1:9900 "
                                  "waits for more requests to judge by"});
  status_in(facts).verdict.kind = "shared";
  EXPECT_EQ(what_of(facts), Words{"both colors fail alike on proxy http://127.0.0.1:9900: what "
                                  "they share is at fault"});
}

TEST(Diagnose, WhatAProxyHasToSayIsPassedOn) {
  Facts facts = quiet_facts();
  status_in(facts).note = "state not saved: disk full";
  status_in(facts).maintenance = true;
  status_in(facts).guarded = false;
  status_in(facts).last_rollout =
      api::EndedView{"r3", Color::green, v2, "reverted", "5 of 20 failed", ten};
  EXPECT_EQ(what_of(facts),
            (Words{"proxy http://127.0.0.1:9900 has something to say: state not saved: disk full",
                   "proxy http://127.0.0.1:9900 answers clients with the maintenance page",
                   "proxy http://127.0.0.1:9900 took v20240108-def5678 out again at 2024-01-01 "
                   "10:00 UTC",
                   "proxy http://127.0.0.1:9900 guards nothing: these weights were forced"}));
}

TEST(Diagnose, AServiceThatIsNotThereIsNamed) {
  Facts facts = quiet_facts();
  running_in(facts, "backend", Color::blue) = {};
  EXPECT_EQ(first_of(facts).what, "backend in blue does not exist on ecs");
}

TEST(Diagnose, ServicesOfTwoVersionsInOneColorAreAFinding) {
  Facts facts = quiet_facts();
  auto& frontend = running_in(facts, "frontend", Color::blue);
  frontend.version = frontend.tasks.front().version = v2;
  const auto words = what_of(facts);
  EXPECT_NE(std::find(words.begin(), words.end(),
                      "the services of blue do not run one version: backend v20240101-abc1234 and "
                      "frontend v20240108-def5678"),
            words.end());
}

}  // namespace
}  // namespace sy::control
