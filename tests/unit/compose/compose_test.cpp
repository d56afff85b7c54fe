#include "control/platform/compose.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/scripted_programs.h"

namespace sy::control::platform {
namespace {

using testing::ScriptedPrograms;

Ran said(std::string out) { return {.out = std::move(out)}; }
Ran failed(std::string err, int status = 1) { return {.status = status, .err = std::move(err)}; }

constexpr const char* config_v2 =
    "services:\n"
    "  backend-blue:\n    image: pms-backend:v1\n"
    "  backend-green:\n    image: pms-backend:v2\n";
constexpr const char* green_v1 = R"([{"Name": "/pms_backend-green_1", "Image": "sha256:1",
  "State": {"Status": "running"},
  "Config": {"Image": "pms-backend:v1", "Env": ["VERSION=v1", "GIT_SHA=abc"],
             "Labels": {"com.docker.compose.service": "backend-green"}}}])";

std::string fresh_folder() {
  std::string pattern = ::testing::TempDir() + "composeXXXXXX";
  return ::mkdtemp(pattern.data());
}

class Compose : public ::testing::Test {
 protected:
  Compose() {
    programs.answers = {{"docker-compose version", said("1.29.2")},
                        {" config", said(config_v2)},
                        {" ps -a -q", said("")},
                        {" up ", said("")},
                        {" rm ", said("")},
                        {"docker image inspect", said(R"([{"Id": "sha256:2"}])")}};
  }
  ~Compose() override { std::filesystem::remove_all(folder); }

  void write_env(const std::string& text) const { std::ofstream{folder + "/.env"} << text; }
  [[nodiscard]] std::string env() const {
    std::ostringstream text;
    text << std::ifstream{folder + "/.env"}.rdbuf();
    return text.str();
  }
  void answer(const std::string& part, Ran ran) {
    programs.answers.insert(programs.answers.begin(), {part, std::move(ran)});
  }
  [[nodiscard]] std::vector<std::string> acts() const {  // what changed something
    std::vector<std::string> found;
    for (const std::string& line : programs.ran)
      if (line.find(" up ") != std::string::npos || line.find(" rm ") != std::string::npos)
        found.push_back(line);
    return found;
  }
  [[nodiscard]] static Wanted wanted(const Version& version) {
    return {.color = Color::green,
            .artifact = {.version = version, .git_sha = "def5678"},
            .counts = {{"backend", 2}}};
  }

  std::string folder = fresh_folder();
  ScriptedPrograms programs;
  ComposePlatform platform{
      {.app = "pms", .environment = "local", .folder = folder, .services = {{"backend", {}}}},
      programs};
};

TEST_F(Compose, StartsAVersionAndKeepsTheRestOfTheEnvFile) {
  write_env("# mine\nPORT=8080\nBACKEND_GREEN_VERSION=v0 # old\n");
  Started started;
  ASSERT_TRUE(platform.start(wanted("v2"), started));
  EXPECT_EQ(env(), "# mine\nPORT=8080\nBACKEND_GREEN_VERSION=v2 # old\n");
  EXPECT_EQ(acts(), (std::vector<std::string>{
                        "BACKEND_GREEN_VERSION=v2 GIT_SHA=def5678 docker-compose -f "
                        "docker-compose.yml up -d --no-deps --no-build --scale backend-green=2 "
                        "backend-green"}));
  const Started::Service expected{.definition = "pms-backend:v2",
                                  .deployment = "up",
                                  .definition_before = "pms-backend:v0",
                                  .desired_before = 0,
                                  .count = 2};
  EXPECT_EQ(started.services.at("backend"), expected);
}

TEST_F(Compose, RemovesContainersOfAnotherVersionFirst) {
  answer(" ps -a -q", said("1\n"));
  answer("docker inspect", said(green_v1));
  Started started;
  ASSERT_TRUE(platform.start(wanted("v2"), started));
  ASSERT_EQ(acts().size(), 2U);
  EXPECT_EQ(acts()[0], "docker-compose -f docker-compose.yml rm -s -f backend-green");
  EXPECT_EQ(started.services.at("backend").desired_before, 1);
}

TEST_F(Compose, TakesAStartBack) {
  write_env("PORT=8080\n");
  Started started;
  ASSERT_TRUE(platform.start(wanted("v2"), started));
  EXPECT_EQ(env(), "PORT=8080\nBACKEND_GREEN_VERSION=v2\n");
  programs.ran.clear();
  ASSERT_TRUE(platform.restore(started));
  EXPECT_EQ(env(), "PORT=8080\n");
  EXPECT_EQ(
      acts(),
      (std::vector<std::string>{"docker-compose -f docker-compose.yml rm -s -f backend-green"}));
}

TEST_F(Compose, WhatWasNotedBeforeIsKeptWhenAStartIsRepeated) {
  write_env("BACKEND_GREEN_VERSION=v1\n");
  Started started;
  ASSERT_TRUE(platform.start(wanted("v2"), started));
  ASSERT_TRUE(platform.start(wanted("v2"), started));
  EXPECT_EQ(started.services.at("backend").definition_before, "pms-backend:v1");
}

TEST_F(Compose, AnEnvFileThatCannotBeReadAgainIsLeftAlone) {
  const std::string broken = "BACKEND_GREEN_VERSION=\"v0\nBACKEND_GREEN_VERSION=\"v1\"x\nB=\"\n";
  write_env(broken);
  Started started;
  EXPECT_EQ(platform.start(wanted("v2"), started).error(),
            (Failure{ExitCode::usage, folder + "/.env has a quote that does not end.",
                     "Mend that, then run this again."}));
  EXPECT_EQ(env(), broken);
}

TEST_F(Compose, AFailedStartHasNotedWhatToTakeBack) {
  answer(" up ", failed("Creating …\nERROR: port is already allocated\n"));
  Started started;
  EXPECT_EQ(
      platform.start(wanted("v2"), started).error(),
      (Failure{ExitCode::failed,
               "docker-compose up of backend-green ended with status 1: ERROR: port is already "
               "allocated.",
               "Mend that, then run this again."}));
  EXPECT_EQ(started.services.count("backend"), 1U);
}

TEST_F(Compose, AnotherVersionThanWantedFailsTheProgress) {
  answer(" ps -a -q", said("1\n"));
  answer("docker inspect", said(green_v1));
  Started started{.color = Color::green};
  started.services["backend"] = {.definition = "pms-backend:v2", .count = 1};
  const Progress progress = platform.progress(started).value();
  EXPECT_FALSE(progress.up);
  ASSERT_TRUE(progress.failed);
  EXPECT_EQ(progress.failed->what,
            "pms_backend-green_1 has VERSION=v1 in its environment, not v2.");
  EXPECT_EQ(progress.words, "0 of 1 containers up");
  started.services["backend"].definition = "pms-backend:v1";
  EXPECT_TRUE(platform.progress(started)->up);
}

TEST_F(Compose, AnImageThatIsNowhereIsNamed) {
  answer("docker image inspect", failed("Error: No such image: pms-backend:v2\n"));
  answer("docker manifest inspect", failed("no such manifest\n"));
  answer(" config", said("services:\n  backend-blue:\n    image: pms-backend:v2\n"
                         "  backend-green:\n    image: pms-backend:v2\n"));
  EXPECT_EQ(
      platform.find("v2").error(),
      (Failure{ExitCode::refused,
               "The image pms-backend:v2 of backend is neither on this machine nor to be had: "
               "docker manifest inspect ended with status 1: no such manifest.",
               "Build or pull it, or see which there are: docker images"}));
}

TEST_F(Compose, AComposeFileThatDoesNotChooseByTheVariableIsRefused) {
  EXPECT_EQ(
      platform.find("v3").error(),
      (Failure{ExitCode::usage,
               "The image of backend-blue in docker-compose.yml is not chosen by the variable "
               "BACKEND_BLUE_VERSION.",
               "Write image: \"pms-backend:${BACKEND_BLUE_VERSION}\" there."}));
  EXPECT_EQ(platform.find("v 3").error(),
            (Failure{ExitCode::usage, "\"v 3\" cannot be the tag of an image.",
                     "Tags have letters, digits, \"_\", \".\" and \"-\", at most 128."}));
  answer(" config", said("services:\n  web:\n    image: x\n"));
  EXPECT_EQ(
      platform.find("v3").error(),
      (Failure{ExitCode::usage, "docker-compose.yml has no service backend-blue with an image.",
               "See docs/compose.md for what switchctl expects of a compose file."}));
}

TEST_F(Compose, EitherComposeServes) {
  answer("docker compose version", said("v2.20"));
  ASSERT_TRUE(platform.observe());
  EXPECT_EQ(programs.ran[1], "docker compose -f docker-compose.yml config");
}

TEST_F(Compose, TheProjectHasTheNameOfAppAndEnvironment) {
  ComposePlatform named{{.app = "pms",
                         .environment = "local",
                         .folder = folder,
                         .options = {.project = "{app}-{env}", .command = {"docker-compose"}}},
                        programs};
  ASSERT_TRUE(named.observe());
  EXPECT_EQ(programs.ran[0], "docker-compose -f docker-compose.yml -p pms-local config");
}

TEST_F(Compose, WithoutComposeItSaysWhatToInstall) {
  programs.answers.clear();
  EXPECT_EQ(platform.observe().error(),
            (Failure{ExitCode::failed,
                     "Neither \"docker compose\" nor \"docker-compose\" can be run here.",
                     "Install one of them, or name it as compose.command in switchctl.yaml."}));
}

TEST_F(Compose, AnEngineThatMayNotBeUsedIsAPermission) {
  answer(" config", failed("permission denied while trying to connect to docker.sock\n"));
  EXPECT_EQ(platform.observe().error().code, ExitCode::forbidden);
}

TEST_F(Compose, ObservesBothColors) {
  answer(" ps -a -q", said("1\n"));
  answer("docker inspect", said(green_v1));
  answer("docker image inspect sha256:1",
         said(R"([{"Id": "sha256:1", "RepoDigests": ["r/pms@sha256:9"]}])"));
  const Observation seen = platform.observe().value();
  const Running& green = seen.at("backend").green;
  EXPECT_EQ(green.version, "v1");
  EXPECT_EQ(green.digest, "sha256:9");
  EXPECT_EQ(green.definition, "pms-backend:v1");
  EXPECT_EQ(green.state, "1 of 1 containers up");
  EXPECT_EQ(green.desired, 1);
  EXPECT_TRUE(seen.at("backend").blue.exists);
  EXPECT_EQ(seen.at("backend").blue.state, "no containers");
}

TEST_F(Compose, ScalesWithoutTouchingWhatRuns) {
  ASSERT_TRUE(platform.scale("backend", Color::green, 3));
  ASSERT_TRUE(platform.scale("backend", Color::green, 0));
  EXPECT_EQ(acts(), (std::vector<std::string>{
                        "GIT_SHA= docker-compose -f docker-compose.yml up -d --no-deps --no-build "
                        "--no-recreate --scale backend-green=3 backend-green",
                        "docker-compose -f docker-compose.yml rm -s -f backend-green"}));
  EXPECT_EQ(platform.scale("other", Color::green, 1).error().what,
            "docker-compose.yml has no service other-green with an image.");
}

TEST_F(Compose, RestartsTheVersionThatRuns) {
  EXPECT_EQ(platform.restart("backend", Color::green).error(),
            (Failure{ExitCode::refused, "There is no container of backend-green to restart.",
                     "Start some: switchctl scale local backend 1 --color green"}));
  answer(" ps -a -q", said("1\n"));
  answer("docker inspect", said(green_v1));
  const Started started = platform.restart("backend", Color::green).value();
  EXPECT_EQ(started.services.at("backend").count, 1);
  EXPECT_EQ(acts().back(),
            "BACKEND_GREEN_VERSION=v1 GIT_SHA=abc docker-compose -f docker-compose.yml up -d "
            "--no-deps --no-build --scale backend-green=1 backend-green");
}

}  // namespace
}  // namespace sy::control::platform
