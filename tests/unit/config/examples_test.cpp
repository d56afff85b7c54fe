#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "config/control_sections.h"
#include "config/sections.h"
#include "unit/config/support.h"

namespace sy::config {
namespace {

namespace json = boost::json;

const std::string folder = SY_CONFIG_FOLDER;

std::string text_of(const std::string& path) {
  std::ifstream file{folder + '/' + path};
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>{file}, {}};
}

Loaded load_example(const std::string& name) {
  const std::string hash(63, 'a');
  return parse_proxy_config(text_of("examples/" + name), name,
                            environment_of({{"CI_TOKEN_SHA256", hash + '1'},
                                            {"APPROVER_TOKEN_SHA256", hash + '2'},
                                            {"PREVIEW_TOKEN_SHA256", hash + '3'},
                                            {"SWITCHYARD_TOKEN_SHA256", hash + '4'},
                                            {"SWITCHYARD_PREVIEW_SHA256", hash + '5'}}));
}

// Takes the "#" away from keys that stand behind one; prose has one space after it.
std::string uncommented(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    at = end + 1;
    const bool prose = line == "#" || (line.starts_with("# ") && !line.starts_with("#  "));
    if (line.starts_with('#') && !prose) line.erase(0, 1);
    out += line + '\n';
  }
  return out;
}

// Lists and single maps are one and the same to this test.
void insert_path(std::set<std::string>& paths, std::string path) {
  for (auto at = path.find("[]"); at != std::string::npos; at = path.find("[]")) path.erase(at, 2);
  if (!path.empty()) paths.insert(path);
}

class SchemaPaths {
 public:
  explicit SchemaPaths(const json::object& root) : root_{root} { walk(root, ""); }
  [[nodiscard]] const std::set<std::string>& paths() const { return paths_; }

 private:
  void walk(const json::object& schema, const std::string& path) {
    insert_path(paths_, path);
    const std::string dot = path.empty() ? "" : path + '.';
    if (const auto* ref = schema.if_contains("$ref")) walk(definition(ref->as_string()), path);
    if (const auto* properties = schema.if_contains("properties")) {
      EXPECT_TRUE(schema.contains("additionalProperties")) << path;
      for (const auto& [key, value] : properties->as_object())
        walk(value.as_object(), dot + std::string{key});
    }
    if (const auto* more = schema.if_contains("additionalProperties"); more && more->is_object()) {
      walk(more->as_object(), dot + '*');
    }
    if (const auto* items = schema.if_contains("items")) walk(items->as_object(), path);
    if (const auto* any = schema.if_contains("anyOf")) {
      for (const auto& one : any->as_array()) walk(one.as_object(), path);
    }
  }
  [[nodiscard]] const json::object& definition(std::string_view ref) const {
    return root_.at("$defs")
        .as_object()
        .at(ref.substr(std::string_view{"#/$defs/"}.size()))
        .as_object();
  }

  const json::object& root_;
  std::set<std::string> paths_;
};

TEST(Examples, EveryKeyOfTheFullExampleIsItsDefault) {
  const Loaded loaded = load_example("switchyard.yaml");
  ASSERT_EQ(lines(loaded.problems), Lines{});
  ASSERT_EQ(loaded.config.director.services.size(), 2U);
  EXPECT_EQ(loaded.config.director.services.at(0).health, health::Options{});
  EXPECT_EQ(loaded.config.director.services.at(0).tunnels, split::TunnelPolicy::keep);
  EXPECT_EQ(loaded.config.director.services.at(0).failure_statuses,
            director::ServiceOptions{}.failure_statuses);

  ProxyConfig expected;
  expected.director.services = loaded.config.director.services;
  EXPECT_EQ(loaded.config, expected);
}

TEST(Examples, EveryKeyOfTheFullExampleIsReadWhenUncommented) {
  const std::string text = uncommented(text_of("examples/switchyard.yaml"));
  const Loaded loaded = parse_proxy_config(text, "switchyard.yaml", environment_of({}));
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.pages.size(), 2U);
  EXPECT_EQ(loaded.config.control.tokens.size(), 1U);
  EXPECT_EQ(loaded.config.notify.targets.size(), 2U);
  const auto plan = loaded.config.director.rollout.plans.at("default");
  EXPECT_EQ(plan.holds, rollout::named_plans().at("canary").holds);
  EXPECT_EQ(plan.gate_timeout, rollout::Plan{}.gate_timeout);
  EXPECT_EQ(plan.approval, rollout::Approval{});
}

TEST(Examples, TheSmallOnesLoad) {
  EXPECT_EQ(lines(load_example("minimal.yaml").problems), Lines{});
  const Loaded edge = load_example("edge-ecs.yaml");
  EXPECT_EQ(lines(edge.problems), Lines{});
  EXPECT_EQ(edge.config.control.tokens.size(), 2U);
  EXPECT_EQ(edge.config.director.environment, "staging");
  const Loaded compose = load_example("compose.yaml");
  EXPECT_EQ(lines(compose.problems), Lines{});
  EXPECT_EQ(compose.config.control.tokens.size(), 1U);
}

TEST(Examples, TheSampleOfTheProductDescriptionLoads) {
  const Loaded loaded = parse(R"(app: pms
environment: ${ENVIRONMENT:-local}
listen:
  - address: 0.0.0.0:8443
    tls: {certificate: /etc/switchyard/tls.pem, key: /etc/switchyard/tls.key}   # SNI: a list
services:
  backend:
    match: {paths: [/api/, /healthz]}      # hosts: [...] too; longest prefix wins
    health: {path: /healthz, interval: 1s, timeout: 800ms, rise: 2, fall: 3, version_field: version}
    blue:  [http://127.0.0.1:9101]
    green: [http://127.0.0.1:9201]
  frontend:
    match: {paths: [/]}
    health: {path: /health}
    blue:  [http://127.0.0.1:9102]
    green: [http://127.0.0.1:9202]
rollout:                                   # the default plan
  holds: [{percent: 1, for: 1m, requests: 300}, {percent: 10, for: 5m}, {percent: 50, for: 5m}, {percent: 100, for: 10m}]
  gate: {timeout: 5m}
  approval: {before: 100, timeout: 24h}    # optional; a timeout reverts
control: {address: 127.0.0.1:9900, tokens: [{name: ci, role: operator, sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}]}
state: {path: /var/lib/switchyard}
)");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  const auto& plan = loaded.config.director.rollout.plans.at("default");
  EXPECT_EQ(plan.holds, rollout::named_plans().at("canary").holds);
  EXPECT_EQ(plan.approval, rollout::Approval{});
  EXPECT_EQ(loaded.config.director.services.at(0).health.version_field, "version");
  EXPECT_EQ(loaded.config.director.services.at(1).health.path, "/health");
}

TEST(Schema, KnowsExactlyTheKeysThatTheReaderAsksFor) {
  const std::string text = uncommented(text_of("examples/switchyard.yaml"));
  Findings findings{"switchyard.yaml"};
  const Node root = parse_document(text, environment_of({}), findings);
  std::ignore = read_proxy_config(Reader{root, findings});  // only what it asks for matters here
  std::set<std::string> asked;
  for (const std::string& path : findings.asked()) {
    if (!path.starts_with("pages.") || path == "pages.*") insert_path(asked, path);
  }

  const json::value schema = json::parse(text_of("schema/switchyard.schema.json"));
  EXPECT_EQ(SchemaPaths{schema.as_object()}.paths(), asked);
}

LoadedControl load_control_example(const std::string& name) {
  return parse_control_config(text_of("examples/" + name), name, environment_of({}));
}

TEST(Examples, EveryKeyOfTheFullSwitchctlExampleIsItsDefault) {
  const LoadedControl loaded = load_control_example("switchctl.yaml");
  ASSERT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(lines(loaded.warnings), Lines{});
  ASSERT_EQ(loaded.config.environments.size(), 3U);
  for (const auto& [name, environment] : loaded.config.environments) {
    ControlEnvironment expected;
    expected.name = name;
    expected.services["backend"] = {};
    expected.services["frontend"] = {.health_path = "/health"};
    expected.platform = environment.platform;
    expected.edge.urls = environment.edge.urls;
    expected.records.path = "/app/" + name;
    if (name != "staging") expected.records.file = ".switchctl/" + name + ".sqlite";
    EXPECT_EQ(environment, expected) << name;
  }
  EXPECT_EQ(loaded.config.environments.at("staging").platform, PlatformKind::ecs);
  EXPECT_EQ(loaded.config.environments.at("rehearsal").platform, PlatformKind::compose);
  EXPECT_EQ(loaded.config.environments.at("local").platform, PlatformKind::static_);
}

TEST(Examples, TheMinimalSwitchctlExampleLoads) {
  const LoadedControl loaded = load_control_example("switchctl-minimal.yaml");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.environments.count("local"), 1U);
}

TEST(Schema, KnowsExactlyTheKeysThatSwitchctlAsksFor) {
  const std::string text = uncommented(text_of("examples/switchctl.yaml"));
  Findings findings{"switchctl.yaml"};
  Findings warnings{"switchctl.yaml"};
  const auto variables = environment_of({});
  const Node root = parse_document(text, variables, findings);
  // Only what it asks for matters here: uncommented, some keys stand beside what excludes them.
  std::ignore = read_control_config(Reader{root, findings}, {"", variables, warnings});
  std::set<std::string> asked;
  for (const std::string& path : findings.asked()) insert_path(asked, path);
  // Asked for only when it is there, and it may not be beside the one outside of the plan.
  for (const char* key : {"", ".before", ".timeout"})
    asked.insert(std::string{"environments.*.plan.approval"} + key);

  const json::value schema = json::parse(text_of("schema/switchctl.schema.json"));
  EXPECT_EQ(SchemaPaths{schema.as_object()}.paths(), asked);
}

TEST(Examples, UncommentedOnlyTwoTokensStandInEachOthersWay) {
  const std::string text = uncommented(text_of("examples/switchctl.yaml"));
  const auto loaded = parse_control_config(text, "switchctl.yaml", environment_of({}));
  ASSERT_EQ(loaded.problems.size(), 1U) << testing::PrintToString(lines(loaded.problems));
  EXPECT_EQ(loaded.problems.front().what, "stands beside token: give one of them");
}

}  // namespace
}  // namespace sy::config
