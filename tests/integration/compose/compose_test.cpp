// The compose platform with programs that really run: a docker and a docker-compose that keep their
// state in a folder (tests/support/fake_docker).
#include "control/platform/compose.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sy::control::platform {
namespace {

constexpr const char* compose_file = R"(
services:
  backend-blue:
    image: pms-backend:${BACKEND_BLUE_VERSION:-v1}
    environment: {VERSION: "${BACKEND_BLUE_VERSION:-v1}", GIT_SHA: "${GIT_SHA:-}"}
  backend-green:
    image: pms-backend:${BACKEND_GREEN_VERSION:-v1}
    environment: {VERSION: "${BACKEND_GREEN_VERSION:-v1}", GIT_SHA: "${GIT_SHA:-}"}
  frontend-blue:
    image: pms-frontend:${FRONTEND_BLUE_VERSION:-v1}
    environment: {VERSION: "${FRONTEND_BLUE_VERSION:-v1}"}
  frontend-green:
    image: pms-frontend:${FRONTEND_GREEN_VERSION:-v1}
    environment: {VERSION: "${FRONTEND_GREEN_VERSION:-v1}"}
)";

class ComposeWorld : public ::testing::Test {
 protected:
  ComposeWorld() {
    write("docker-compose.yml", compose_file);
    write(".env", "# ports\nPORT=8080\nBACKEND_BLUE_VERSION=v1\n");
    write("state.json", R"({"images": {
      "pms-backend:v1": {"id": "sha256:b1", "mood": "well"},
      "pms-backend:v2": {"id": "sha256:b2", "mood": "starting"},
      "pms-backend:v3": {"id": "sha256:b3", "mood": "unhealthy"},
      "pms-backend:v4": {"id": "sha256:b4", "mood": "exits"},
      "pms-frontend:v1": {"id": "sha256:f1", "mood": "silent"},
      "pms-frontend:v2": {"id": "sha256:f2", "mood": "silent"},
      "pms-frontend:v3": {"id": "sha256:f3", "mood": "silent"},
      "pms-frontend:v4": {"id": "sha256:f4", "mood": "silent"}}})");
    const char* const path = std::getenv("PATH");
    ::setenv("PATH", (SY_FAKE_DOCKER + (":" + std::string{path == nullptr ? "" : path})).c_str(),
             1);
    ::setenv("FAKE_DOCKER", folder.c_str(), 1);
    ::setenv("FAKE_PASSWORD", "correct horse", 1);
  }
  ~ComposeWorld() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream{folder + '/' + name} << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream{folder + '/' + name}.rdbuf();
    return text.str();
  }
  static Wanted wanted(Color color, const Version& version, int count = 1) {
    return {.color = color,
            .artifact = {.version = version, .git_sha = "abc1234"},
            .counts = {{"backend", count}, {"frontend", count}}};
  }
  static std::string fresh_folder() {
    std::string pattern = ::testing::TempDir() + "composeXXXXXX";
    return ::mkdtemp(pattern.data());
  }

  std::string folder = fresh_folder();
  SystemPrograms programs;
  ComposePlatform platform{{.app = "pms",
                            .environment = "local",
                            .folder = folder,
                            .services = {{"backend", {}}, {"frontend", {}}}},
                           programs};
};

TEST_F(ComposeWorld, AVersionIsStartedComesUpAndIsTakenBack) {
  const Artifact artifact = platform.find("v2").value();
  EXPECT_EQ(artifact.images.at("backend").reference, "pms-backend:v2");
  EXPECT_EQ(artifact.images.at("backend").digest, "sha256:b2");
  Started started;
  ASSERT_TRUE(platform.start(wanted(Color::green, "v2", 2), started));
  EXPECT_EQ(read(".env"),
            "# ports\nPORT=8080\nBACKEND_BLUE_VERSION=v1\n"
            "BACKEND_GREEN_VERSION=v2\nFRONTEND_GREEN_VERSION=v2\n");
  Progress progress = platform.progress(started).value();
  EXPECT_FALSE(progress.up);
  EXPECT_EQ(progress.words, "2 of 4 containers up: pms_backend-green_2 running starting");
  for (int looks = 0; looks < 3 && !progress.up; ++looks) progress = *platform.progress(started);
  EXPECT_TRUE(progress.up);
  EXPECT_EQ(progress.words, "4 of 4 containers up");

  const Observation seen = platform.observe().value();
  const Running& green = seen.at("backend").green;
  EXPECT_EQ(green.version, "v2");
  EXPECT_EQ(green.digest, "sha256:b2");
  EXPECT_EQ(green.running, 2);
  EXPECT_EQ(green.tasks[0].url, "http://172.18.0.2:8080");
  EXPECT_EQ(seen.at("backend").blue.desired, 0);

  ASSERT_TRUE(platform.restore(started));
  EXPECT_EQ(read(".env"), "# ports\nPORT=8080\nBACKEND_BLUE_VERSION=v1\n");
  EXPECT_EQ(platform.observe()->at("backend").green.desired, 0);
}

TEST_F(ComposeWorld, TheNextVersionTakesThePlaceOfTheLast) {
  Started first;
  ASSERT_TRUE(platform.start(wanted(Color::blue, "v1"), first));
  Started second;
  ASSERT_TRUE(platform.start(wanted(Color::blue, "v2"), second));
  EXPECT_EQ(platform.observe()->at("backend").blue.version, "v2");
  ASSERT_TRUE(platform.restore(second));
  // The frontend's version was not in .env before, so it is as the compose file says.
  EXPECT_EQ(platform.observe()->at("backend").blue.version, "v1");
  EXPECT_EQ(platform.observe()->at("frontend").blue.version, "v1");
  EXPECT_NE(read(".env").find("\nBACKEND_BLUE_VERSION=v1\n"), std::string::npos);
}

TEST_F(ComposeWorld, ABadVersionSaysWhyItDoesNotComeUp) {
  Started started;
  ASSERT_TRUE(platform.start(wanted(Color::green, "v3"), started));
  EXPECT_EQ(platform.progress(started)->failed,
            (Failure{ExitCode::failed,
                     "pms_backend-green_1 does not come up: running unhealthy: no answer on 8080.",
                     "See what it says: docker logs pms_backend-green_1"}));
  ASSERT_TRUE(platform.start(wanted(Color::green, "v4"), started));
  EXPECT_EQ(platform.progress(started)->failed->what,
            "pms_backend-green_1 does not come up: exited with status 3.");
  EXPECT_EQ(platform.events("backend", Color::green).value(),
            (std::vector<std::string>{"pms_backend-green_1: exited with status 3", "  password ***",
                                      "  listening on 8080"}));
}

TEST_F(ComposeWorld, AMissingImageIsRefusedBeforeAnythingChanges) {
  EXPECT_EQ(platform.find("v9").error().code, ExitCode::refused);
  EXPECT_EQ(read(".env"), "# ports\nPORT=8080\nBACKEND_BLUE_VERSION=v1\n");
  EXPECT_EQ(read("state.json").find("\"up\""), std::string::npos);
}

TEST_F(ComposeWorld, ScalesRestartsAndReadsLogs) {
  Started started;
  ASSERT_TRUE(platform.start(wanted(Color::green, "v1"), started));
  ASSERT_TRUE(platform.scale("backend", Color::green, 3));
  EXPECT_EQ(platform.observe()->at("backend").green.running, 3);
  const Started again = platform.restart("backend", Color::green).value();
  EXPECT_TRUE(platform.progress(again)->up);
  EXPECT_EQ(platform.progress(again)->words, "3 of 3 containers up");
  const auto lines = platform.logs("backend", Color::green, WallTime{}).value();
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[0].text, "listening on 8080");
  EXPECT_EQ(lines[5].text, "goodbye");
  EXPECT_EQ(lines[0].source, "pms_backend-green_1");
  ASSERT_TRUE(platform.scale("backend", Color::green, 0));
  EXPECT_EQ(platform.observe()->at("backend").green.running, 0);
}

}  // namespace
}  // namespace sy::control::platform
