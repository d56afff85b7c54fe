// The verbs of `switchyard`, each an exit code: 0 done, 1 failed, 2 usage, 78 configuration.
#pragma once
#include <cstdint>
#include <string>

#include "config/proxy_config.h"

namespace sy::app {

inline constexpr int exit_config = 78;  // EX_CONFIG of sysexits.h

[[nodiscard]] int run(const std::string& config_path);
// With `live`, the proxy that the configuration describes must answer /livez, too.
[[nodiscard]] int check(const std::string& config_path, bool live);
[[nodiscard]] int check_live(const config::ProxyConfig& config);
[[nodiscard]] int demo(std::uint16_t port, std::uint16_t control_port);
[[nodiscard]] int version();
[[nodiscard]] int token(const std::string& name, const std::string& role);
[[nodiscard]] int verify_journal(const std::string& path, bool json);

}  // namespace sy::app
