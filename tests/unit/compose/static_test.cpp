#include "control/platform/static.h"

#include <gtest/gtest.h>

namespace sy::control::platform {
namespace {

Running runs(const std::string& version, int count = 1) {
  Running running{.exists = true, .desired = count, .running = count};
  running.version = version;
  running.state = "gate open";
  return running;
}

struct World {
  Observation seen{{"backend", {runs("v1"), runs("v2", 2)}}, {"frontend", {runs(""), runs("")}}};
  Services services{{"backend", {}}, {"frontend", {}}};
  StaticPlatform platform{services, [this]() -> Try<Observation> { return seen; }};

  Try<> start(const Version& version) {
    Started started;
    return platform.start({.color = Color::green, .artifact = {.version = version}}, started);
  }
};

TEST(StaticPlatform, StartsWhatIsThereAlready) {
  World world;
  Started started;
  ASSERT_TRUE(
      world.platform.start({.color = Color::green, .artifact = {.version = "v2"}}, started));
  EXPECT_EQ(started.services.at("backend").definition, "v2");
  EXPECT_EQ(started.services.at("backend").count, 2);
  EXPECT_EQ(started.services.at("backend").deployment, "");
  const Progress progress = world.platform.progress(started).value();
  EXPECT_TRUE(progress.up);
  EXPECT_EQ(progress.words, "green is there already");
  EXPECT_TRUE(world.platform.restore(started));
}

TEST(StaticPlatform, RefusesAVersionThatIsNotThere) {
  World world;
  EXPECT_EQ(
      world.start("v3").error(),
      (Failure{ExitCode::refused, "The version is not there: backend in green runs v2, not v3.",
               "Put v3 into green, then run this again."}));
}

TEST(StaticPlatform, RefusesAColorWhoseEndpointsReportDifferentVersions) {
  World world;
  Running& green = world.seen["backend"].green;
  green.version = "";
  green.tasks = {{.url = "a", .version = "v2", .up = true}, {.url = "b", .version = "v1"}};
  EXPECT_EQ(world.start("v2").error().what,
            "The version is not there: backend in green runs v1, not v2.");
}

TEST(StaticPlatform, RefusesAColorThatDoesNotAnswer) {
  World world;
  world.seen["frontend"].green = {};
  EXPECT_EQ(world.start("v2").error(),
            (Failure{ExitCode::refused,
                     "The version is not there: nothing answers for frontend in green.",
                     "Put v2 into green, then run this again."}));
}

TEST(StaticPlatform, SeesThatTheVersionChangedMeanwhile) {
  World world;
  Started started;
  ASSERT_TRUE(
      world.platform.start({.color = Color::green, .artifact = {.version = "v2"}}, started));
  world.seen["backend"].green = runs("v1");
  const Progress progress = world.platform.progress(started).value();
  EXPECT_FALSE(progress.up);
  EXPECT_EQ(progress.words, "backend in green runs v1, not v2");
}

TEST(StaticPlatform, ReportsTheServicesThatAreConfigured) {
  World world;
  world.seen["other"] = {};
  world.seen.erase("frontend");
  const Observation seen = world.platform.observe().value();
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_FALSE(seen.at("frontend").blue.exists);
  EXPECT_EQ(seen.at("backend").green.version, "v2");
}

TEST(StaticPlatform, SaysWhatItCannotDo) {
  World world;
  EXPECT_TRUE(world.platform.scale("backend", Color::green, 2));
  EXPECT_EQ(
      world.platform.scale("backend", Color::green, 3).error(),
      (Failure{ExitCode::usage,
               "The platform of this environment is static, so switchctl cannot start or stop "
               "tasks of backend here.",
               "Do that where the application runs; the proxies see it by themselves."}));
  EXPECT_EQ(world.platform.restart("backend", Color::blue).error(),
            (Failure{ExitCode::usage,
                     "The platform of this environment is static, so switchctl cannot restart "
                     "backend here.",
                     "Restart it where it runs; the proxies take it out and in again by "
                     "themselves."}));
  EXPECT_EQ(world.platform.logs("backend", std::nullopt, {}).error(),
            (Failure{ExitCode::usage,
                     "The platform of this environment is static, so switchctl cannot read the log "
                     "of backend here.",
                     "Read it where the application writes it."}));
}

TEST(StaticPlatform, PassesOnThatTheProxiesAreOutOfReach) {
  const Failure out{ExitCode::failed, "no proxy answers"};
  StaticPlatform platform{{}, [&out]() -> Try<Observation> { return out; }};
  EXPECT_EQ(platform.observe().error(), out);
  Started started;
  EXPECT_EQ(platform.start({}, started).error(), out);
}

}  // namespace
}  // namespace sy::control::platform
