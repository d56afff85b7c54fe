#include "control/facts/agreement.h"

#include <gtest/gtest.h>

#include "support/control_facts.h"

namespace sy::control {
namespace {

using namespace sy::testing;
using Mismatches = std::vector<Mismatch>;

TEST(Agreement, AQuietEnvironmentAgrees) {
  const auto found = agreement(quiet_facts());
  EXPECT_EQ(found.mismatches, Mismatches{});
  EXPECT_TRUE(found.notes.empty());
  ASSERT_EQ(found.rows.size(), 2U);
  EXPECT_EQ(found.rows.front(),
            (TaskRow{"backend blue task-backend", v1, v1, v1, std::string{v1} + " 100 %", true}));
}

TEST(Agreement, ATaskThatReportsAnotherVersionIsNamed) {
  Facts facts = quiet_facts();
  status_in(facts).gates.front().identity.version = v2;
  const auto found = agreement(facts);
  EXPECT_EQ(
      found.mismatches,
      (Mismatches{{"task task-backend of backend in blue reports v20240108-def5678 though "
                   "its definition says v20240101-abc1234",
                   "its image holds another version than its tag says: build it anew, or "
                   "start its tasks again: switchctl restart staging backend --color blue"}}));
  EXPECT_FALSE(found.rows.front().agrees);
  EXPECT_TRUE(found.rows.back().agrees);
}

TEST(Agreement, TheLiveColorMustBeTheRecordsColor) {
  Facts facts = quiet_facts();
  status_in(facts).live = Color::green;
  status_in(facts).colors.green.weight = 10'000;
  status_in(facts).colors.blue.weight = 0;
  const auto found = agreement(facts);
  ASSERT_EQ(found.mismatches.size(), 1U);
  EXPECT_EQ(found.mismatches.front(),
            (Mismatch{"the record says that v20240101-abc1234 is live in blue, but the proxies' "
                      "live color is green",
                      "if the record is right: switchctl switch staging blue; if the proxies are: "
                      "switchctl rollback staging --list, then deploy anew"}));
}

TEST(Agreement, WeightOnTheOtherColorNeedsARollout) {
  Facts facts = quiet_facts();
  status_in(facts).colors.blue.weight = 9'000;
  status_in(facts).colors.green.weight = 1'000;
  EXPECT_EQ(agreement(facts).mismatches,
            (Mismatches{{"proxy http://127.0.0.1:9900 sends 10 % to green though no rollout runs",
                         "switchctl weights staging blue=100"}}));
  status_in(facts).rollout = api::RolloutView{};
  EXPECT_EQ(agreement(facts).mismatches, Mismatches{});
}

TEST(Agreement, ADefinitionChangedPastSwitchctlIsSeen) {
  Facts facts = quiet_facts();
  auto& running = running_in(facts, "backend", Color::blue);
  running.version = running.tasks.front().version = v2;
  running.digest = "sha256:other";
  status_in(facts).gates.front().identity.version = v2;
  const auto found = agreement(facts);
  EXPECT_EQ(
      found.mismatches,
      (Mismatches{
          {"the definition of backend in blue says v20240108-def5678, the record says "
           "v20240101-abc1234",
           "somebody changed it past switchctl; to bring back what is recorded: switchctl deploy "
           "staging v20240101-abc1234"},
          {"backend in blue runs image sha256:other, the record says sha256:backend",
           "the tag was moved or the service was changed past switchctl; to bring back what is "
           "recorded: switchctl deploy staging v20240101-abc1234"},
          {"the services of blue do not run one version: backend v20240108-def5678 and frontend "
           "v20240101-abc1234",
           "bring in one version of all: switchctl deploy staging VERSION"}}));
  EXPECT_FALSE(found.rows.front().agrees);
}

TEST(Agreement, ProxiesMustSeeTheRecordedVersionAndAgreeOnLive) {
  Facts facts = quiet_facts();
  facts.proxies.push_back(proxy_facts("http://127.0.0.2:9900"));
  auto& second = *facts.proxies.back().status;
  second.live = Color::green;
  second.colors.blue.version = "";
  second.colors.green.weight = 10'000;
  const auto found = agreement(facts);
  EXPECT_EQ(found.mismatches,
            (Mismatches{{"proxy http://127.0.0.2:9900 sees unknown in blue, the record says "
                         "v20240101-abc1234",
                         "see why its gate is shut: switchctl doctor staging"},
                        {"the proxies do not agree on the live color",
                         "set it on all of them: switchctl switch staging COLOR"}}));
}

TEST(Agreement, MissingTasksOfLiveAreAMismatchAndAStrayIdleVersionIsANote) {
  Facts facts = quiet_facts();
  running_in(facts, "backend", Color::blue).desired = 2;
  running_in(facts, "backend", Color::green) = running_of("backend", v2, "http://10.0.0.9:8080");
  (*facts.seen)->record->previous = release_of("v20231225-0000000", Color::green);
  const auto found = agreement(facts);
  EXPECT_EQ(found.mismatches, (Mismatches{{"1 of 2 tasks of backend run in blue, which is live",
                                           "see why: switchctl doctor staging"}}));
  EXPECT_EQ(found.notes,
            std::vector<std::string>{
                "backend in green runs v20240108-def5678; the record's previous version there is "
                "v20231225-0000000, so a rollback must start it first"});
}

TEST(Agreement, WhereNothingIsRecordedThatIsSaid) {
  Facts facts = quiet_facts();
  facts.seen = records::Seen{};
  EXPECT_EQ(agreement(facts).mismatches,
            (Mismatches{{"nothing is recorded as current in staging",
                         "deploy a version with switchctl deploy staging VERSION; that records "
                         "it"}}));
}

TEST(Agreement, ProxiesAloneNeedNoRecord) {
  Facts facts = quiet_facts();
  facts.seen = records::Seen{};
  facts.platform = "static";
  EXPECT_EQ(agreement(facts).mismatches, Mismatches{});
  EXPECT_EQ(
      agreement(facts).notes,
      std::vector<std::string>{"nothing is recorded here, so only tasks and proxies are compared"});
}

TEST(Agreement, WithoutAPlatformTheProxiesEndpointsAreTheTasks) {
  Facts facts = quiet_facts();
  facts.observation.reset();
  const auto found = agreement(facts);
  ASSERT_EQ(found.rows.size(), 2U);
  EXPECT_EQ(found.rows.front(), (TaskRow{"backend blue http://10.0.0.1:8080", v1, v1, "",
                                         std::string{v1} + " 100 %", true}));
}

TEST(Agreement, NothingKnownIsNoMismatchByItself) {
  EXPECT_TRUE(agreement(Facts{}).mismatches.empty());
}

}  // namespace
}  // namespace sy::control
