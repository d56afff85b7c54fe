#include "control/args.h"

#include <gtest/gtest.h>

#include <iomanip>
#include <map>
#include <sstream>

#include "control/args_table.h"

namespace sy::control {
namespace {

using Variables = std::map<std::string, std::string>;

Parsed parse(const std::vector<std::string>& words, const Variables& variables = {}) {
  return parse_args(words, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

// The mistake, without "switchctl: " and the end of its line; empty: there is none.
std::string mistake(const std::vector<std::string>& words, const Variables& variables = {}) {
  const Parsed parsed = parse(words, variables);
  EXPECT_EQ(parsed.args.has_value(), parsed.err.empty());
  if (parsed.err.empty()) return "";
  EXPECT_EQ(parsed.status, 2);
  EXPECT_TRUE(parsed.err.starts_with("switchctl: ") && parsed.err.ends_with("\n")) << parsed.err;
  return parsed.err.substr(11, parsed.err.size() - 12);
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

TEST(ControlArgs, SaysWhichBuildItIs) {
  const auto said = parse({"--version"});

  EXPECT_FALSE(said.args);
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.out.rfind("switchctl ", 0), 0U);
  EXPECT_EQ(parse({"status", "--version"}).status, 2);
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

TEST(ControlArgs, ADeployHasItsVersionAndItsFlags) {
  const auto said =
      parse({"deploy", "staging", "v20240101-abc1234", "--plan=linear", "--approve",
             "v20240101-abc1234", "--git-sha", "abc1234", "--committed", "2024-01-08T09:30:00Z",
             "--wait-until", "recorded", "--keep-warm", "0s", "--timeout", "1h30m", "--yes"});

  ASSERT_TRUE(said.args) << said.err;
  EXPECT_EQ(said.args->verb, Verb::deploy);
  EXPECT_EQ(said.args->environment, "staging");
  EXPECT_TRUE(said.args->environment_given);
  EXPECT_EQ(said.args->version, "v20240101-abc1234");
  EXPECT_EQ(said.args->plan, "linear");
  EXPECT_EQ(said.args->approve, "v20240101-abc1234");
  EXPECT_EQ(said.args->git_sha, "abc1234");
  EXPECT_EQ(said.args->committed, "2024-01-08T09:30:00Z");
  EXPECT_EQ(said.args->deploy_until, DeployStage::recorded);
  EXPECT_EQ(said.args->keep_warm, Duration::zero());
  EXPECT_EQ(said.args->at_most, std::chrono::seconds{5'400});
  EXPECT_EQ(said.args->timeout, std::chrono::seconds{30});
  EXPECT_TRUE(said.args->yes);
}

TEST(ControlArgs, TheEnvironmentStandsInForWhatADeployLeavesOut) {
  const Variables variables{{"ENVIRONMENT", "staging"},
                            {"VERSION", "v20240101-abc1234"},
                            {"GIT_SHA", "abc1234"},
                            {"SWITCHYARD_TOKEN", "hidden"},
                            {"SWITCHYARD_PROXY", "http://127.0.0.1:1"}};
  const auto all = parse({"deploy"}, variables);
  ASSERT_TRUE(all.args) << all.err;
  EXPECT_EQ(all.args->environment, "staging");
  EXPECT_EQ(all.args->version, "v20240101-abc1234");
  EXPECT_EQ(all.args->git_sha, "abc1234");
  EXPECT_EQ(all.args->token, "hidden");
  EXPECT_EQ(all.args->proxies, std::vector<std::string>{"http://127.0.0.1:1"});

  const auto said = parse({"deploy", "production", "v20240102-abc1234", "--git-sha", "def5678",
                           "--proxy", "http://127.0.0.1:2"},
                          variables);
  ASSERT_TRUE(said.args) << said.err;
  EXPECT_EQ(said.args->environment, "production");
  EXPECT_EQ(said.args->version, "v20240102-abc1234");
  EXPECT_EQ(said.args->git_sha, "def5678");
  EXPECT_EQ(said.args->proxies, std::vector<std::string>{"http://127.0.0.1:2"});

  EXPECT_EQ(parse({"rollback", "staging"}, variables).args->version, "");
  EXPECT_EQ(mistake({"verify"}, variables),
            "verify needs ENV: switchctl verify ENV, for example switchctl verify staging");
  EXPECT_EQ(mistake({"deploy", "staging"}, {{"VERSION", "latest"}}),
            "\"latest\" is not a version like v20240101-abc1234; --any-version takes any");
  EXPECT_EQ(mistake({"deploy"}, {{"VERSION", "v20240101-abc1234"}}),
            "deploy needs ENV: switchctl deploy ENV VERSION, for example switchctl deploy staging "
            "v20240101-abc1234; ENVIRONMENT and VERSION stand in for what is left out");
  EXPECT_EQ(mistake({"deploy", "a", "v20240101-abc1234"}, {{"GIT_SHA", "HEAD"}}),
            "GIT_SHA must be 7 to 40 hex digits, got \"HEAD\"");
}

TEST(ControlArgs, AVersionHasItsFormUnlessAnyWillDo) {
  for (const char* verb : {"deploy", "rollback", "drill", "diff"}) {
    EXPECT_EQ(mistake({verb, "staging", "1.2"}),
              "\"1.2\" is not a version like v20240101-abc1234; --any-version takes any");
    EXPECT_EQ(mistake({verb, "staging", "1.2", "--any-version"}), "");
    EXPECT_EQ(mistake({verb, "--any-version", "staging", "a/b"}),
              "\"a/b\" cannot be the tag of an image: 1 to 128 letters, digits, _ . and -");
  }
  EXPECT_EQ(mistake({"deploy", "staging", "v20241301-abc1234"}),
            "\"v20241301-abc1234\" is not a version like v20240101-abc1234; --any-version takes "
            "any");
  EXPECT_EQ(mistake({"rollout", "staging", "green", "1.2"}),
            "\"1.2\" is not a version like v20240101-abc1234; --any-version takes any");
  EXPECT_EQ(mistake({"deploy", "staging", "v20240101-abc1234", "--approve", "1"}),
            "\"1\" is not a version like v20240101-abc1234; --any-version takes any");
}

TEST(ControlArgs, ARollbackLists) {
  const auto said = parse({"rollback", "--list", "staging"});
  ASSERT_TRUE(said.args) << said.err;
  EXPECT_EQ(said.args->verb, Verb::versions);
  EXPECT_EQ(said.args->environment, "staging");
  EXPECT_EQ(mistake({"rollback", "--list", "staging", "v20240101-abc1234"}),
            "--list takes no version: switchctl rollback --list staging");
  EXPECT_TRUE(parse({"versions", "staging", "--import"}).args->import_);
  EXPECT_TRUE(parse({"rollback", "staging", "--fast"}).args->fast);
}

TEST(ControlArgs, TasksAreNamedByServiceAndColor) {
  const auto scale = parse({"scale", "staging", "backend", "4", "--color", "green"});
  ASSERT_TRUE(scale.args) << scale.err;
  EXPECT_EQ(scale.args->service, "backend");
  EXPECT_EQ(scale.args->count, 4);
  EXPECT_EQ(scale.args->color, Color::green);
  EXPECT_FALSE(parse({"restart", "staging", "backend"}).args->color);
  const auto logs = parse({"logs", "staging", "backend", "--follow", "--since", "90"});
  ASSERT_TRUE(logs.args) << logs.err;
  EXPECT_TRUE(logs.args->follow);
  EXPECT_EQ(logs.args->since, std::chrono::seconds{90});
  EXPECT_EQ(mistake({"scale", "staging", "backend", "four"}),
            "N must be a whole number from 0 to 1000, got \"four\"");
  EXPECT_EQ(mistake({"scale", "staging", "backend"}),
            "scale needs N: switchctl scale ENV SERVICE N, for example switchctl scale staging "
            "backend 4");
  EXPECT_EQ(mistake({"logs", "staging", "backend", "--color", "red"}),
            "\"red\" is neither blue nor green");
}

TEST(ControlArgs, AMistakeSaysWhatToDo) {
  EXPECT_EQ(mistake({}), "what is to be done? switchctl --help lists the verbs");
  EXPECT_EQ(mistake({"deplyo"}),
            "there is no verb \"deplyo\" (did you mean deploy?): switchctl --help lists them");
  EXPECT_EQ(mistake({"frobnicate"}),
            "there is no verb \"frobnicate\": switchctl --help lists them");
  EXPECT_EQ(mistake({"deploy", "--paln", "x"}),
            "there is no flag --paln (did you mean --plan?): switchctl deploy --help lists them");
  EXPECT_EQ(mistake({"--jsno", "status"}),
            "there is no flag --jsno (did you mean --json?): switchctl --help lists them");
  EXPECT_EQ(mistake({"status", "--fast"}), "--fast is a flag of rollback, not of status");
  EXPECT_EQ(mistake({"--fast", "rollback", "staging"}),
            "--fast comes after its verb: switchctl VERB --fast");
  EXPECT_EQ(mistake({"status", "--timeout"}), "--timeout needs a value: --timeout DURATION");
  EXPECT_EQ(mistake({"status", "--reason", "--json"}), "--reason needs a value: --reason TEXT");
  EXPECT_EQ(mistake({"status", "--json=yes"}), "--json takes no value");
  EXPECT_EQ(mistake({"status", "--reason", "a", "--reason", "b"}), "--reason is given twice");
  EXPECT_EQ(mistake({"status", "--reason="}), "--reason must not be empty");
  EXPECT_EQ(mistake({"pause", "staging", "please"}),
            "pause takes no \"please\": switchctl pause ENV");
  EXPECT_EQ(mistake({"status", "--timeout", "soon"}),
            "--timeout must be a duration such as 90s, 10m or 1h30m, got \"soon\"");
  EXPECT_EQ(mistake({"status", "--timeout", "0"}), "--timeout must be from 1s to 30d, got \"0\"");
  EXPECT_EQ(mistake({"maintenance", "staging", "maybe"}), "\"maybe\" is neither on nor off");
  EXPECT_EQ(mistake({"status", "--proxy", "proxy:9900"}),
            "--proxy must be a url like http://127.0.0.1:9900, got \"proxy:9900\"");
  EXPECT_EQ(mistake({"completion", "csh"}),
            "bash|zsh|fish must be one of bash, zsh, fish, got \"csh\"");
  EXPECT_EQ(mistake({"deploy", "a", "v20240101-abc1234", "--wait-until", "lunch"}),
            "--wait-until must be one of started, gate, rollout, recorded, done, got \"lunch\"");
  EXPECT_EQ(mistake({"rollout", "a", "green", "--committed", "noon"}),
            "--committed must be a time like 2024-01-01T10:00:00Z, got \"noon\"");
}

TEST(ControlArgs, WhatAMistakeRepeatsIsSafeToPrint) {
  EXPECT_EQ(mistake({"\x1b[2Jdeploy"}),
            "there is no verb \"?[2Jdeploy\": switchctl --help lists them");
  EXPECT_EQ(mistake({"status", "--\nfatal"}),
            "there is no flag --?fatal: switchctl status --help lists them");
}

TEST(ControlArgs, EveryVerbHasItsHelp) {
  for (const auto& entry : verb_table()) {
    const auto help = parse({std::string{entry.name}, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_TRUE(help.out.starts_with(std::string{entry.summary} + ".\n\nusage: switchctl " +
                                     std::string{entry.name}))
        << help.out;
    std::vector<std::string> example;
    std::istringstream words{std::string{entry.example}};
    for (std::string word; words >> std::quoted(word);) example.push_back(word);
    EXPECT_EQ(mistake(example), "") << entry.example;
  }
  std::istringstream lines{parse({"-h"}).out};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(ControlArgs, WhatFollowsTwoDashesIsNoFlag) {
  EXPECT_EQ(parse({"upstreams", "a", "green", "--", "--odd=http://a"}).args->words,
            (std::vector<std::string>{"green", "--odd=http://a"}));
}

}  // namespace
}  // namespace sy::control
