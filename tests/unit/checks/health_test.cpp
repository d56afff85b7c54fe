#include "control/deploy/health.h"

#include <gtest/gtest.h>

#include "support/manual_pace.h"

namespace sy::control::deploy {
namespace {

using std::chrono::seconds;

struct World {
  Health options{.for_ = seconds{10}, .interval = seconds{2}, .failures_max = 2};
  ManualPace pace;
  RecordingTeller teller;
  int asked = 0;
  // By the number of the question, from 1; empty: well.
  std::function<std::string(int, const std::string&)> answer = [](int, const std::string&) {
    return "";
  };

  Try<> watch(const std::vector<std::string>& services = {"backend"}) {
    const Ask ask = [this](const std::string& service) -> Try<std::string> {
      return answer(++asked, service);
    };
    return watch_health(options, services, ask, pace, teller);
  }
};

TEST(Health, AsksEveryServiceUntilTheTimeHasPassed) {
  World world;
  EXPECT_TRUE(world.watch({"backend", "frontend"}));
  EXPECT_EQ(world.pace.passed, seconds{10});
  EXPECT_EQ(world.asked, 12);
  EXPECT_EQ(world.teller.words(Note::Kind::progress).front(), "health: 0s of 10s: 2 good answers");
  EXPECT_EQ(world.teller.words(Note::Kind::progress).back(), "health: 8s of 10s: 10 good answers");
  EXPECT_DOUBLE_EQ(world.teller.notes.back().share, 0.8);
}

TEST(Health, FailsAfterTooManyBadAnswersOfOneServiceInARow) {
  World world;
  world.answer = [](int, const std::string& service) {
    return service == "backend" ? "/healthz: status 500" : "";
  };
  EXPECT_EQ(world.watch({"backend", "frontend"}).error(),
            (Failure{ExitCode::failed,
                     "backend gave 3 bad answers in a row with all traffic on it: /healthz: status "
                     "500."}));
  EXPECT_EQ(world.pace.passed, seconds{4});
}

TEST(Health, AGoodAnswerInBetweenBeginsTheRowAnew) {
  World world;
  world.answer = [](int number, const std::string&) { return number % 3 == 0 ? "" : "bad"; };
  EXPECT_TRUE(world.watch());
  EXPECT_EQ(world.teller.words(Note::Kind::progress).back(),
            "health: 8s of 10s: 1 good answers, 4 bad");
}

TEST(Health, ARowThatBeganAtTheEndIsFollowedToItsEnd) {
  World world;
  world.answer = [](int number, const std::string&) { return number < 6 ? "" : "bad"; };
  EXPECT_FALSE(world.watch());
  EXPECT_EQ(world.asked, 8);
  World recovers;
  recovers.answer = [](int number, const std::string&) {
    return number == 6 || number == 7 ? "bad" : "";
  };
  EXPECT_TRUE(recovers.watch());
  EXPECT_EQ(recovers.asked, 8);
}

TEST(Health, ASignalEndsIt) {
  World world;
  world.pace.waits_max = 2;
  EXPECT_EQ(world.watch().error(),
            (Failure{ExitCode::interrupted, "The health check was interrupted."}));
}

TEST(Health, WithoutATrafficUrlItSaysThatNothingWasChecked) {
  World world;
  const Target target{.services = {{"backend", {}}}};
  EXPECT_TRUE(check_health(world.options, {}, target, world.pace, world.teller));
  EXPECT_EQ(
      world.teller.words(Note::Kind::warning),
      std::vector<std::string>{"health: nothing was checked: switchctl.yaml names no traffic URL"});
}

TEST(Target, ReadsTheVersionThatAnAnswerReports) {
  EXPECT_EQ(reported_version(R"({"version": "v1"})", "version"), "v1");
  for (const char* none : {"", "v1", "[]", R"({"version": 1})", R"({"version": "a b"})",
                           R"({"version": ""})", R"({"other": "v1"})"})
    EXPECT_EQ(reported_version(none, "version"), std::nullopt) << none;
}

}  // namespace
}  // namespace sy::control::deploy
