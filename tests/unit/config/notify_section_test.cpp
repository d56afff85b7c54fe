#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "unit/config/support.h"

namespace sy::config {
namespace {

using notify::Kind;
using notify::Target;

TEST(NotifySection, TellsWhomOfWhat) {
  const Loaded loaded = parse(one_service + R"(notify:
  - {name: deployments, url: "https://Hooks.test/a?b=c", secret: "0123456789abcdef"}
  - {name: chat, kind: slack, url_file: /run/secrets/chat, events: [reverted, completed]}
)");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  Target deployments;
  deployments.name = "deployments";
  deployments.url = "https://hooks.test:443/a?b=c";
  deployments.secret = "0123456789abcdef";
  Target chat;
  chat.name = "chat";
  chat.kind = Kind::slack;
  chat.url_file = "/run/secrets/chat";
  chat.events = {"reverted", "completed"};
  EXPECT_EQ(loaded.config.notify.targets, (std::vector<Target>{deployments, chat}));
}

TEST(NotifySection, ProblemsDoNotRepeatSecrets) {
  EXPECT_EQ(problems_after_service(R"(notify:
  - {name: a, url: "ftp://hidden/x", secret: hidden}
  - {name: a, url: "https://me:hidden@a.test/", secret_file: ""}
  - {name: c, url: "http://a.test/hidden#x", kind: slack, secret: hidden-hidden-hidden}
  - {name: d, url: "http://hidden .test/", kind: slack}
)"),
            (Lines{
                "switchyard.yaml:3:20: notify[0].url: must be a url such as "
                "https://hooks.example.com/switchyard",
                "switchyard.yaml:3:46: notify[0].secret: must be 16 to 1024 bytes",
                "switchyard.yaml:4:12: notify[1].name: is the name of another one too",
                "switchyard.yaml:4:20: notify[1].url: must not have a user or a password",
                "switchyard.yaml:4:62: notify[1].secret_file: must not be empty",
                "switchyard.yaml:5:20: notify[2].url: must not have a fragment",
                "switchyard.yaml:5:67: notify[2].secret: is of no use to slack: its url is the "
                "secret",
                "switchyard.yaml:6:20: notify[3].url: must be a url such as "
                "https://hooks.example.com/switchyard",
            }));
}

TEST(NotifySection, WhatIsMissingIsNamed) {
  EXPECT_EQ(problems_after_service(R"(notify:
  - {}
  - {name: b, url: "http://a", url_file: f, secret: 0123456789abcdef, secret_file: f}
  - {name: c, kind: slack, url: "http://a", events: []}
  - {name: d, kind: slack, url: "http://a", events: [rebooted]}
  - {name: e, kind: email, url: "http://a"}
)"),
            (Lines{
                "switchyard.yaml:3:5: notify[0].name: is required",
                "switchyard.yaml:3:5: notify[0].url: is required",
                "switchyard.yaml:3:5: notify[0].secret: is required: it signs what is sent",
                "switchyard.yaml:4:42: notify[1].url_file: stands beside url: give one of them",
                "switchyard.yaml:4:84: notify[1].secret_file: stands beside secret: give one of "
                "them",
                "switchyard.yaml:5:53: notify[2].events: must name at least one event",
                "switchyard.yaml:6:54: notify[3].events[0]: must be one of started, held, "
                "approval, approved, reverted, completed, aborted, inconclusive, "
                "version_mismatch, shared_dependency",
                "switchyard.yaml:7:21: notify[4].kind: must be one of json, slack",
            }));
}

struct Files : ::testing::Test {
  std::filesystem::path folder;
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sy-notify-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream{folder / name} << text;
    return (folder / name).string();
  }
  Loaded load(const std::string& notify) {
    return load_proxy_config(write("c.yaml", one_service + "notify:\n" + notify),
                             environment_of({}));
  }
};

TEST_F(Files, HoldAUrlOrASecretOnTheirFirstLine) {
  const std::string url = write("url", "https://a.test/x\r\n");
  const std::string secret = write("secret", "0123456789abcdef\nmore\n");
  const Loaded loaded = load("  - {name: a, url_file: " + url + ", secret_file: " + secret + "}\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.notify.targets.at(0).url, "https://a.test:443/x");
  EXPECT_EQ(loaded.config.notify.targets.at(0).secret, "0123456789abcdef");
}

TEST_F(Files, WithSomethingElseAreProblemsThatDoNotRepeatIt) {
  const std::string file = write("url", "hidden\n");
  const Loaded loaded = load("  - {name: a, url_file: " + file + ", secret_file: " + file + "}\n" +
                             "  - {name: b, kind: slack, url_file: /nonexistent/url}\n");
  ASSERT_EQ(loaded.problems.size(), 2U);
  EXPECT_EQ(loaded.problems[0].key, "notify[0].url_file");
  EXPECT_EQ(loaded.problems[0].what,
            "its first line must be a url such as https://hooks.example.com/switchyard");
  EXPECT_EQ(loaded.problems[1].key, "notify[0].secret_file");
  EXPECT_EQ(loaded.problems[1].what, "its first line must be 16 to 1024 bytes");
  const auto unreadable = check_files(loaded);
  ASSERT_EQ(unreadable.size(), 1U);
  EXPECT_EQ(unreadable[0].key, "notify[1].url_file");
}

}  // namespace
}  // namespace sy::config
