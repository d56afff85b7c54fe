#include "control/deploy/gates.h"

#include <gtest/gtest.h>

namespace sy::control::deploy {
namespace {

constexpr const char* wanted = "v20240102-bbbbbbb";

api::GateView gate(const std::string& service, const std::string& version, bool open = true) {
  api::GateView gate{.service = service, .color = Color::green, .url = "http://10.0.0.2:8080"};
  gate.open = open;
  gate.reason = open ? "" : "503 after 2 ms";
  gate.identity.version = version;
  return gate;
}

struct Look {
  platform::Services services{{"backend", {.version_field = "version"}}, {"frontend", {}}};
  platform::Observation observed{{"backend", {}}, {"frontend", {}}};
  std::vector<edge::Seen> proxies;

  void proxy(std::vector<api::GateView> gates) {
    api::StatusView status;
    status.gates = std::move(gates);
    proxies.push_back({"proxy-" + std::to_string(proxies.size() + 1), std::move(status)});
  }
  [[nodiscard]] std::string words() const {
    const auto look = versions_seen(proxies, {Color::green, wanted, services, observed});
    return (look.ready ? "ready: " : "not yet: ") + look.words;
  }
};

TEST(VersionsSeen, NeedEveryEndpointWellAndOfTheVersion) {
  Look well;
  well.proxy({gate("backend", wanted), gate("backend", wanted), gate("frontend", "")});
  EXPECT_EQ(well.words(), "ready: 3 endpoints are well");

  Look old;
  old.proxy({gate("backend", wanted), gate("backend", "v20240101-aaaaaaa"), gate("frontend", "")});
  EXPECT_EQ(old.words(),
            "not yet: backend at http://10.0.0.2:8080 reports v20240101-aaaaaaa, not "
            "v20240102-bbbbbbb");

  Look silent;
  silent.proxy({gate("backend", ""), gate("frontend", "")});
  EXPECT_EQ(silent.words(),
            "not yet: backend at http://10.0.0.2:8080 reports no version, not v20240102-bbbbbbb");

  Look shut;
  shut.proxy({gate("backend", wanted), gate("frontend", "", false)});
  EXPECT_EQ(shut.words(), "not yet: frontend at http://10.0.0.2:8080 is not well: 503 after 2 ms");
}

TEST(VersionsSeen, LeaveAsideAddressesThatNoTaskHas) {
  Look look;
  look.observed["backend"].green.tasks = {{.id = "1", .url = "http://10.0.0.2:8080"}};
  auto stale = gate("backend", "", false);
  stale.url = "http://10.0.0.9:8080";
  look.proxy({gate("backend", wanted), stale, gate("frontend", "")});
  EXPECT_EQ(look.words(), "ready: 2 endpoints are well");

  look.observed["backend"].green.tasks.push_back({.id = "2", .url = "http://10.0.0.9:8080"});
  EXPECT_EQ(look.words(), "not yet: backend at http://10.0.0.9:8080 is not well: 503 after 2 ms");

  Look none;
  none.observed["backend"].green.tasks = {{.id = "1", .url = "http://10.0.0.2:8080"}};
  none.proxy({stale, gate("frontend", "")});
  EXPECT_EQ(none.words(), "not yet: backend at http://10.0.0.9:8080 is not well: 503 after 2 ms");
}

TEST(VersionsSeen, NeedAnEndpointOfEachServiceAtEveryProxy) {
  Look look;
  look.proxy({gate("backend", wanted), gate("frontend", "")});
  look.proxy({gate("backend", wanted)});

  EXPECT_EQ(look.words(),
            "not yet: proxy-2: no endpoint of frontend in green is known to the proxy yet");
}

TEST(VersionsSeen, AreNotKnownWhileAProxyIsOutOfReach) {
  Look look;
  look.proxy({gate("backend", wanted), gate("frontend", "")});
  look.proxies.push_back({"proxy-2", Failure{ExitCode::failed, "proxy-2 does not answer"}});

  EXPECT_EQ(look.words(), "not yet: proxy-2 does not answer");
}

TEST(GatesOpen, NameTheProxyWhoseGateIsShut) {
  api::StatusView open;
  open.colors.green.open = true;
  api::StatusView shut;
  shut.colors.green.why = "backend: no endpoint is open";

  EXPECT_TRUE(gates_open({{"a", open}}, Color::green).ready);
  const auto look = gates_open({{"a", open}, {"b", shut}}, Color::green);
  EXPECT_FALSE(look.ready);
  EXPECT_EQ(look.words, "b: the gate of green is shut: backend: no endpoint is open");
}

}  // namespace
}  // namespace sy::control::deploy
