#include "config/proxy_config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "config/address.h"
#include "config/sections.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t trusted_max = 1'024;
constexpr std::size_t preview_tokens_max = 256;

worker::Options read_worker(Reader& in) {
  worker::Options options;
  options.timers = read_timers(in.section("timers"));
  options.limits = read_limits(in.section("limits"));
  Reader preview = in.section("preview");
  preview.read_list("tokens", decode_sha256, options.preview.token_sha256, preview_tokens_max);
  preview.finish();
  in.read_list("trusted", decode_network, options.trusted, trusted_max);
  in.read("forwarded", options.forwarded);
  Reader upstream = in.section("upstream");
  upstream.read_file("ca", options.upstream_ca);
  upstream.read("verify", options.upstream_verify);
  upstream.finish();
  return options;
}

void read_log(Reader in, ProxyConfig& config) {
  in.read_with("level",
               one_of<std::string>({{"trace", "trace"},
                                    {"debug", "debug"},
                                    {"info", "info"},
                                    {"warn", "warn"},
                                    {"error", "error"}}),
               config.log_level);
  in.finish();
}

void read_maintenance(Reader in, ProxyConfig& config) {
  Duration retry_after = std::chrono::seconds{config.maintenance_retry_after};
  in.read("retry_after", retry_after, between(1s, 24h));
  in.expect(retry_after % 1s == 0s, "retry_after", "must be whole seconds");
  config.maintenance_retry_after = static_cast<int>(retry_after / 1s);
  in.finish();
}

void expect_no_clash(Reader& in, const ProxyConfig& config) {
  const auto& control = config.control;
  for (const Listen& listen : config.listen) {
    const bool same =
        control.port != 0 && listen.port == control.port && listen.address == control.address;
    in.expect(!same, "control",
              "the address " + show(Address{control.address, control.port}) + " is in listen too");
    in.expect(!listen.proxy_protocol || !config.worker.trusted.empty() || !in.good("trusted"),
              "listen", "proxy_protocol needs trusted: no network may send PROXY lines yet");
  }
}

Loaded finish(ProxyConfig config, const std::string& file, const Findings& findings) {
  return {std::move(config), findings.problems(), file, findings.files()};
}

}  // namespace

ProxyConfig read_proxy_config(Reader in) {
  ProxyConfig config;
  in.read_with("app", decode_name, config.director.app);
  in.read_with("environment", decode_name, config.director.environment);
  config.listen = read_listen(in, std::move(config.listen));
  config.director.services = read_services(in);
  config.director.affinity = read_affinity(in);
  config.worker = read_worker(in);
  in.read("workers", config.workers, between(0, 256));
  config.pages = read_pages(in.section("pages"));
  read_maintenance(in.section("maintenance"), config);
  in.read("access_log", config.access_log, not_empty());
  if (config.access_log == "false") config.access_log = "off";  // as other YAML readers take it
  config.worker.access_log = config.access_log != "off";
  read_log(in.section("log"), config);
  config.director.rollout = read_rollout(in.section("rollout"));
  config.director.verdict = read_verdict(in.section("verdict"));
  config.worker.shield = read_shield(in.section("shield"));
  config.notify.targets = read_notify(in);
  config.control = read_control(in.section("control"));
  config.drain = read_drain(in.section("drain"));
  Reader state = in.section("state");
  state.read("path", config.state_path, not_empty());
  state.finish();
  expect_no_clash(in, config);
  in.finish();
  return config;
}

Loaded parse_proxy_config(std::string_view text, const std::string& file,
                          const Environment& environment) {
  Findings findings{file};
  const Node root = parse_document(text, environment, findings);
  if (findings.unreadable()) return finish({}, file, findings);
  ProxyConfig config = read_proxy_config(Reader{root, findings});
  return finish(std::move(config), file, findings);
}

Loaded load_proxy_config(const std::string& path, const Environment& environment) {
  Findings findings{path};
  const auto text = read_text(path, findings);
  if (!text) return finish({}, path, findings);
  Loaded loaded = parse_proxy_config(*text, path, environment);
  if (!loaded.problems.empty()) return loaded;
  read_secrets(loaded.config.notify.targets, loaded.files, findings);
  loaded.problems = findings.problems();
  return loaded;
}

std::vector<Problem> check_files(const Loaded& loaded) {
  Findings findings{loaded.file};
  for (const NamedFile& file : loaded.files) {
    std::error_code ignored;
    errno = std::filesystem::is_directory(file.path, ignored) ? EISDIR : 0;
    if (errno == 0 && std::ifstream{file.path}) continue;
    findings.add(file.place, file.key,
                 '"' + file.path + "\" cannot be read: " + std::strerror(errno));
  }
  std::error_code ignored;
  const auto& state = loaded.config.state_path;
  if (std::filesystem::exists(state, ignored) && !std::filesystem::is_directory(state, ignored)) {
    findings.add({}, "state.path", '"' + state + "\" is not a directory");
  }
  return findings.problems();
}

std::vector<std::string> needs_restart(const ProxyConfig& running, const ProxyConfig& next) {
  std::vector<std::string> keys;
  const auto same = [](const Listen& a, const Listen& b) {
    return a.address == b.address && a.port == b.port && a.proxy_protocol == b.proxy_protocol &&
           a.tls.empty() == b.tls.empty();
  };
  if (!std::equal(running.listen.begin(), running.listen.end(), next.listen.begin(),
                  next.listen.end(), same)) {
    keys.emplace_back("listen");
  }
  if (running.workers != next.workers) keys.emplace_back("workers");
  if (running.control.address != next.control.address ||
      running.control.port != next.control.port) {
    keys.emplace_back("control.address");
  }
  if (running.access_log != next.access_log) keys.emplace_back("access_log");
  if (running.state_path != next.state_path) keys.emplace_back("state.path");
  return keys;
}

}  // namespace sy::config
