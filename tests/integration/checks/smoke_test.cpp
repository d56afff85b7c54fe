// Smoke tests against a real socket that stands for the proxy: it takes the preview header, or not.
#include "control/deploy/smoke.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/manual_pace.h"
#include "support/small_server.h"

namespace sy::control::deploy {
namespace {

using testing::Request;
using testing::respond;
using testing::Response;
using testing::SmallServer;

constexpr const char* live = "v20240101-abc1234";
constexpr const char* candidate = "v20240115-def5678";

struct World {
  std::string token = "preview-s3cret";  // the proxy's
  SmallServer proxy{[this](const Request& request) { return answer(request); }};
  edge::Options edge{
      .token = "control-s3cret", .traffic = proxy.url(), .preview_token = "preview-s3cret"};
  Target target{.color = Color::green,
                .version = candidate,
                .git_sha = "def5678",
                .environment = "staging",
                .services = {{"backend", {.version_field = "version"}},
                             {"frontend", {.health_path = "/health"}}}};
  Smoke options{.checks = {{.path = "/api/version", .contains = "{version}"}}};
  ManualPace pace;
  RecordingTeller teller;

  [[nodiscard]] Response answer(const Request& request) const {
    const bool preview =
        request["x-switchyard-color"] == "green" && request["x-switchyard-token"] == token;
    const std::string version = preview ? candidate : live;
    const std::string target_{request.target()};
    if (target_ == "/healthz" || target_ == "/api/version")
      return respond(200, "{\"version\":\"" + version + "\"}");
    if (target_ == "/broken") return respond(500, "patient 4711");
    if (target_ == "/home") return respond(200, "<h1>welcome</h1>");
    return respond(404);
  }
  std::vector<CheckResult> run() {
    auto results = smoke(options, edge, target, pace, teller).value();
    for (CheckResult& result : results) result.took = {};
    return results;
  }
  [[nodiscard]] std::string all_told() const {
    std::string all;
    for (const Note& note : teller.notes) all += note.what + '\n';
    return all;
  }
};

TEST(Smoke, PassesOnTheCandidatesAnswers) {
  World world;
  world.options.checks.push_back({.path = "/home", .host = "www.pms.test", .contains = "welcome"});
  EXPECT_EQ(world.run(),
            (std::vector<CheckResult>{
                {"preview of backend", true}, {"GET /api/version", true}, {"GET /home", true}}));
  EXPECT_EQ(std::string{world.proxy.requests().back()["Host"]}, "www.pms.test");
  EXPECT_EQ(failures_in_words(world.run()), "");
}

TEST(Smoke, NoCheckPassesOnAnAnswerOfTheOtherColor) {
  World world;
  world.token = "another";  // so that live answers
  world.options.checks = {{.path = "/home"}, {.path = "/api/version"}};
  const auto results = world.run();
  EXPECT_EQ(
      results[0],
      (CheckResult{"preview of backend", false,
                   "/healthz says v20240101-abc1234, not v20240115-def5678: the proxy did not "
                   "take the preview header (is preview_token one of its tokens?), or green "
                   "runs another version"}));
  EXPECT_EQ(results[2], (CheckResult{"GET /api/version", false,
                                     "the answer came from v20240101-abc1234, not from "
                                     "v20240115-def5678"}));
}

TEST(Smoke, SaysWhatWasOtherwiseAndNeverWhatABodyHeld) {
  World world;
  world.options.checks = {{.path = "/broken"},
                          {.path = "/home", .contains = "{version}"},
                          {.method = "POST", .path = "/no", .status = 201}};
  EXPECT_EQ(failures_in_words(world.run()),
            "3 of 4 smoke tests failed: GET /broken: status 500, not 200; GET /home: the body does "
            "not hold \"v20240115-def5678\"; POST /no: status 404, not 201");
  EXPECT_EQ(world.all_told().find("patient"), std::string::npos);
}

TEST(Smoke, ProgramsAreToldWhatTheyTest) {
  World world;
  world.options = {
      .programs = {
          {.command = {"sh", "-c",
                       "test \"$VERSION $GIT_SHA $ENVIRONMENT $COLOR $SWITCHYARD_URL\" "
                       "= \"$0\" && test \"$SWITCHYARD_COLOR_HEADER\" = "
                       "'x-switchyard-color: green' && test "
                       "\"$SWITCHYARD_TOKEN_HEADER\" = 'x-switchyard-token: "
                       "preview-s3cret' && test -z \"$SWITCHYARD_TOKEN\"",
                       std::string{candidate} + " def5678 staging green " + world.edge.traffic}}}};
  ::setenv("SWITCHYARD_TOKEN", "control-s3cret", 1);
  EXPECT_EQ(world.run()[1], (CheckResult{"sh", true}));
  ::unsetenv("SWITCHYARD_TOKEN");
}

TEST(Smoke, AProgramsLastLinesAreShownWithoutSecrets) {
  World world;
  world.options = {.programs = {{.command = {"sh", "-c",
                                             "echo one; echo $SWITCHYARD_PREVIEW_TOKEN is wrong "
                                             ">&2; exit 3"}},
                                {.command = {"true"}}}};
  const auto results = world.run();
  EXPECT_EQ(results[1], (CheckResult{"sh", false, "ended with status 3: *** is wrong"}));
  EXPECT_EQ(results[2], (CheckResult{"true", false, "not run, since a check before it failed"}));
  EXPECT_EQ(world.teller.words(Note::Kind::warning),
            (std::vector<std::string>{"smoke:   one", "smoke:   *** is wrong",
                                      "smoke: sh: ended with status 3: *** is wrong",
                                      "smoke: true: not run, since a check before it failed"}));
  EXPECT_EQ(world.all_told().find("s3cret"), std::string::npos);
}

TEST(Smoke, ProgramsThatTakeTooLongOrAreNotThereFail) {
  World world;
  world.options = {
      .programs = {{.command = {"sleep", "100"}, .timeout = std::chrono::milliseconds{80}}}};
  EXPECT_EQ(world.run()[1], (CheckResult{"sleep", false, "took longer than 80ms"}));
  world.options = {.programs = {{.command = {"./no-such"}}}};
  EXPECT_EQ(
      world.run()[1],
      (CheckResult{"./no-such", false, "./no-such cannot be started: No such file or directory."}));
}

TEST(Smoke, WithoutAVersionToAskForItWarns) {
  World world;
  world.target.services["backend"].version_field = "";
  EXPECT_EQ(world.run().size(), 1U);
  EXPECT_EQ(world.teller.words(Note::Kind::warning),
            std::vector<std::string>{
                "smoke: no service reports its version, so it cannot be seen whether answers to "
                "the checks come from green"});
}

TEST(Smoke, ChecksNeedAUrl) {
  World world;
  world.edge.traffic.clear();
  EXPECT_EQ(smoke(world.options, world.edge, world.target, world.pace, world.teller).error(),
            (Failure{ExitCode::usage, "There are smoke checks, but no URL to send them to.",
                     "Set \"traffic\" of this environment in switchctl.yaml."}));
  world.options = {};
  EXPECT_TRUE(smoke(world.options, world.edge, world.target, world.pace, world.teller)->empty());
}

TEST(Smoke, ASignalEndsIt) {
  World world;
  world.options = {.programs = {{.command = {"sleep", "100"}}}};
  world.target.services.clear();
  world.pace.waits_max = 2;
  EXPECT_EQ(smoke(world.options, world.edge, world.target, world.pace, world.teller).error().code,
            ExitCode::interrupted);
}

}  // namespace
}  // namespace sy::control::deploy
