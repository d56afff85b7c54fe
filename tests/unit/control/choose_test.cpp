#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "control/site.h"
#include "control/static_look.h"

namespace sy::control {
namespace {

using namespace std::chrono_literals;

config::LoadedControl configured(const std::string& text,
                                 const std::string& file = "switchctl.yaml") {
  const auto loaded = config::parse_control_config(
      text, file, [](const std::string&) { return std::optional<std::string>{}; });
  EXPECT_TRUE(loaded.problems.empty());
  return loaded;
}

const std::string three =
    "environments: {staging: {proxies: [\"https://edge.test\"]}, production: {proxies: "
    "[\"https://edge.test\"]}, local: {proxies: [\"http://127.0.0.1:9900\"]}}";

Args args_for(const std::string& environment) {
  return {.environment = environment, .environment_given = true};
}

Failure refused(const config::LoadedControl& all, const Args& args) {
  const auto chosen = choose_environment(all, args);
  EXPECT_FALSE(chosen);
  return chosen ? Failure{} : chosen.error();
}

TEST(Choose, AnUnknownEnvironmentIsToldTheOthers) {
  EXPECT_EQ(refused(configured(three), args_for("prod")),
            (Failure{ExitCode::usage,
                     "there is no environment \"prod\" in switchctl.yaml; it has local, production "
                     "and staging",
                     "Name one of those, or the proxies of another with --proxy URL."}));
  EXPECT_EQ(
      refused({}, args_for("prod")),
      (Failure{ExitCode::usage,
               "there is no environment \"prod\": there is no switchctl.yaml, neither here nor "
               "in ~/.config/switchctl",
               "Write one (config/examples/switchctl.yaml), or name the proxies with --proxy "
               "URL."}));
}

TEST(Choose, WithoutAFileLocalAndDemoAreHere) {
  for (const char* name : {"local", "demo"}) {
    const auto chosen = choose_environment({}, args_for(name));
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->name, name);
    EXPECT_EQ(chosen->platform, config::PlatformKind::static_);
    EXPECT_EQ(chosen->edge.urls, std::vector<std::string>{"http://127.0.0.1:9900"});
    EXPECT_EQ(chosen->records.file, ".switchctl/" + std::string{name} + ".sqlite");
  }
}

TEST(Choose, FlagsAreLaidOverWhatIsConfigured) {
  Args args = args_for("staging");
  args.proxies = {"https://other.test"};
  args.ca = "ca.pem";
  args.token = "t0";
  args.plan = "linear";
  args.keep_warm = 0s;
  const auto chosen = choose_environment(configured(three), args);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->edge.urls, args.proxies);
  EXPECT_EQ(chosen->edge.ca, "ca.pem");
  EXPECT_EQ(chosen->edge.token, "t0");
  EXPECT_EQ(chosen->deploy.plan, "linear");
  EXPECT_EQ(chosen->deploy.keep_warm, 0s);
  args.environment = "elsewhere";
  EXPECT_EQ(choose_environment(configured(three), args)->name, "elsewhere");
}

TEST(Choose, ATokenIsNotSentInTheClear) {
  Args args = args_for("local");
  args.proxies = {"http://10.0.0.1:9900"};
  EXPECT_TRUE(choose_environment({}, args));
  args.token = "hidden";
  EXPECT_EQ(refused({}, args),
            (Failure{ExitCode::usage,
                     "http://10.0.0.1:9900 is neither https nor loopback, and the token would be "
                     "overheard",
                     "Use https, or say insecure: true in switchctl.yaml."}));
}

TEST(Choose, ATokenComesFromTheFirstLineOfItsFile) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("sy-choose-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string file = (folder / "token").string();
  const auto all = configured(
      "environments: {a: {proxies: [\"https://a.test\"], token_file: token}, b: {proxies: "
      "[\"https://b.test\"]}}",
      (folder / "switchctl.yaml").string());
  EXPECT_EQ(
      refused(all, args_for("a")),
      (Failure{ExitCode::usage,
               "environments.a.token_file: " + file + " cannot be read: No such file or directory",
               "Put the token on its first line, or into SWITCHYARD_TOKEN."}));
  EXPECT_TRUE(choose_environment(all, args_for("b")));
  std::ofstream{file} << "t0\r\nmore\n";
  EXPECT_EQ(choose_environment(all, args_for("a"))->edge.token, "t0");
  std::ofstream{file} << "hid den\n";
  EXPECT_EQ(refused(all, args_for("a")).what,
            "environments.a.token_file: the first line of " + file + " is no token");
  std::filesystem::remove_all(folder);
}

TEST(Choose, APlanMayBeAFile) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("sy-choose-plan-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  Args args = args_for("local");
  args.plan = (folder / "plan.json").string();
  EXPECT_EQ(refused({}, args).what, args.plan + " cannot be read");
  std::ofstream{args.plan} << R"({"holds":[{"percent":200,"for":"1m"}]})";
  EXPECT_EQ(refused({}, args).what,
            args.plan + " is not a plan: /holds/0/percent: must be from 0 to 100");
  std::ofstream{args.plan} << R"({"holds":[{"percent":100,"for":"1m"}]})";
  const auto chosen = choose_environment({}, args);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->deploy.plan, "");
  EXPECT_EQ(chosen->deploy.plan_json, R"({"holds":[{"percent":100,"for":"1m"}]})");
  std::filesystem::remove_all(folder);
}

TEST(Choose, WithoutANameItIsAllThatAreConfigured) {
  const auto all = choose_environments(configured(three), {});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ(all->front().name, "local");
  EXPECT_EQ(choose_environments(configured(three), args_for("staging"))->size(), 1U);
  EXPECT_EQ(choose_environments({}, {})->front().name, "local");
}

TEST(StaticLook, AnEndpointIsUpWhenEveryProxyFindsItOpen) {
  api::StatusView one;
  one.gates = {{.service = "web",
                .color = Color::green,
                .url = "http://a",
                .open = true,
                .identity = {.version = "v1"}},
               {.service = "web",
                .color = Color::green,
                .url = "http://b",
                .open = true,
                .identity = {.version = "v1"}}};
  api::StatusView two = one;
  two.gates[1].open = false;
  two.gates[1].reason = "connect refused";

  const auto seen = observed_by({one, two});
  const auto& green = seen.at("web").green;
  EXPECT_TRUE(green.exists);
  EXPECT_EQ(green.desired, 2);
  EXPECT_EQ(green.running, 1);
  EXPECT_EQ(green.version, "v1");
  EXPECT_EQ(green.tasks.at(1).state, "connect refused");
  EXPECT_FALSE(seen.at("web").blue.exists);

  one.gates[1].identity.version = "v2";
  EXPECT_EQ(observed_by({one}).at("web").green.version, "");
  EXPECT_EQ(observed_by({one}).at("web").green.state, "its endpoints report different versions");
}

TEST(Site, WhatNeedsNoAwsAsksForNone) {
  class NoTeller final : public Teller {
    void tell(const Note&) override {}
  } teller;
  class NoPace final : public Pace {
   public:
    [[nodiscard]] Instant now() const override { return {}; }
    [[nodiscard]] WallTime wall() const override { return {}; }
    [[nodiscard]] bool wait(Duration) override { return true; }
    void forgive() override {}
  } pace;
  const config::Environment nothing = [](const std::string&) {
    return std::optional<std::string>{};
  };
  auto chosen = choose_environment({}, args_for("local"));
  ASSERT_TRUE(chosen);
  Site site{std::move(*chosen), {pace, teller, nothing}, 1s};
  EXPECT_EQ(site.name(), "local");
  EXPECT_EQ(site.configured().edge.timeout, 1s);
  EXPECT_EQ(site.platform().value()->name(), "static");
  EXPECT_EQ(site.platform().value(), site.platform().value());
  EXPECT_EQ(site.ledger().value()->where(), ".switchctl/local.sqlite");
  EXPECT_TRUE(site.edge());
}

}  // namespace
}  // namespace sy::control
