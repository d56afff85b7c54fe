// An environment to deploy in without sockets: a platform, a ledger, two proxies that see what the
// platform runs, and processes of switchctl that can be killed between any two acts.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "control/deploy/conduct.h"
#include "support/control_world.h"
#include "support/scripted_proxy.h"

namespace sy::testing {

inline constexpr const char* old_version = "v20240101-aaaaaaa";
inline constexpr const char* new_version = "v20240102-bbbbbbb";
inline constexpr const char* older_version = "v20231201-0000000";

struct DeployWorld {
  ManualPace pace;
  CrashPoints crashes;
  FakePlatform platform{pace, &crashes};
  LedgerStore store;
  std::vector<std::unique_ptr<ScriptedProxy>> proxies;
  std::vector<std::string> names;
  ct::deploy::Options options;
  ct::edge::Options edge_options;
  ct::platform::Services services{{"backend", {.version_field = "version"}}};
  KeptNotes notes;
  int lives = 0;       // of switchctl so far
  bool alive = false;  // whether earlier processes still run

  explicit DeployWorld(std::size_t count = 1) {
    platform.put("backend", Color::blue, old_version, 2);
    platform.put("backend", Color::green, "", 0);
    platform.publish(new_version, {"backend"});
    platform.publish(older_version, {"backend"});
    for (std::size_t i = 0; i < count; ++i) {
      proxies.push_back(std::make_unique<ScriptedProxy>(pace));
      names.push_back("http://proxy-" + std::to_string(i + 1) + ":9900");
    }
    record_current();
  }

  void record_current() {
    ct::records::Release current{.version = old_version, .color = Color::blue};
    current.services["backend"] = {std::string("backend:") + old_version, "sha256:x", 2};
    store.record = ct::records::Record{.epoch = 7, .env = "staging", .current = current};
  }

  // What probes of every proxy find: what the platform runs.
  void probe() {
    for (const Color color : colors) {
      const auto& running = platform.now["backend"][color];
      for (auto& proxy : proxies)
        proxy->see(color, running.running > 0 ? running.version : "", running.running > 0,
                   running.running > 0 ? "" : "connection refused");
    }
  }

  [[nodiscard]] ct::edge::Edge edge() {
    return {names, [this](std::size_t i, const ct::edge::Call& call) {
              probe();
              if (on_call) on_call();
              const bool changes = call.method != "GET" && !call.target.ends_with("dry_run=true");
              if (changes) crashes.pass();
              auto answer = proxies[i]->call(call);
              if (changes) crashes.pass();
              return answer;
            }};
  }

  // One process of switchctl, from its start to its end.
  ct::deploy::Ended run(ct::deploy::Wish wish, ct::deploy::Limits limits = {}) {
    FakeLedger ledger{store, &crashes};
    ledger.fail_commit = fail_commit;
    const ct::edge::Edge all = edge();
    const ct::deploy::World world{"pms", "staging", options, services, edge_options,
                                  all,   platform,  ledger,  pace,     notes};
    ct::deploy::Who who{.host = "desk", .pid = ++lives, .nonce = std::to_string(lives)};
    return ct::deploy::conduct(world, who, {wish, limits, [this](std::int64_t) { return alive; }});
  }
  ct::deploy::Ended deploy(ct::deploy::Limits limits = {}) {
    return run({.op = "deploy", .version = new_version, .git_sha = "bbbbbbb"}, limits);
  }
  ct::deploy::Ended rollback(const Version& version = "") {
    return run({.op = "rollback", .version = version});
  }

  // Whether every proxy sends everything to this color, and nothing is under way.
  [[nodiscard]] bool all_on(Color color) {
    for (auto& proxy : proxies) {
      std::ignore = proxy->call({.target = "/v1/status"});
      const auto& view = proxy->view;
      if (view.rollout || view.live != color || view.colors[color].weight != 10'000) return false;
    }
    return true;
  }
  [[nodiscard]] std::string current() const {
    return store.record && store.record->current ? store.record->current->version : "";
  }
  [[nodiscard]] std::string last() const {
    if (!store.record || store.record->recent.empty()) return "";
    const auto& operation = store.record->recent.front();
    return operation.op + " " + operation.version + " " + operation.result;
  }
  [[nodiscard]] int tasks(Color color) { return platform.now["backend"][color].desired; }

  std::optional<ct::Failure> fail_commit;
  std::function<void()> on_call;  // before each call of a proxy
};

}  // namespace sy::testing
