#include "config/control_config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "api/message.h"
#include "unit/config/support.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;

LoadedControl parse_control(const std::string& text,
                            std::map<std::string, std::string> variables = {},
                            const std::string& file = "switchctl.yaml") {
  return parse_control_config(text, file, environment_of(std::move(variables)));
}

Lines problems_of(const std::string& text, std::map<std::string, std::string> variables = {}) {
  return lines(parse_control(text, std::move(variables)).problems);
}

// The keys of one environment named "a", from line 2 on.
Lines problems_in(const std::string& keys) {
  return problems_of("environments: {a: {proxies: [\"http://127.0.0.1:9900\"],\n" + keys + "}}\n");
}

ControlEnvironment only(const LoadedControl& loaded) {
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.environments.size(), 1U);
  return loaded.config.environments.empty() ? ControlEnvironment{}
                                            : loaded.config.environments.begin()->second;
}

const std::string staging_yaml = R"(app: pms
services:
  backend:  {image: "${ECR_REGISTRY:-}/{app}-{service}", health: /healthz, version_field: version, port: 8080, container: app}
  frontend: {image: "pms/{service}", health: /health}
environments:
  staging:
    platform: ecs
    proxies: [https://edge.staging.internal:9900, "https://[::1]:9900"]
    ca: edge-ca.pem
    token: ${STAGING_TOKEN}
    traffic: https://staging.pms.example.com
    traffic_ca: /etc/ca.pem
    preview_token: ${PREVIEW}
    endpoints: push
    plan: canary
    approval: {before: 50, timeout: 8h}
    smoke:
      checks: [{path: "/api/version?full=1", status: 204, contains: '{"version":"{version}"}', host: pms.example.com, method: HEAD, timeout: 1s}]
      programs: [{run: [./smoke.sh, -v, -v], timeout: 1m}, {run: [curl]}]
    health: {for: 30s, interval: 1s, failures: 0}
    start_timeout: 1m
    gate_timeout: 2m
    keep_warm: 0s
    idle_tasks: 1
    ecs: {cluster: "x-{env}", region: eu-central-1, expect_account: "123456789012", fips: true, failed_tasks: 1, poll: 1s, endpoint_url: "http://127.0.0.1:4566"}
    record: {path: "/x/{app}/{env}", kms_key_id: alias/a}
    notify: [{name: ops, url: "https://a.test/b", secret: 0123456789abcdef}, {name: chat, kind: slack, url: "https://b.test/c"}]
)";

TEST(ControlConfig, TheShapeOfTheDesignIsRead) {
  const auto loaded = parse_control(staging_yaml, {{"STAGING_TOKEN", "t0"}, {"PREVIEW", "p0"}},
                                    "/etc/sc/switchctl.yaml");
  const auto staging = only(loaded);
  ControlEnvironment expected;
  expected.app = "pms";
  expected.name = "staging";
  expected.platform = PlatformKind::ecs;
  expected.services["backend"] = {.image = "/{app}-{service}",
                                  .container = "app",
                                  .health_path = "/healthz",
                                  .version_field = "version",
                                  .port = 8080};
  expected.services["frontend"] = {.image = "pms/{service}", .health_path = "/health"};
  expected.ecs.cluster = "x-{env}";
  expected.ecs.region = "eu-central-1";
  expected.ecs.expect_account = "123456789012";
  expected.ecs.endpoint_url = "http://127.0.0.1:4566";
  expected.ecs.fips = true;
  expected.ecs.failed_tasks_max = 1;
  expected.ecs.poll = 1s;
  expected.compose.file = "/etc/sc/docker-compose.yml";
  expected.edge.urls = {"https://edge.staging.internal:9900", "https://[::1]:9900"};
  expected.edge.token = "t0";
  expected.edge.ca = "/etc/sc/edge-ca.pem";
  expected.edge.traffic = "https://staging.pms.example.com:443";
  expected.edge.traffic_ca = "/etc/ca.pem";
  expected.edge.preview_token = "p0";
  expected.edge.push = true;
  expected.records = {.path = "/x/pms/staging", .kms_key_id = "alias/a"};
  expected.deploy.plan = "canary";
  expected.deploy.approval = {.before = 5'000, .timeout = 8h};
  expected.deploy.smoke.checks = {{.method = "HEAD",
                                   .path = "/api/version?full=1",
                                   .host = "pms.example.com",
                                   .status = 204,
                                   .contains = "{\"version\":\"{version}\"}",
                                   .timeout = 1s}};
  expected.deploy.smoke.programs = {{{"/etc/sc/smoke.sh", "-v", "-v"}, 1min}, {{"curl"}, 5min}};
  expected.deploy.health = {.for_ = 30s, .interval = 1s, .failures_max = 0};
  expected.deploy.start_timeout = 1min;
  expected.deploy.gate_timeout = 2min;
  expected.deploy.keep_warm = 0s;
  expected.deploy.idle_tasks = 1;
  expected.deploy.notify = {
      {.name = "ops", .url = "https://a.test:443/b", .secret = "0123456789abcdef"},
      {.name = "chat", .url = "https://b.test:443/c", .slack = true}};
  EXPECT_EQ(staging, expected);
}

TEST(ControlConfig, EveryProblemIsToldAtOnceAndWhere) {
  EXPECT_EQ(problems_of(R"(ap: pms
services: {Web: {}, web: {image: "a/b:latest", heath: /x, port: 70000}}
environments:
  staging:
    platform: k8s
    proxies: [edge:9900, "dns://edge:9900"]
    tokn: x
    keep_warm: 15
    ecs: {cluster: "{ap}-{env}", expect_account: "12", region: "US EAST"}
    record: {path: "pms"}
  production: {}
)"),
            (Lines{
                "switchctl.yaml:1:1: ap: unknown key, did you mean \"app\"?",
                "switchctl.yaml:2:12: services.Web: the name must be 1 to 40 of a-z, 0-9 and -, "
                "got \"Web\"",
                "switchctl.yaml:2:34: services.web.image: must not have a tag or a digest: the "
                "version is the tag, got \"a/b:latest\"",
                "switchctl.yaml:2:48: services.web.heath: unknown key, did you mean \"health\"?",
                "switchctl.yaml:2:65: services.web.port: must be between 0 and 65535, got 70000",
                "switchctl.yaml:5:15: environments.staging.platform: must be one of ecs, compose, "
                "static",
                "switchctl.yaml:6:15: environments.staging.proxies[0]: must be a url such as "
                "https://edge.example.com:9900, got \"edge:9900\"",
                "switchctl.yaml:6:26: environments.staging.proxies[1]: must be a url such as "
                "https://edge.example.com:9900, got \"dns://edge:9900\"",
                "switchctl.yaml:7:5: environments.staging.tokn: unknown key, did you mean "
                "\"token\"?",
                "switchctl.yaml:8:16: environments.staging.keep_warm: needs a unit (ms, s, m, h or "
                "d), got \"15\"",
                "switchctl.yaml:9:20: environments.staging.ecs.cluster: holds \"{ap}\"; what is "
                "filled in is {app} and {env}",
                "switchctl.yaml:9:50: environments.staging.ecs.expect_account: must be the 12 "
                "digits of an AWS account (in quotes), got \"12\"",
                "switchctl.yaml:9:64: environments.staging.ecs.region: must be a region such as "
                "us-east-1, got \"US EAST\"",
                "switchctl.yaml:10:20: environments.staging.record.path: must be a path such as "
                "/{app}/{env}, got \"pms\"",
                "switchctl.yaml:11:15: environments.production.proxies: is required",
            }));
  EXPECT_EQ(problems_of(""), Lines{"switchctl.yaml:1:1: environments: is required"});
  EXPECT_EQ(problems_of("environments: {}"),
            Lines{"switchctl.yaml:1:15: environments: must name at least one"});
}

TEST(ControlConfig, WhatExcludesEachOtherIsNamed) {
  EXPECT_EQ(problems_in("token: x, token_file: f"),
            Lines{"switchctl.yaml:2:23: environments.a.token_file: stands beside token: give one "
                  "of them"});
  EXPECT_EQ(problems_in("record: {file: f, path: /a, kms_key_id: k}"),
            (Lines{"switchctl.yaml:2:16: environments.a.record.file: stands beside path: give one "
                   "of them",
                   "switchctl.yaml:2:41: environments.a.record.kms_key_id: is of no use to a file: "
                   "it is for SSM"}));
  EXPECT_EQ(problems_in("ecs: {region: us-east-1}"),
            Lines{"switchctl.yaml:2:6: environments.a.ecs: is of no use here: it is for platform "
                  "ecs, or for a record in SSM (record.path)"});
  EXPECT_EQ(problems_in("ecs: {region: us-east-1}, record: {path: /a/b}"), Lines{});
  EXPECT_EQ(problems_in("compose: {file: a}"),
            Lines{"switchctl.yaml:2:10: environments.a.compose: is of no use here: it is for "
                  "platform compose"});
  EXPECT_EQ(problems_in("endpoints: push"),
            Lines{"switchctl.yaml:2:12: environments.a.endpoints: push needs platform ecs or "
                  "compose: a static one has no tasks to tell of"});
  EXPECT_EQ(problems_in("platform: ecs"),
            Lines{"switchctl.yaml:2:11: environments.a.platform: needs services, at the top of the "
                  "file: what is to be started?"});
  EXPECT_EQ(problems_in("plan: {holds: [{percent: 100, for: 1s}], approval: {}}, approval: {}"),
            Lines{"switchctl.yaml:2:67: environments.a.approval: stands beside plan.approval: give "
                  "one of them"});
  EXPECT_EQ(problems_in("smoke: {checks: [{path: /}]}"),
            Lines{"switchctl.yaml:2:17: environments.a.smoke.checks: need traffic: where are "
                  "clients answered?"});
}

TEST(ControlConfig, PlaceholdersAreThoseThatAreFilledIn) {
  EXPECT_EQ(problems_in("traffic: \"http://a\", smoke: {checks: [{path: \"/{versoin}\", contains: "
                        "\"{git_sha}{service}\"}], programs: [{run: [\"\"]}]}"),
            (Lines{"switchctl.yaml:2:46: environments.a.smoke.checks[0].path: holds "
                   "\"{versoin}\"; what is filled in is {version}, {git_sha}, {environment} and "
                   "{color}",
                   "switchctl.yaml:2:70: environments.a.smoke.checks[0].contains: holds "
                   "\"{service}\"; what is filled in is {version}, {git_sha}, {environment} and "
                   "{color}",
                   "switchctl.yaml:2:111: environments.a.smoke.programs[0].run: must name a "
                   "program"}));
  const std::string start =
      "services: {web: {}}\nenvironments: {a: {platform: compose, proxies: "
      "[\"http://127.0.0.1\"], ";
  EXPECT_EQ(problems_of(start + "compose: {service: web, variable: V}}}"),
            (Lines{"switchctl.yaml:2:89: environments.a.compose.service: must hold {service}, or "
                   "all services would be the same",
                   "switchctl.yaml:2:104: environments.a.compose.variable: must hold {COLOR}, or "
                   "blue and green would be the same"}));
}

TEST(ControlConfig, ATokenIsNotSentInTheClearToOthers) {
  const std::string text =
      "environments: {a: {proxies: [\"http://10.0.0.1:9900\"], token: \"${T:-}\"}}";
  EXPECT_EQ(problems_of(text), Lines{});
  const Lines refused{
      "switchctl.yaml:1:29: environments.a.proxies: http://10.0.0.1:9900 is neither https nor "
      "loopback, and the token would be overheard (or insecure: true)"};
  EXPECT_EQ(problems_of(text, {{"T", "secret"}}), refused);
  EXPECT_EQ(problems_of(text, {{"SWITCHYARD_TOKEN", "secret"}}), refused);
  EXPECT_EQ(problems_of("environments: {a: {proxies: [\"http://10.0.0.1:9900\"], token: x, "
                        "insecure: true}}"),
            Lines{});
  EXPECT_EQ(problems_in("token_file: f"), Lines{});
  EXPECT_TRUE(is_overheard("http://[fd00::1]:9900"));
  EXPECT_TRUE(is_overheard("http://127.0.0.1.example.com:9900"));
  EXPECT_FALSE(is_overheard("http://[::1]:9900"));
  EXPECT_FALSE(is_overheard("http://localhost:9900"));
  EXPECT_FALSE(is_overheard("https://10.0.0.1:9900"));
}

TEST(ControlConfig, TheTokenOfTheEnvironmentComesFirst) {
  const std::string text =
      "environments: {a: {proxies: [\"http://127.0.0.1:9900\"], token_file: f}}";
  auto a = only(parse_control(text, {{"SWITCHYARD_TOKEN", "wins"}}, "/x/switchctl.yaml"));
  EXPECT_EQ(a.edge.token, "wins");
  EXPECT_EQ(a.token_file, "");
  a = only(parse_control(text, {}, "/x/switchctl.yaml"));
  EXPECT_EQ(a.edge.token, "");
  EXPECT_EQ(a.token_file, "/x/f");
}

TEST(ControlConfig, ProblemsDoNotRepeatSecrets) {
  EXPECT_EQ(
      problems_in("token: \"hid den\", preview_token: \"hid\\tden\", notify: [{name: a, url: "
                  "\"ftp://hidden\", secret: hidden}]"),
      (Lines{"switchctl.yaml:2:8: environments.a.token: must be printable characters without "
             "spaces",
             "switchctl.yaml:2:34: environments.a.preview_token: must be printable characters "
             "without spaces",
             "switchctl.yaml:2:70: environments.a.notify[0].url: must be a url such as "
             "https://hooks.example.com/switchyard",
             "switchctl.yaml:2:94: environments.a.notify[0].secret: must be 16 to 1024 "
             "bytes"}));
}

TEST(ControlConfig, APlanOfItsOwnIsWhatTheProxyTakes) {
  const auto a = only(parse_control(
      "environments: {a: {proxies: [\"http://127.0.0.1:9900\"], plan: {holds: [{percent: 0.5, for: "
      "90s}, {percent: 100, for: 300ms, requests: 1}], gate: {timeout: 0s}, when_quiet: revert, "
      "approval: {before: 100, timeout: 1h}}}}"));
  EXPECT_EQ(a.deploy.plan, "");
  EXPECT_EQ(a.deploy.approval, (control::deploy::Approval{10'000, 1h}));
  const auto plan = api::parse_plan(a.deploy.plan_json);
  ASSERT_TRUE(plan) << a.deploy.plan_json;
  ASSERT_EQ(plan->holds.size(), 2U);
  EXPECT_EQ(plan->holds[0].weight, 50);
  EXPECT_EQ(plan->holds[0].at_least, Duration{90s});
  EXPECT_EQ(plan->holds[0].requests, 300U);
  EXPECT_EQ(plan->holds[1].at_least, Duration{300ms});
  EXPECT_EQ(plan->gate_timeout, Duration::zero());
  EXPECT_EQ(plan->approval->before, 10'000);
  EXPECT_EQ(plan->when_quiet, "revert");
  EXPECT_EQ(problems_in("plan: {gate: {timeout: 1m}}"),
            Lines{"switchctl.yaml:2:7: environments.a.plan.holds: is required"});
}

TEST(ControlConfig, RecordsAreFilesWhereNothingSaysOtherwise) {
  const std::string start =
      "app: pms\nservices: {web: {}}\nenvironments: {a: {proxies: "
      "[\"http://127.0.0.1\"], platform: ";
  const auto records = [&](const std::string& rest) {
    return only(parse_control(start + rest + "}}", {}, "/x/switchctl.yaml")).records;
  };
  EXPECT_EQ(records("static").file, "/x/.switchctl/a.sqlite");
  EXPECT_EQ(records("compose").file, "/x/.switchctl/a.sqlite");
  EXPECT_EQ(records("ecs").file, "");
  EXPECT_EQ(records("ecs").path, "/pms/a");
  EXPECT_EQ(records("ecs, record: {file: \"{app}.sqlite\"}").file, "/x/pms.sqlite");
  EXPECT_EQ(records("static, record: {path: \"/{app}/x\"}").file, "");
  EXPECT_EQ(records("static, record: {path: \"/{app}/x\"}").path, "/pms/x");
}

TEST(ControlConfig, ItIsFoundHereOrAtHomeOrNotAtAll) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("sy-control-config-" + std::to_string(::getpid()));
  const auto there = folder / ".config/switchctl";
  std::filesystem::create_directories(there);
  const auto write = [&](const std::filesystem::path& path, const std::string& text, mode_t mode) {
    std::ofstream{path} << text;
    ::chmod(path.c_str(), mode);
  };
  write(there / "switchctl.yaml", "environments: {a: {proxies: [\"http://127.0.0.1\"]}}", 0644);
  const auto home = environment_of({{"HOME", folder.string()}});
  EXPECT_EQ(load_control_config("", home).config.environments.size(), 1U);
  EXPECT_EQ(load_control_config("", environment_of({{"HOME", "/nowhere"}})).file, "");
  EXPECT_EQ(lines(load_control_config("/nowhere/s.yaml", home).problems),
            Lines{"/nowhere/s.yaml: cannot be read: No such file or directory"});

  const std::string secret =
      "environments: {a: {proxies: [\"http://127.0.0.1\"], token: hidden, "
      "preview_token: \"${P:-x}\"}}";
  const std::string file = (folder / "s.yaml").string();
  write(file, secret, 0644);
  EXPECT_EQ(lines(load_control_config(file, home).warnings),
            Lines{file + ":1:19: environments.a.token: is a secret in a file that everybody can "
                         "read: chmod o-r the file, or write a variable, ${NAME}"});
  write(file, secret, 0640);
  EXPECT_EQ(load_control_config(file, home).warnings, std::vector<Problem>{});
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sy::config
