// versions, --import and diff.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;

constexpr auto v0 = "v20231225-0000000";

TEST(VersionsVerb, SaysWhatRanAndWhatCanBeGoneBackTo) {
  ControlWorld world;
  auto& record = *world.store.record;
  record.previous = release_of(v0, Color::green);
  record.recent = {
      {v2, ten, "deploy", "rolled_back", "ci", {}},
      {v1, ten - std::chrono::hours{24}, "deploy", "succeeded", "ci", {}},
      {v0, ten - std::chrono::hours{48}, "deploy", "succeeded", "ci", {}},
      {"v20231201-1111111", ten - std::chrono::hours{72}, "deploy", "succeeded", "ci", {}}};
  world.platform.publish(v0, {"backend", "frontend"});
  EXPECT_EQ(world.run(Verb::versions), ExitCode::done);
  EXPECT_EQ(
      world.out.str(),
      "VERSION            IS        COLOR  DEPLOYED (UTC)    BY                                 "
      "LAST OPERATION      ROLLBACK TO IT\n"
      "v20240101-abc1234  current   blue   2023-12-31 10:00  arn:aws:iam::123456789012:user/ci  "
      "deploy succeeded    live\n"
      "v20231225-0000000  previous  green  2023-12-31 10:00  arn:aws:iam::123456789012:user/ci  "
      "deploy succeeded    yes\n"
      "v20240108-def5678  earlier   -      2024-01-01 10:00  ci                                 "
      "deploy rolled_back  no: it never came through\n"
      "v20231201-1111111  earlier   -      2023-12-29 10:00  ci                                 "
      "deploy succeeded    no: there is no image backend:v20231201-1111111\n"
      "back to one of them: switchctl rollback staging v20231225-0000000\n");
}

TEST(VersionsVerb, AWarmVersionIsThereAtOnce) {
  ControlWorld world;
  world.store.record->previous = release_of(v0, Color::green);
  for (const auto* service : {"backend", "frontend"})
    world.platform.put(service, Color::green, v0, 2);
  EXPECT_EQ(world.run(Verb::versions), ExitCode::done);
  EXPECT_NE(world.out.str().find("yes, at once: its tasks run\n"), std::string::npos)
      << world.out.str();
}

TEST(VersionsVerb, WithoutARecordThatIsSaid) {
  ControlWorld world;
  world.store.record.reset();
  EXPECT_EQ(world.run(Verb::versions), ExitCode::done);
  EXPECT_EQ(world.out.str(), "nothing is recorded yet at memory\n");
  world.ledger.fail_read =
      Failure{ExitCode::refused, "foreign content", "switchctl versions staging --import"};
  EXPECT_EQ(world.run(Verb::versions), ExitCode::refused);
  EXPECT_EQ(world.err.str(), "switchctl: foreign content\n  switchctl versions staging --import\n");
}

TEST(VersionsVerb, ImportRecordsWhatRuns) {
  ControlWorld world;
  world.store.record.reset();
  Args args;
  args.verb = Verb::versions;
  args.import_ = true;
  args.dry_run = true;
  EXPECT_EQ(world.run(args), ExitCode::done);
  EXPECT_EQ(world.out.str(), "would record v20240101-abc1234 in blue as current at memory\n");
  EXPECT_FALSE(world.store.record);
  args.dry_run = false;
  EXPECT_EQ(world.run(args), ExitCode::done) << world.err.str();
  ASSERT_TRUE(world.store.record);
  ASSERT_TRUE(world.store.record->current);
  EXPECT_EQ(world.store.record->current->version, v1);
  EXPECT_EQ(world.store.record->current->color, Color::blue);
  EXPECT_EQ(world.store.record->current->services.at("backend").count, 2);
  EXPECT_EQ(world.run(args), ExitCode::refused) << "the record is ours already";
}

TEST(VersionsVerb, ImportRefusesTwoVersionsInOneColor) {
  ControlWorld world;
  world.store.record.reset();
  world.platform.put("backend", Color::blue, v2, 2);
  Args args;
  args.verb = Verb::versions;
  args.import_ = true;
  EXPECT_EQ(world.run(args), ExitCode::refused);
  EXPECT_EQ(world.err.str(),
            "switchctl: the services of the live color do not run one version\n"
            "  see which: switchctl verify staging\n");
}

TEST(DiffVerb, SaysWhatADeployWouldChangeAndChangesNothing) {
  ControlWorld world;
  Args args;
  args.verb = Verb::diff;
  args.version = v2;
  EXPECT_EQ(world.run(args), ExitCode::done) << world.err.str();
  EXPECT_EQ(world.out.str(),
            "WHAT                     LIVE NOW                    AFTER THE DEPLOY\n"
            "color                    blue                        green\n"
            "VERSION                  v20240101-abc1234           v20240108-def5678\n"
            "GIT_SHA                  abc1234                     of the version's name\n"
            "backend image            sha256:v20240101-ab         sha256:v20240108-de\n"
            "backend definition       backend:v20240101-abc1234   a copy with image, VERSION and "
            "GIT_SHA changed\n"
            "backend tasks in green   0 tasks                     2 tasks\n"
            "frontend image           sha256:v20240101-ab         sha256:v20240108-de\n"
            "frontend definition      frontend:v20240101-abc1234  a copy with image, VERSION and "
            "GIT_SHA changed\n"
            "frontend tasks in green  0 tasks                     2 tasks\n"
            "endpoints                found by the proxies        likewise\n"
            "nothing was changed; to do it: switchctl deploy staging v20240108-def5678\n");
  EXPECT_TRUE(world.platform.acts.empty());
  args.version = "v20240109-9999999";
  EXPECT_EQ(world.run(args), ExitCode::refused);
  EXPECT_EQ(world.err.str(),
            "switchctl: there is no image backend:v20240109-9999999\n"
            "  build and push it, then try again\n");
}

}  // namespace
}  // namespace sy::control
