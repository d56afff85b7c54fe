// The verbs that change all proxies of an environment.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;
using Calls = std::vector<std::string>;

TEST(Change, OneProxyAnswersForItself) {
  ControlWorld world;
  EXPECT_EQ(world.run(Verb::weights, {"green=10"}), ExitCode::done);
  EXPECT_EQ(world.out.str(), "weights, generation 2\n");
  EXPECT_EQ(world.proxy().view.colors.green.weight, 1'000);
}

TEST(Change, SeveralProxiesAreEachNamed) {
  ControlWorld world{2};
  EXPECT_EQ(world.run(Verb::maintenance, {"on"}), ExitCode::done);
  EXPECT_EQ(world.out.str(),
            "http://127.0.0.1:9900: maintenance, generation 2\n"
            "http://127.0.0.2:9900: maintenance, generation 2\n");
  EXPECT_TRUE(world.proxy(1).view.maintenance);
}

TEST(Change, APartialFailureNamesWhoRefusedAndTheOthersAreStillChanged) {
  ControlWorld world{3};
  world.proxy(1).down = true;
  EXPECT_EQ(world.run(Verb::weights, {"green=10"}), ExitCode::failed);
  EXPECT_NE(world.err.str().find("http://127.0.0.2:9900"), std::string::npos) << world.err.str();
  EXPECT_EQ(world.proxy(0).view.colors.green.weight, 1'000);
  EXPECT_EQ(world.proxy(2).view.colors.green.weight, 1'000);
}

TEST(Change, ARefusalHasItsExitCode) {
  ControlWorld world;
  EXPECT_EQ(world.run(Verb::switch_, {"green"}), ExitCode::refused);
  EXPECT_NE(world.err.str().find("green's gate is shut"), std::string::npos) << world.err.str();
  world.proxy().refuse = api::Problem{.status = 403, .detail = "the token may only look"};
  EXPECT_EQ(world.run(Verb::switch_, {"green"}), ExitCode::forbidden);
}

TEST(Change, ADryRunAsksTheProxyAndChangesNothing) {
  ControlWorld world;
  Args args;
  args.verb = Verb::weights;
  args.words = {"green=10"};
  args.dry_run = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(), "would do: as asked, generation 1\n");
  EXPECT_EQ(world.proxy().calls, Calls{"PUT /v1/weights?dry_run=true"});
  EXPECT_EQ(world.proxy().view.colors.green.weight, 0);
}

TEST(Change, MistakesInTheWordsNeverReachAProxy) {
  ControlWorld world;
  EXPECT_EQ(world.run(Verb::weights, {"green=101"}), ExitCode::usage);
  EXPECT_EQ(world.err.str(),
            "switchctl: \"green=101\" is not a weight like green=10 or blue=99.5\n");
  EXPECT_EQ(world.run(Verb::weights, {"green=10", "blue=80"}), ExitCode::usage);
  EXPECT_EQ(world.err.str(), "switchctl: blue and green must sum to 100, got 90\n");
  EXPECT_EQ(world.run(Verb::upstreams, {"green", "backend"}), ExitCode::usage);
  EXPECT_EQ(world.err.str(), "switchctl: \"backend\" is not SERVICE=URL\n");
  EXPECT_EQ(world.run(Verb::maintenance, {"maybe"}), ExitCode::usage);
  EXPECT_TRUE(world.proxy().calls.empty());
}

TEST(Change, JsonOfOneProxyIsItsOwnAnswer) {
  ControlWorld world;
  Args args;
  args.verb = Verb::weights;
  args.words = {"green=10"};
  args.json = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(), api::encode(api::AppliedView{2, "weights"}) + "\n");
  world.proxy().down = true;
  EXPECT_EQ(world.run(args), ExitCode::failed);
  EXPECT_NE(world.out.str().find("\"exit\":1"), std::string::npos) << world.out.str();
}

TEST(Rollout, IsFollowedOnAllProxiesToItsEnd) {
  ControlWorld world{2};
  for (auto& proxy : world.proxies) proxy->see(Color::green, v2, true, "200");
  EXPECT_EQ(world.run(Verb::rollout, {"green", v2}), ExitCode::done);
  EXPECT_EQ(world.out.str(), "completed\n");
  EXPECT_EQ(world.proxy(0).view.live, Color::green);
  EXPECT_EQ(world.proxy(1).view.live, Color::green);
}

TEST(Rollout, OneThatIsTakenOutIsARollback) {
  ControlWorld world;
  world.proxy().see(Color::green, v2, true, "200");
  world.proxy().breach_at = 1;
  EXPECT_EQ(world.run(Verb::rollout, {"green", v2}), ExitCode::rolled_back);
  EXPECT_EQ(world.out.str(), "reverted: breach: 5 of 20 requests failed\n");
}

TEST(Rollout, ASignalLeavesItToTheProxies) {
  ControlWorld world;
  world.proxy().see(Color::green, v2, true, "200");
  world.time.at(std::chrono::seconds{4}, [&world] { world.time.signal(); });
  EXPECT_EQ(world.run(Verb::rollout, {"green", v2}), ExitCode::interrupted);
  EXPECT_EQ(world.out.str(),
            "moving: the rollout goes on, guarded by the proxies; switchctl status, pause or "
            "abort\n");
  EXPECT_TRUE(world.proxy().view.rollout);
}

TEST(Rollout, IsFollowedNoFurtherThanWanted) {
  ControlWorld world;
  world.proxy().see(Color::green, v2, true, "200");
  world.proxy().approval = true;
  Args args;
  args.verb = Verb::rollout;
  args.words = {"green", v2};
  args.wait_until = Stage::approval;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.proxy().view.rollout->phase, "approval");
  EXPECT_EQ(world.run(Verb::approve, {v2}), ExitCode::done);
  EXPECT_EQ(world.proxy().view.rollout->approval->approved_by, "approver");
}

TEST(Abort, EndsItOnWhicheverProxyItStillRuns) {
  ControlWorld world{2};
  for (auto& proxy : world.proxies) proxy->see(Color::green, v2, true, "200");
  Args args;
  args.verb = Verb::rollout;
  args.words = {"green", v2};
  args.wait_until = Stage::shifting;
  EXPECT_EQ(world.run(args), ExitCode::done);
  world.proxy(0).view.rollout.reset();
  EXPECT_EQ(world.run(Verb::abort), ExitCode::done) << world.err.str();
  EXPECT_EQ(world.out.str(), "no rollout runs any more\n");
  EXPECT_FALSE(world.proxy(1).view.rollout);
}

}  // namespace
}  // namespace sy::control
