// switchyard.yaml as a struct of the modules' own options. The only defaults here are those no module owns.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "api/options.h"
#include "director/options.h"
#include "net/options.h"
#include "worker/options.h"

namespace sy::config {

struct Listen {
  std::string address = "127.0.0.1";  // numeric
  std::uint16_t port = 8080;
  std::vector<net::Certificate> tls;  // first is the default, the others by SNI; empty: plain
  bool proxy_protocol = false;   // PROXY v1/v2 expected, from `trusted` only
  bool operator==(const Listen&) const = default;
};

struct Hold {
  int percent = 0;
  Duration at_least{};
  std::uint64_t requests = 0;
  bool operator==(const Hold&) const = default;
};

struct Rollout {  // read and validated; nothing acts on it yet
  std::vector<Hold> holds;
  Duration gate_timeout = std::chrono::minutes{5};
  int approval_before = 0;  // percent; 0: no approval
  Duration approval_timeout = std::chrono::hours{24};
  bool operator==(const Rollout&) const = default;
};

struct Drain {
  Duration notice = std::chrono::seconds{5};   // still accepting while /readyz answers 503
  Duration finish = std::chrono::seconds{25};
  bool operator==(const Drain&) const = default;
};

struct ProxyConfig {
  std::vector<Listen> listen{Listen{}};
  director::Options director;   // app, environment, services, affinity
  worker::Options worker;
  std::size_t workers = 0;      // 0: one a core
  std::map<int, std::string> pages;  // status → file; 0: every other
  int maintenance_retry_after = 60;  // seconds
  std::string access_log = "stdout";  // "stdout", "off", or a file
  std::string log_level = "info";
  Rollout rollout;
  api::Options control;
  Drain drain;
  std::string state_path = "/var/lib/switchyard";
  bool operator==(const ProxyConfig&) const = default;
};

}  // namespace sy::config
