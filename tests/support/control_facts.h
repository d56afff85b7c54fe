// An environment as facts, for tests of what is judged by them and shown: two services, v1 live in
// blue and recorded so, green idle.
#pragma once
#include "control/facts/facts.h"
#include "support/control_world.h"

namespace sy::testing {

inline constexpr auto v1 = "v20240101-abc1234";
inline constexpr auto v2 = "v20240108-def5678";
inline constexpr auto ten = WallTime{std::chrono::milliseconds{1'704'103'200'000}};  // 10:00 UTC

inline api::GateView gate_of(const std::string& service, Color color, const std::string& url,
                             const std::string& version) {
  api::GateView gate;
  gate.service = service;
  gate.color = color;
  gate.url = url;
  gate.open = true;
  gate.reason = "200";
  gate.since = ten;
  gate.identity.version = version;
  return gate;
}

inline ct::ProxyFacts proxy_facts(const std::string& url) {
  api::StatusView status{.app = "pms", .environment = "staging", .phase = "steady"};
  status.generation = 7;
  status.since = ten;
  status.verdict.kind = "none";
  status.colors.blue = {.version = v1, .open = true, .weight = 10'000, .effective = 10'000};
  status.colors.blue.verdict = "good";
  status.colors.green.why = "no endpoint";
  status.gates = {gate_of("backend", Color::blue, "http://10.0.0.1:8080", v1),
                  gate_of("frontend", Color::blue, "http://10.0.0.2:8080", v1)};
  return {url, status};
}

inline ct::platform::Running running_of(const std::string& service, const std::string& version,
                                        const std::string& url) {
  ct::platform::Task task;
  task.id = "task-" + service;
  task.url = url;
  task.state = "RUNNING HEALTHY";
  task.version = version;
  task.up = true;
  ct::platform::Running running;
  running.exists = true;
  running.desired = running.running = 1;
  running.definition = "pms-" + service + "-staging:12";
  running.digest = "sha256:" + service;
  running.version = version;
  running.state = "steady";
  running.tasks = {task};
  return running;
}

inline ct::records::Release release_of(const std::string& version, Color color) {
  ct::records::Release release;
  release.version = version;
  release.git_sha = version.substr(10);
  release.deployed_at = ten - std::chrono::hours{24};
  release.by = "arn:aws:iam::123456789012:user/ci";
  release.color = color;
  release.services["backend"] = {"pms-backend-staging:12", "sha256:backend", 1};
  release.services["frontend"] = {"pms-frontend-staging:12", "sha256:frontend", 1};
  return release;
}

inline ct::records::Record record_of(const std::string& version, Color color) {
  ct::records::Record record;
  record.epoch = 12;
  record.env = "staging";
  record.op = "deploy";
  record.result = "succeeded";
  record.current = release_of(version, color);
  record.recent = {{version,
                    ten - std::chrono::hours{24},
                    "deploy",
                    "succeeded",
                    "arn:aws:iam::123456789012:user/ci",
                    {}}};
  return record;
}

inline ct::records::Claim claim_of(const std::string& op, const std::string& version,
                                   const std::string& step) {
  ct::records::Claim claim;
  claim.epoch = 13;
  claim.nonce = "n";
  claim.owner = "ci";
  claim.host = "runner-1";
  claim.op = op;
  claim.version = version;
  claim.phase = step;
  claim.since = claim.heartbeat = ten - std::chrono::minutes{8};
  return claim;
}

inline ct::Facts quiet_facts() {
  ct::Facts facts;
  facts.environment = "staging";
  facts.now = ten;
  facts.platform = "ecs";
  facts.record_at = "SSM /pms/staging/deployment-metadata";
  facts.seen = ct::records::Seen{record_of(v1, Color::blue), {}};
  facts.caller = ct::platform::Caller{"arn:aws:iam::123456789012:user/ci", "123456789012", {}};
  ct::platform::Running idle;
  idle.exists = true;
  idle.state = "steady";
  ct::platform::Observation observation;
  observation["backend"] = {running_of("backend", v1, "http://10.0.0.1:8080"), idle};
  observation["frontend"] = {running_of("frontend", v1, "http://10.0.0.2:8080"), idle};
  facts.observation = observation;
  facts.proxies = {proxy_facts("http://127.0.0.1:9900")};
  return facts;
}

// The parts of facts that tests change.
inline ct::platform::Running& running_in(ct::Facts& facts, const std::string& service,
                                         Color color) {
  return (**facts.observation)[service][color];
}
inline api::StatusView& status_in(ct::Facts& facts) { return *facts.proxies.front().status; }

}  // namespace sy::testing
