#include "demo/demo.h"

namespace sy::demo {
namespace {

constexpr const char* green_version = "v20240115-def5678";

AppOptions options(const char* service, Color color) {
  AppOptions made;
  made.service = service;
  made.color = color;
  made.environment = "demo";
  if (color == Color::green) {
    made.version = green_version;
    made.git_sha = "def5678";
    made.build_time = "2024-01-15T12:00:00Z";
  }
  return made;
}

}  // namespace

Demo::Demo()
    : blue_backend_{options("backend", Color::blue)},
      blue_frontend_{options("frontend", Color::blue)},
      green_backend_{options("backend", Color::green)},
      green_frontend_{options("frontend", Color::green)} {}

std::string Demo::config_yaml(const Ports& ports) const {
  return "app: pms\n"
         "environment: demo\n"
         "listen:\n"
         "  - address: 127.0.0.1:" +
         std::to_string(ports.traffic) +
         "\n"
         "services:\n"
         "  backend:\n"
         "    match: {paths: [/api/, /healthz]}\n"
         "    health: {path: /healthz, interval: 500ms, timeout: 400ms, rise: 2, fall: 2, "
         "version_field: version}\n"
         "    blue: [\"" +
         blue_backend_.url() +
         "\"]\n"
         "    green: [\"" +
         green_backend_.url() +
         "\"]\n"
         "  frontend:\n"
         "    match: {paths: [/]}\n"
         "    health: {path: /health, interval: 500ms, timeout: 400ms, rise: 2, fall: 2}\n"
         "    blue: [\"" +
         blue_frontend_.url() +
         "\"]\n"
         "    green: [\"" +
         green_frontend_.url() +
         "\"]\n"
         "control: {address: 127.0.0.1:" +
         std::to_string(ports.control) +
         "}\n"
         "access_log: \"off\"\n"
         "state: {path: \"" +
         ports.state_path + "\"}\n";
}

std::string Demo::what_to_try(const Ports& ports) const {
  const std::string traffic = "http://127.0.0.1:" + std::to_string(ports.traffic);
  const std::string control = "http://127.0.0.1:" + std::to_string(ports.control);
  const std::string switchctl = "  switchctl --proxy " + control + " ";
  const std::string put = "  curl -sS -X PUT -d ";
  const std::string green = " " + green_backend_.knobs_url() + "\n";
  return "The toy application runs in two colors behind " + traffic +
         "\n\nSee it\n"
         "  " +
         traffic +
         "/   the page, in a browser\n"
         "  " +
         control +
         "/   the dashboard\n"
         "  curl -sS " +
         traffic + "/api/version\n" + switchctl +
         "status\n\n"
         "Roll out, in seconds; some load first, since no traffic is no evidence\n"
         "  while sleep 0.01; do curl -sS -o /dev/null " +
         traffic + "/api/version; done &\n" + switchctl + "rollout demo green " +
         std::string{green_version} + " --plan rehearsal\n" + switchctl +
         "abort demo\n\n"
         "Move traffic by hand\n" +
         switchctl + "weights demo green=10\n" + switchctl + "switch demo green\n" + switchctl +
         "rollback demo\n"
         "  curl -sS -X PUT -H 'Content-Type: application/json' -d '{\"blue\":90,\"green\":10}' " +
         control +
         "/v1/weights\n"
         "  for i in $(seq 1000); do curl -sS " +
         traffic +
         "/api/version; echo; done | sort | uniq -c\n\n"
         "Make green ill, and well again\n" +
         put + R"('{"error_rate":0.2,"latency_ms":50}')" + green + put + R"('{"healthy":false}')" +
         green + put + R"('{"crash":true}')" + green + put +
         R"('{"revive":true,"healthy":true,"error_rate":0,"latency_ms":0}')" + green +
         "The same for blue: " + blue_backend_.knobs_url() + "\n\nCtrl-C ends everything.\n";
}

}  // namespace sy::demo
