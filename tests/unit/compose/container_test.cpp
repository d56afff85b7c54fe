#include "control/platform/container.h"

#include <gtest/gtest.h>

namespace sy::control::platform {
namespace {

// What docker 20.10 prints, cut to what is read.
constexpr const char* inspected = R"([{
  "Id": "8e31", "Name": "/pms_backend-green_1", "Image": "sha256:e856", "RestartCount": 0,
  "State": {"Status": "running", "Running": true, "OOMKilled": false, "ExitCode": 0, "Error": "",
            "Health": {"Status": "unhealthy", "FailingStreak": 13, "Log": [
              {"ExitCode": 1, "Output": "first\n"}, {"ExitCode": 1, "Output": "no answer\n\n"},
              {"ExitCode": 0, "Output": "fine"}]}},
  "Config": {"Image": "pms-backend:v2", "Env": ["VERSION=v2", "GIT_SHA=def5678", "VERSIONS=9"],
             "ExposedPorts": {"8080/tcp": {}},
             "Labels": {"com.docker.compose.service": "backend-green",
                        "com.docker.compose.oneoff": "False"}},
  "NetworkSettings": {"IPAddress": "", "Networks": {"a": {"IPAddress": ""},
                                                    "b": {"IPAddress": "172.18.0.2"}}}},
 {"Config": {"Labels": {"com.docker.compose.oneoff": "True"}}}])";

TEST(Container, IsReadFromWhatDockerPrints) {
  const auto all = parse_containers(inspected).value();
  ASSERT_EQ(all.size(), 1U);
  const Container expected{.name = "pms_backend-green_1",
                           .service = "backend-green",
                           .image = "pms-backend:v2",
                           .image_id = "sha256:e856",
                           .status = "running",
                           .health = "unhealthy",
                           .complaint = "no answer",
                           .version = "v2",
                           .git_sha = "def5678",
                           .address = "172.18.0.2",
                           .port = 8080};
  EXPECT_EQ(all[0], expected);
  EXPECT_FALSE(all[0].up());
}

TEST(Container, StrangeTextIsNoCrash) {
  EXPECT_EQ(parse_containers("{}").error().what,
            "docker inspect printed what is no list of containers.");
  EXPECT_FALSE(parse_containers(""));
  EXPECT_EQ(parse_containers(R"([1, {"State": [], "Config": {"Env": [1, "VERSION"]}}])")->size(),
            2U);
  EXPECT_EQ(parse_digests("[[]]").size(), 0U);
}

TEST(Container, OneOfAnotherVersionIsNotTheCandidate) {
  Container one{.name = "c", .image = "pms:v2", .status = "running", .version = "v1"};
  EXPECT_EQ(against(one, "v2"),
            (Failure{ExitCode::failed, "c has VERSION=v1 in its environment, not v2.",
                     "Pass the variable of its image's tag on as VERSION under \"environment:\" in "
                     "the compose file."}));
  one.version = "";
  EXPECT_EQ(against(one, "v2"), std::nullopt);
  one.image = "pms:v1";
  EXPECT_EQ(against(one, "v2"),
            (Failure{ExitCode::failed, "c runs the image pms:v1, not the tag v2."}));
}

TEST(Container, OneThatDoesNotComeUpSaysWhy) {
  const auto why = [](Container one) {
    one.name = "c";
    one.image = "pms:v2";
    const auto found = against(one, "v2");
    return found ? found->what : "";
  };
  EXPECT_EQ(why({.status = "exited", .exit_code = 137, .out_of_memory = true}),
            "c does not come up: exited with status 137 (out of memory).");
  EXPECT_EQ(why({.status = "created", .error = "port is already allocated"}),
            "c does not come up: created: port is already allocated.");
  EXPECT_EQ(why({.status = "running", .health = "unhealthy", .complaint = "no answer"}),
            "c does not come up: running unhealthy: no answer.");
  EXPECT_EQ(why({.status = "restarting", .restarts = 3}),
            "c does not come up: restarting, 3 restarts.");
  EXPECT_EQ(why({.status = "restarting", .restarts = 2}), "");
  EXPECT_EQ(why({.status = "running", .health = "starting"}), "");
  EXPECT_EQ(why({.status = "created"}), "");
}

TEST(Container, DigestsAreThoseOfTheRegistryOrTheImages) {
  const auto digests = parse_digests(R"([
    {"Id": "sha256:1", "RepoTags": ["a:v1"], "RepoDigests": ["r/a@sha256:9"]},
    {"Id": "sha256:2", "RepoTags": ["b:v1", "b:v2"], "RepoDigests": []}])");
  const std::map<std::string, std::string> expected{{"sha256:1", "sha256:9"},
                                                    {"a:v1", "sha256:9"},
                                                    {"sha256:2", "sha256:2"},
                                                    {"b:v1", "sha256:2"},
                                                    {"b:v2", "sha256:2"}};
  EXPECT_EQ(digests, expected);
}

TEST(Container, ImagesAreReadFromComposeOfBothGenerations) {
  const std::map<std::string, std::string> expected{{"backend-blue", "pms-backend:v1"},
                                                    {"backend-green", "r.test:5000/pms:v2"}};
  EXPECT_EQ(parse_images("networks:\n  x: {}\nservices:\n  backend-blue:\n    environment:\n"
                         "      image: no\n    image: pms-backend:v1\n  backend-green:\n"
                         "    image: 'r.test:5000/pms:v2'\n  bare:\n    build: .\nversion: '2.4'\n"
                         "volumes:\n  y:\n    image: no\n"),
            expected);
  EXPECT_EQ(parse_images("name: pms\nservices:\n  backend-blue:\n    image: pms-backend:v1\n"
                         "  backend-green:\n    image: \"r.test:5000/pms:v2\"\n    networks:\n"
                         "      default: null\nnetworks:\n  default:\n    name: pms_default\n"),
            expected);
}

TEST(Container, TagsAreNotPorts) {
  EXPECT_EQ(tag_of("pms:v1"), "v1");
  EXPECT_EQ(tag_of("r.test:5000/pms"), "");
  EXPECT_EQ(tag_of("r.test:5000/pms:v1@sha256:12"), "v1");
  EXPECT_TRUE(is_tag("v20240101-abc1234"));
  for (const char* none : {"", "-v", ".v", "a b", "a/b", "$(x)"}) EXPECT_FALSE(is_tag(none));
}

TEST(Container, LinesOfALogHaveTheirTime) {
  const auto lines = parse_log(
      "2024-01-01T10:00:00.250999999Z listening on 8080\nnoise\n"
      "2024-01-01T10:00:01Z \r\n2024-13-01T10:00:01Z x\n",
      "c");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at, WallTime{std::chrono::milliseconds{1'704'103'200'250}});
  EXPECT_EQ(lines[0].text, "listening on 8080");
  EXPECT_EQ(lines[1].text, "");
}

}  // namespace
}  // namespace sy::control::platform
