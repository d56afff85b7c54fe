#include "app/settings.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace sy::app {
namespace {

constexpr std::size_t page_bytes_max = 256 * 1024;
constexpr std::size_t descriptors_kept = 64;  // listeners, control connections, probes, files

Result<std::string> read_page(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file && !file.eof()) return Error{Blame::self, false, 0, path + ": cannot be read"};
  if (text.empty()) return Error{Blame::self, false, 0, path + ": missing or empty"};
  if (text.size() > page_bytes_max) return Error{Blame::self, false, 0, path + ": over 256 KiB"};
  return text;
}

Result<worker::ListenSettings> listen_settings(const config::Listen& listen) {
  worker::ListenSettings settings;
  settings.proxy_protocol = listen.proxy_protocol;
  if (listen.tls.empty()) return settings;
  net::ServerTlsOptions options;
  options.certificates = listen.tls;
  auto tls = net::ServerTls::load(options);
  if (!tls) return tls.error();
  settings.tls = std::move(*tls);
  return settings;
}

std::size_t clients_for(std::size_t wanted, std::size_t descriptors_max) {
  const std::size_t usable =
      descriptors_max > descriptors_kept ? descriptors_max - descriptors_kept : 2;
  return std::clamp<std::size_t>(usable / 2, 1, wanted);
}

}  // namespace

Result<worker::SettingsPtr> make_settings(const config::ProxyConfig& config, const std::string& via,
                                          std::size_t descriptors_max) {
  worker::Settings settings;
  settings.options = config.worker;
  settings.options.via = via;
  settings.options.access_log = config.access_log != "off";
  auto& clients_max = settings.options.limits.clients_max;
  clients_max = clients_for(clients_max, descriptors_max);
  settings.maintenance_retry_after = config.maintenance_retry_after;
  for (const auto& [status, path] : config.pages) {
    auto page = read_page(path);
    if (!page) return page.error();
    settings.pages.html[status] = std::move(*page);
  }
  for (const config::Listen& listen : config.listen) {
    auto one = listen_settings(listen);
    if (!one) return one.error();
    settings.listen.push_back(std::move(*one));
  }
  net::ClientTlsOptions upstream;
  upstream.ca = config.worker.upstream_ca;
  upstream.verify = config.worker.upstream_verify;
  auto upstream_tls = net::ClientTls::load(upstream);
  if (!upstream_tls) return upstream_tls.error();
  settings.upstream_tls = std::move(*upstream_tls);
  auto trusted = net::CidrList::parse(config.worker.trusted);
  if (!trusted) return trusted.error();
  settings.trusted = std::move(*trusted);
  return std::make_shared<const worker::Settings>(std::move(settings));
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  std::ignore = ::setrlimit(RLIMIT_NOFILE, &limit);  // then the soft limit stays as it was
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, 1'000'000));
}

}  // namespace sy::app
