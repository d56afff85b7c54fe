// switchyard.yaml as a struct of the modules' own options. The only defaults here are those no
// module owns.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/options.h"
#include "base/time.h"
#include "config/document.h"
#include "config/findings.h"
#include "director/options.h"
#include "net/options.h"
#include "notify/options.h"
#include "worker/options.h"

namespace sy::config {

struct Listen {
  std::string address = "127.0.0.1";  // numeric
  std::uint16_t port = 8080;
  std::vector<net::Certificate> tls;  // first is the default, the others by SNI; empty: plain
  bool proxy_protocol = false;        // PROXY v1/v2 expected, from `trusted` only
  bool operator==(const Listen&) const = default;
};

struct Drain {
  Duration notice = std::chrono::seconds{5};  // still accepting while /readyz answers 503
  Duration finish = std::chrono::seconds{25};
  bool operator==(const Drain&) const = default;
};

struct ProxyConfig {
  std::vector<Listen> listen{Listen{}};
  director::Options director;  // app, environment, services, affinity, rollout, verdict
  worker::Options worker;
  std::size_t workers = 0;            // 0: one a core
  std::map<int, std::string> pages;   // status → file; 0: every other
  int maintenance_retry_after = 60;   // seconds
  std::string access_log = "stdout";  // "stdout", "off", or a file
  std::string log_level = "info";
  api::Options control;
  notify::Options notify;  // urls and secrets are read from their files by load_proxy_config
  Drain drain;
  std::string state_path = "/var/lib/switchyard";
  bool operator==(const ProxyConfig&) const = default;
};

struct Loaded {
  ProxyConfig config;             // worth using only when there are no problems
  std::vector<Problem> problems;  // in the order of the file
  std::string file;
  std::vector<NamedFile> files;  // certificates, keys, pages: for check_files
};

// Reads the file, and when it is sound the files that secrets are kept in.
[[nodiscard]] Loaded load_proxy_config(const std::string& path, const Environment& environment);
// The text alone. `file` is what problems call it.
[[nodiscard]] Loaded parse_proxy_config(std::string_view text, const std::string& file,
                                        const Environment& environment);

// The files the config names that cannot be read now, and a state path that is not a directory.
[[nodiscard]] std::vector<Problem> check_files(const Loaded& loaded);

// The keys that differ and cannot change while running: "listen", "workers", "control.address",
// "state.path". A reload that would change one is refused by these names.
[[nodiscard]] std::vector<std::string> needs_restart(const ProxyConfig& running,
                                                     const ProxyConfig& next);

// A summary of a few lines for `switchyard check`; no secrets, and no urls of webhooks.
[[nodiscard]] std::string describe(const ProxyConfig& config);

}  // namespace sy::config
