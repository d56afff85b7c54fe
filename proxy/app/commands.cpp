#include "app/commands.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <iostream>

#include "app/build.h"
#include "app/serve.h"
#include "base/check.h"
#include "config/proxy_config.h"

namespace sy::app {
namespace {

std::string joined(const std::vector<config::Problem>& problems) {
  std::string text;
  for (const config::Problem& problem : problems) text += config::to_string(problem) + "\n";
  return text;
}

// The configuration, or every problem of it and of the files it names.
Result<config::ProxyConfig> load(const std::string& path) {
  auto loaded = config::load_proxy_config(path, config::system_environment());
  if (loaded.problems.empty()) loaded.problems = config::check_files(loaded);
  if (loaded.problems.empty()) return std::move(loaded.config);
  return Error{Blame::self, false, 0, joined(loaded.problems)};
}

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string words(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return text;
}

}  // namespace

int serve(config::ProxyConfig config, App::Reload reload,
          const std::function<void(const Running&)>& announce) {
  const SystemTime time;
  Log log{time, config.log_level};
  App app{time, log, std::move(config), std::move(reload)};
  const auto running = app.prepare();
  if (!running) {
    log.error("start_failed", {{"what", running.error().what}});
    return 1;
  }
  const auto ready = [&] {
    log.info("ready", {{"listen", words(running->listen)},
                       {"control", running->control},
                       {"version", build_version()}});
    if (announce) announce(*running);
  };
  return app.run(ready);
}

int run(const std::string& config_path) {
  auto config = load(config_path);
  if (!config) {
    std::cerr << config.error().what;
    return exit_config;
  }
  return serve(std::move(*config), [config_path] { return load(config_path); }, {});
}

int check(const std::string& config_path, bool live) {
  const auto config = load(config_path);
  if (!config) {
    std::cerr << config.error().what;
    return exit_config;
  }
  if (live) return check_live(*config);
  std::cout << config::describe(*config);
  return 0;
}

int version() {
  boost::json::object about;
  about["version"] = build_version();
  about["gitSha"] = build_git_sha();
  std::cout << boost::json::serialize(about) << "\n";
  return 0;
}

// Prints the secret once; only its hash goes into the configuration.
int token(const std::string& name, const std::string& role) {
  std::array<unsigned char, 32> secret;
  SY_CHECK(RAND_bytes(secret.data(), static_cast<int>(secret.size())) == 1);
  const std::string text = "sy_" + hex(secret.data(), secret.size());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::cout << "token: " << text << "\n"
            << "Shown once: give it to the caller as SWITCHYARD_TOKEN, and put this under "
               "control.tokens:\n"
            << "  - {name: " << name << ", role: " << role
            << ", sha256: " << hex(digest.data(), digest.size()) << "}\n";
  return 0;
}

int verify_journal(const std::string& path, bool json) {
  const auto found = director::verify(path);
  if (!found) {
    std::cerr << found.error().what << "\n";
    return 1;
  }
  const bool intact = found->problems.empty();
  if (json) {
    boost::json::object answer;
    answer["entries"] = found->entries;
    answer["intact"] = intact;
    answer["problems"] = boost::json::array(found->problems.begin(), found->problems.end());
    std::cout << boost::json::serialize(answer) << "\n";
    return intact ? 0 : 1;
  }
  for (const std::string& problem : found->problems) std::cout << path << ": " << problem << "\n";
  std::cout << path << ": " << found->entries << " entries, "
            << (intact ? "every one bound to the one before" : "not intact") << "\n";
  return intact ? 0 : 1;
}

}  // namespace sy::app
