#include "args.h"

#include <gtest/gtest.h>

#include <sstream>

namespace sy::control {
namespace {

struct Said {
  std::optional<Args> args;
  int status = 0;
  std::string out;
  std::string err;
};

Said parse(std::vector<const char*> words) {
  words.insert(words.begin(), "switchctl");
  std::ostringstream out;
  std::ostringstream err;
  Said said;
  said.args = parse_args(static_cast<int>(words.size()), words.data(), out, err, said.status);
  said.out = out.str();
  said.err = err.str();
  return said;
}

TEST(ControlArgs, AVerbTakesAnEnvironmentAndItsWords) {
  const auto said = parse({"weights", "production", "green=10", "--reason", "canary", "--dry-run"});

  ASSERT_TRUE(said.args) << said.err;
  EXPECT_EQ(said.args->verb, Verb::weights);
  EXPECT_EQ(said.args->environment, "production");
  EXPECT_EQ(said.args->words, std::vector<std::string>{"green=10"});
  EXPECT_EQ(said.args->reason, "canary");
  EXPECT_TRUE(said.args->dry_run);
}

TEST(ControlArgs, StatusNeedsNoEnvironment) {
  const auto said = parse({"status", "--json", "--timeout", "5"});

  ASSERT_TRUE(said.args) << said.err;
  EXPECT_EQ(said.args->environment, "local");
  EXPECT_TRUE(said.args->json);
  EXPECT_EQ(said.args->timeout, std::chrono::seconds{5});
}

TEST(ControlArgs, GeneralFlagsMayComeFirst) {
  const auto said = parse({"--force", "switch", "local", "green"});

  ASSERT_TRUE(said.args) << said.err;
  EXPECT_TRUE(said.args->force);
}

TEST(ControlArgs, AMistakeIsStatus2AndNamesTheFlag) {
  const auto said = parse({"status", "--jsno"});

  EXPECT_EQ(said.status, 2);
  EXPECT_NE(said.err.find("--jsno"), std::string::npos) << said.err;
  EXPECT_EQ(parse({}).status, 2);
  EXPECT_EQ(parse({"weights"}).status, 2);
  EXPECT_EQ(parse({"weights", "local"}).status, 2);
  EXPECT_EQ(parse({"status", "--timeout", "0"}).status, 2);
}

TEST(ControlArgs, HelpIsStatus0OnStandardOutput) {
  const auto said = parse({"--help"});

  EXPECT_FALSE(said.args);
  EXPECT_EQ(said.status, 0);
  EXPECT_NE(said.out.find("rollback"), std::string::npos);
}

TEST(ControlArgs, ARolloutHasItsPlanItsTimeAndItsStage) {
  const auto said =
      parse({"rollout", "local", "green", "v20240108-def5678", "--plan", "linear", "--committed",
             "2024-01-08T09:30:00Z", "--wait-until", "baking", "--timeout", "3600"});

  ASSERT_TRUE(said.args) << said.err;
  EXPECT_EQ(said.args->verb, Verb::rollout);
  EXPECT_EQ(said.args->words, (std::vector<std::string>{"green", "v20240108-def5678"}));
  EXPECT_EQ(said.args->plan, "linear");
  EXPECT_EQ(said.args->committed, "2024-01-08T09:30:00Z");
  EXPECT_EQ(said.args->wait_until, Stage::baking);
  EXPECT_EQ(said.args->at_most, std::chrono::seconds{3'600});
  EXPECT_EQ(said.args->timeout, std::chrono::seconds{30});
  EXPECT_FALSE(parse({"rollout", "local", "green"}).args->at_most);
  EXPECT_EQ(parse({"rollout", "local", "green", "--wait-until", "lunch"}).status, 2);
}

TEST(ControlArgs, ARolloutIsSteeredByOneWord) {
  EXPECT_EQ(parse({"promote", "local"}).args->verb, Verb::promote);
  EXPECT_EQ(parse({"approve", "local", "v20240108-def5678"}).args->words.front(),
            "v20240108-def5678");
  EXPECT_EQ(parse({"approve", "local"}).status, 2);
  EXPECT_EQ(parse({"pause", "local", "--reason", "lunch"}).args->reason, "lunch");
  EXPECT_EQ(parse({"resume", "local"}).args->verb, Verb::resume);
  EXPECT_EQ(parse({"abort", "local"}).args->verb, Verb::abort);
  EXPECT_EQ(parse({"watch"}).args->verb, Verb::watch);
}

TEST(ControlArgs, WhatIsNotBuiltYetSaysSo) {
  EXPECT_EQ(parse({"deploy", "production", "v20240101-abc1234"}).err,
            "switchctl: deploy is not built yet\n");
  EXPECT_EQ(parse({"deploy"}).status, 2);
  EXPECT_EQ(parse({"rollback", "local", "v20240101-abc1234"}).status, 2);
}

}  // namespace
}  // namespace sy::control
