#include "control/deploy/plan.h"

#include <gtest/gtest.h>

#include "support/deploy_world.h"

namespace sy::testing {
namespace {

using ct::ExitCode;
using ct::deploy::Facts;
using ct::deploy::Plan;
using ct::deploy::Wish;

Facts facts() {
  Facts facts{.environment = "staging"};
  facts.observed["backend"].blue = {.exists = true, .desired = 4, .running = 4};
  facts.observed["backend"].green = {.exists = true};
  facts.observed["frontend"].blue = {.exists = true, .desired = 2, .running = 2};
  facts.observed["frontend"].green = {.exists = true};
  ct::records::Record record{.epoch = 3, .env = "staging"};
  record.current = ct::records::Release{.version = old_version, .color = Color::blue};
  facts.record = record;
  api::StatusView status{.live = Color::blue};
  status.colors.blue.weight = 10'000;
  facts.proxies.push_back({"http://edge:9900", status});
  return facts;
}

std::string text(const ct::Try<Plan>& plan) {
  if (!plan) return plan.error().what;
  std::string all = plan->said + "\n";
  for (const auto& step : plan->steps)
    all += std::string(name(step.step)) + ": " + step.what +
           (step.undo.empty() ? "" : " (undo: " + step.undo + ")") + "\n";
  return all;
}

TEST(APlan, OfADeployNamesEachStepWithItsUndo) {
  ct::deploy::Options options;
  options.smoke.checks.resize(2);
  options.notify.resize(1);

  EXPECT_EQ(text(plan_of({.version = new_version}, facts(), options)),
            "deploy of v20240102-bbbbbbb to staging: v20240101-aaaaaaa in blue answers now, "
            "v20240102-bbbbbbb goes to green\n"
            "claim: claim staging\n"
            "start: start v20240102-bbbbbbb in green: backend × 4, frontend × 2 (undo: green as it "
            "was)\n"
            "up: wait until all of it is up\n"
            "versions: every task reports v20240102-bbbbbbb\n"
            "gate: every proxy's gate of green is open\n"
            "smoke: 2 smoke tests through the preview header\n"
            "rollout: traffic to green by the proxies' standard plan (undo: all traffic to blue)\n"
            "health: health checks for 60 s\n"
            "record: record v20240102-bbbbbbb as what staging runs\n"
            "notify: tell 1 targets\n"
            "warm: keep blue warm for 900 s\n"
            "retire: scale blue to 0 tasks\n");
}

TEST(APlan, OfARollbackToAWarmColorOnlyMovesTraffic) {
  Facts warm = facts();
  warm.record->previous = ct::records::Release{.version = older_version, .color = Color::green};
  for (auto& [service, colors] : warm.observed) {
    colors.green = colors.blue;
    colors.green.version = older_version;
  }

  const auto plan = plan_of({.op = "rollback"}, warm, {});

  EXPECT_EQ(text(plan),
            "rollback of v20231201-0000000 to staging: v20240101-aaaaaaa in blue answers now, "
            "v20231201-0000000 still runs in green\n"
            "claim: claim staging\n"
            "versions: every task reports v20231201-0000000\n"
            "gate: every proxy's gate of green is open\n"
            "rollout: all traffic to green at once (undo: all traffic to blue)\n"
            "health: health and version as a client sees them\n"
            "record: record v20231201-0000000 as what staging runs\n");
  EXPECT_EQ(text(plan_of({.op = "rollback", .fast = true}, warm, {})),
            "rollback of v20231201-0000000 to staging: v20240101-aaaaaaa in blue answers now, "
            "v20231201-0000000 still runs in green\n"
            "claim: claim staging\n"
            "rollout: all traffic to green at once (undo: all traffic to blue)\n"
            "record: record v20231201-0000000 as what staging runs\n");
}

TEST(APlan, OfARollbackTakesTheRecordedDefinitions) {
  Facts cold = facts();
  cold.record->recent.push_back({.version = older_version,
                                 .op = "deploy",
                                 .result = "succeeded",
                                 .definitions = {{"backend", "backend:41"}}});

  const auto plan = plan_of({.op = "rollback", .version = older_version}, cold, {});

  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->start);
  EXPECT_EQ(plan->definitions.at("backend"), "backend:41");
}

TEST(APlan, IsRefusedWhileTheProxiesAreNotOfOneMind) {
  Facts rollout = facts();
  rollout.proxies[0].status->rollout =
      api::RolloutView{.id = "r3", .version = new_version, .phase = "shifting"};
  EXPECT_EQ(text(plan_of({.version = new_version}, rollout, {})),
            "http://edge:9900: rollout r3 of v20240102-bbbbbbb runs");

  Facts split = facts();
  api::StatusView green{.live = Color::green};
  green.colors.green.weight = 10'000;
  split.proxies.push_back({"http://other:9900", green});
  EXPECT_EQ(text(plan_of({.version = new_version}, split, {})),
            "the proxies disagree: http://other:9900 has green live, others blue");

  Facts closed = facts();
  closed.proxies[0].status->maintenance = true;
  EXPECT_EQ(text(plan_of({.version = new_version}, closed, {})),
            "http://edge:9900 is in maintenance");
}

TEST(APlan, GoesByTheProxiesOnlyWithForceWhenTheRecordDisagrees) {
  Facts disagree = facts();
  disagree.record->current->color = Color::green;

  EXPECT_EQ(plan_of({.version = new_version}, disagree, {}).error().code, ExitCode::refused);
  EXPECT_TRUE(plan_of({.version = new_version, .force = true}, disagree, {}));
}

TEST(APlan, NeedsAServiceInTheIdleColor) {
  Facts half = facts();
  half.observed["frontend"].green.exists = false;

  EXPECT_EQ(text(plan_of({.version = new_version}, half, {})),
            "there is no frontend in green to start a version in");
}

}  // namespace
}  // namespace sy::testing
