// One environment of switchctl with doubles for its proxies, platform and ledger, and a terminal
// that keeps what is printed: v1 runs in blue, which is live and recorded so; green is idle.
#pragma once
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "control/commands/commands.h"
#include "control/edge/edge.h"
#include "support/control_facts.h"
#include "support/scripted_proxy.h"

namespace sy::testing {

class ControlWorld {
 public:
  explicit ControlWorld(int count = 1) {
    for (int i = 1; i <= count; ++i) {
      names_.push_back("http://127.0.0." + std::to_string(i) + ":9900");
      proxies.push_back(std::make_unique<ScriptedProxy>(time));
      proxies.back()->see(Color::blue, v1, true, "200");
    }
    edge_.emplace(names_, [this](std::size_t proxy, const ct::edge::Call& call) {
      return proxies[proxy]->call(call);
    });
    for (const auto* service : {"backend", "frontend"}) {
      platform.put(service, Color::blue, v1, 2);
      platform.put(service, Color::green, "", 0);
    }
    platform.publish(v1, {"backend", "frontend"});
    platform.publish(v2, {"backend", "frontend"});
    auto record = record_of(v1, Color::blue);
    for (auto& [service, release] : record.current->services)
      release = {service + ":" + v1, FakePlatform::digest_of(v1), 2};
    store.record = record;
    store.past = {record};
    configured.app = "pms";
    configured.name = "staging";
    configured.platform = config::PlatformKind::ecs;
    configured.edge.urls = names_;
    site_ = std::make_unique<Doubled>(*this);
  }

  // What the verb says and how it ends. Both streams are begun anew.
  ct::ExitCode run(ct::Args args) {
    args.environment = "staging";
    out.str("");
    err.str("");
    return ct::run(args, *site_, ct::Terminal{out, err, false, look});
  }
  ct::ExitCode run(ct::Verb verb, std::vector<std::string> words = {}) {
    ct::Args args;
    args.verb = verb;
    args.words = std::move(words);
    return run(args);
  }
  [[nodiscard]] ScriptedProxy& proxy(std::size_t index = 0) { return *proxies[index]; }
  [[nodiscard]] ct::Site& site() { return *site_; }

  ManualPace time;
  KeptNotes notes;
  CrashPoints crashes;
  FakePlatform platform{time, &crashes};
  LedgerStore store;
  FakeLedger ledger{store, &crashes};
  std::vector<std::unique_ptr<ScriptedProxy>> proxies;
  config::ControlEnvironment configured;
  config::Environment variables = [](const std::string&) { return std::nullopt; };
  ct::Look look{};
  std::ostringstream out;
  std::ostringstream err;

 private:
  class Doubled final : public ct::Site {
   public:
    explicit Doubled(ControlWorld& world)
        : Site{world.configured,
               {world.time, world.notes, world.variables},
               std::chrono::seconds{30}},
          world_{world} {}
    ct::Try<const ct::edge::Edge*> edge() override { return &*world_.edge_; }
    ct::Try<ct::platform::Platform*> platform() override { return &world_.platform; }
    ct::Try<ct::records::Ledger*> ledger() override { return &world_.ledger; }

   private:
    ControlWorld& world_;
  };

  std::vector<std::string> names_;
  std::optional<ct::edge::Edge> edge_;
  std::unique_ptr<Doubled> site_;
};

}  // namespace sy::testing
