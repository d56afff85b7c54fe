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
[[nodiscard]] Drain read_drain(Reader in);
[[nodiscard]] std::map<int, std::string> read_pages(Reader in);

// sections_rollout.cpp
[[nodiscard]] rollout::Options read_rollout(Reader in);
// The keys of a plan; what is left out stays as in `plan`.
[[nodiscard]] rollout::Plan read_plan(Reader& in, rollout::Plan plan);
[[nodiscard]] verdict::Options read_verdict(Reader in);
[[nodiscard]] worker::Shield read_shield(Reader in);

// sections_notify.cpp
[[nodiscard]] std::vector<notify::Target> read_notify(Reader& in);
// What signs a notice: 16 to 1024 bytes. The fault does not repeat it.
[[nodiscard]] Fault decode_secret(std::string_view text, std::string& out);
// Puts the contents of url_file and secret_file into url and secret. `targets` were read from
// `files`' config.
void read_secrets(std::vector<notify::Target>& targets, const std::vector<NamedFile>& files,
                  Findings& findings);

// describe.cpp
[[nodiscard]] std::string describe(const rollout::Options& options);

}  // namespace sy::config
