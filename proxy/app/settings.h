// Reads the files a configuration names (pages, certificates) into what workers and control share.
#pragma once
#include <string>

#include "config/proxy_config.h"
#include "worker/settings.h"

namespace sy::app {

// `via`: our pseudonym for this run. Errors name the file. Lowers limits.clients_max to what
// `descriptors_max` open files allow: two for each client, and some for ourselves.
[[nodiscard]] Result<worker::SettingsPtr> make_settings(const config::ProxyConfig& config,
                                                        const std::string& via,
                                                        std::size_t descriptors_max);

// Raises the soft limit of open files to the hard one and returns it.
[[nodiscard]] std::size_t raise_descriptor_limit();

}  // namespace sy::app
