#include <map>
#include <set>

#include "config/address.h"
#include "config/sections.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t listen_max = 32;
constexpr std::size_t certificates_max = 256;
constexpr std::size_t services_max = 256;
constexpr std::size_t endpoints_max = 256;
constexpr std::size_t matches_max = 256;
constexpr std::size_t templates_max = 200;
constexpr std::size_t failures_max = 100;
constexpr std::size_t kib = 1024;

health::Options read_health(Reader in) {
  health::Options options;
  in.read_with("path", decode_path, options.path);
  in.read_with("host", decode_host, options.host);
  in.read("interval", options.interval, between(100ms, 1h));
  in.read("timeout", options.timeout, between(10ms, 1h));
  in.read("rise", options.rise, between(1, 100));
  in.read("fall", options.fall, between(1, 100));
  in.read("version_field", options.version_field);
  if (in.good("interval")) {
    in.expect(options.timeout < options.interval, in.has("timeout") ? "timeout" : "interval",
              in.has("timeout") ? "must be shorter than interval (" + show(options.interval) + ")"
                                : "must be longer than timeout (" + show(options.timeout) + ")");
  }
  in.finish();
  return options;
}

void read_tunnels(Reader& in, director::ServiceOptions& service) {
  using split::TunnelPolicy;
  if (in.is_text("tunnels")) {
    const auto decode_word = [](std::string_view text, TunnelPolicy& out) -> Fault {
      if (text != "keep" && text != "close") return "must be keep, close or {drain: 30s}";
      out = text == "keep" ? TunnelPolicy::keep : TunnelPolicy::close;
      return std::nullopt;
    };
    in.read_with("tunnels", decode_word, service.tunnels);
    return;
  }
  Reader below = in.section("tunnels");
  below.read("drain", service.tunnel_drain, between(1s, 24h));
  below.finish();
  if (!in.has("tunnels") || !in.good("tunnels")) return;
  below.require("drain");
  service.tunnels = TunnelPolicy::drain;
}

void read_match(Reader in, director::ServiceOptions& service) {
  service.paths = {"/"};
  in.read_list("hosts", decode_host, service.hosts, matches_max);
  in.read_list("paths", decode_path, service.paths, matches_max);
  in.expect(!service.paths.empty(), "paths", "must not be empty");
  in.finish();
}

// "/a/{id}" and "/a/{name}" match the same paths.
std::string shape_of(const std::string& path_template) {
  std::string shape;
  bool inside = false;
  for (const char c : path_template) {
    if (c == '}') inside = false;
    if (!inside) shape += c;
    if (c == '{') inside = true;
  }
  return shape;
}

void read_templates(Reader& in, director::ServiceOptions& service) {
  in.read_list("templates", decode_template, service.templates, templates_max);
  std::map<std::string, std::string> taken;
  for (const std::string& one : service.templates) {
    const auto [at, fresh] = taken.try_emplace(shape_of(one), one);
    in.expect(fresh, "templates",
              "\"" + one + "\" matches the same paths as \"" + at->second + '"');
  }
}

Fault decode_failure(std::string_view text, int& out) {
  int status = 0;
  if (auto fault = decode(text, status)) return fault;
  if (auto fault = between(500, 599)(status)) return fault;
  out = status;
  return std::nullopt;
}

director::ServiceOptions read_service(const std::string& name, Reader in) {
  director::ServiceOptions service;
  service.name = name;
  read_match(in.section("match"), service);
  service.health = read_health(in.section("health"));
  for (const Color color : colors) {
    const std::string_view key = sy::name(color);
    in.require(key);
    in.read_list(key, decode_endpoint, service.endpoints[color], endpoints_max);
    in.expect(!service.endpoints[color].empty() || !in.good(key), key,
              "must have at least one url");
  }
  read_tunnels(in, service);
  read_templates(in, service);
  in.read_list("failures", decode_failure, service.failure_statuses, failures_max);
  in.finish();
  return service;
}

// Two services that answer for the same host and path would leave the choice to chance.
using Taken = std::map<std::pair<std::string, std::string>, std::string>;
void expect_own_routes(Reader& in, const director::ServiceOptions& service, Taken& taken) {
  const auto hosts = service.hosts.empty() ? std::vector<std::string>{""} : service.hosts;
  for (const std::string& host : hosts) {
    for (const std::string& path : service.paths) {
      const auto [at, fresh] = taken.try_emplace({host, path}, service.name);
      in.expect(fresh, "match",
                "\"" + host + path + "\" leads to service " + at->second + " already");
    }
  }
}

}  // namespace

std::vector<net::Certificate> read_tls(Reader& in) {
  std::vector<net::Certificate> certificates;
  for (Reader& one : in.one_or_more("tls", certificates_max)) {
    net::Certificate certificate;
    one.require("certificate");
    one.read_file("certificate", certificate.certificate);
    one.require("key");
    one.read_file("key", certificate.key);
    one.finish();
    certificates.push_back(std::move(certificate));
  }
  in.expect(!in.has("tls") || !certificates.empty(), "tls", "must have at least one certificate");
  return certificates;
}

std::vector<Listen> read_listen(Reader& in, std::vector<Listen> listen) {
  auto items = in.sections("listen", listen_max);
  in.expect(!in.has("listen") || !items.empty(), "listen", "must have at least one address");
  if (items.empty()) return listen;
  listen.clear();
  std::set<std::string> taken;
  for (Reader& item : items) {
    Listen one;
    Address address{one.address, one.port};
    item.require("address");
    item.read_with("address", decode_address, address);
    one.address = address.host;
    one.port = address.port;
    const bool known = item.has("address") && item.good("address") && address.port != 0;
    item.expect(!known || taken.insert(show(address)).second, "address", "is listened on twice");
    one.tls = read_tls(item);
    item.read("proxy_protocol", one.proxy_protocol);
    item.finish();
    listen.push_back(std::move(one));
  }
  return listen;
}

std::vector<director::ServiceOptions> read_services(Reader& in) {
  in.require("services");
  std::vector<director::ServiceOptions> services;
  auto items = in.named("services", services_max);
  in.expect(!items.empty(), "services", "must name at least one service");
  Taken taken;
  for (auto& [name, item] : items) {
    services.push_back(read_service(name, item));
    expect_own_routes(item, services.back(), taken);
  }
  return services;
}

split::Affinity read_affinity(Reader& in) {
  split::Affinity affinity;
  if (in.is_text("affinity")) {
    // Other readers of YAML, editors among them, take a bare off for false.
    const auto decode_off = [](std::string_view text, bool& out) -> Fault {
      if (text != "off" && text != "false") return "must be off or a map";
      out = false;
      return std::nullopt;
    };
    in.read_with("affinity", decode_off, affinity.on);
    return affinity;
  }
  Reader below = in.section("affinity");
  below.read_with("cookie", decode_cookie, affinity.cookie);
  below.read("max_age", affinity.max_age, between(1s, 366 * 24h));
  below.finish();
  return affinity;
}

worker::Timers read_timers(Reader in) {
  worker::Timers timers;
  const auto range = between(1ms, 24h);
  in.read("handshake", timers.handshake, range);
  in.read("head", timers.head, range);
  in.read("idle", timers.idle, range);
  in.read("body_idle", timers.body_idle, range);
  in.read("minimum_rate_after", timers.minimum_rate_after, range);
  in.read("connect", timers.connect, range);
  in.read("response_head", timers.response_head, range);
  in.read("tunnel_idle", timers.tunnel_idle, between(1ms, 366 * 24h));
  in.read("pool_idle", timers.pool_idle, range);
  in.read("pool_age", timers.pool_age, range);
  in.read("linger", timers.linger, range);
  in.finish();
  return timers;
}

worker::Limits read_limits(Reader in) {
  worker::Limits limits;
  in.read_with("head", decode_bytes, limits.http.head_bytes_max, bytes_between(kib, 64 * kib));
  in.read_with("target", decode_bytes, limits.http.target_bytes_max, bytes_between(64, 256 * kib));
  in.read_with("chunk_line", decode_bytes, limits.http.chunk_line_bytes_max,
               bytes_between(64, 64 * kib));
  in.read_with("trailers", decode_bytes, limits.http.trailer_bytes_max,
               bytes_between(0, 256 * kib));
  in.read_with("minimum_rate", decode_bytes, limits.minimum_rate, bytes_between(0, 1024 * kib));
  in.read("clients", limits.clients_max, between(1, 1'000'000));
  in.read("heads_per_address", limits.heads_per_address_max, between(1, 1'000'000));
  in.read("pending_per_color", limits.pending_per_color_max, between(1, 1'000'000));
  in.read("pool_idle", limits.pool_idle_max, between(0, 65'536));
  in.read("retry_floor", limits.retry_floor, between(0, 1'000'000));
  in.read_with("retry_budget", decode_fraction, limits.retry_budget);
  if (in.good("head")) {
    in.expect(limits.http.target_bytes_max < limits.http.head_bytes_max,
              in.has("target") ? "target" : "head",
              in.has("target")
                  ? "must be less than head (" + show_bytes(limits.http.head_bytes_max) + ")"
                  : "must be more than target (" + show_bytes(limits.http.target_bytes_max) + ")");
  }
  in.finish();
  return limits;
}

}  // namespace sy::config
