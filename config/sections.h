// The sections of switchyard.yaml, one function each; private to this folder and its tests.
#pragma once
#include "config/proxy_config.h"
#include "config/reader.h"

namespace sy::config {

[[nodiscard]] ProxyConfig read_proxy_config(Reader in);

// sections_traffic.cpp
[[nodiscard]] std::vector<Listen> read_listen(Reader& in, std::vector<Listen> listen);
[[nodiscard]] std::vector<director::ServiceOptions> read_services(Reader& in);
[[nodiscard]] split::Affinity read_affinity(Reader& in);
[[nodiscard]] worker::Timers read_timers(Reader in);
[[nodiscard]] worker::Limits read_limits(Reader in);
[[nodiscard]] std::vector<net::Certificate> read_tls(Reader& in);

// sections_control.cpp
[[nodiscard]] api::Options read_control(Reader in);
[[nodiscard]] Rollout read_rollout(Reader in);
[[nodiscard]] Drain read_drain(Reader in);
[[nodiscard]] std::map<int, std::string> read_pages(Reader in);

}  // namespace sy::config
