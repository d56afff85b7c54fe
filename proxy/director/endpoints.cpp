#include "director/endpoints.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>
#include <utility>

#include "split/pick.h"

namespace sy::director {
namespace {

Error invalid(std::string what) {
  return Error{.blame = Blame::client, .retryable = false, .status = 422, .what = std::move(what)};
}

bool numeric(const std::string& host) {
  in6_addr buffer{};
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

bool host_name(std::string_view host) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), allowed);
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && stop == end && port != 0;
}

struct Scheme {
  std::string_view prefix;
  std::uint16_t port;  // 0: must be given
  bool tls;
};
constexpr Scheme schemes[] = {
    {"http://", 80, false}, {"https://", 443, true}, {"dns://", 0, false}};

// Splits "host", "host:port" or "[v6]:port"; false when brackets do not match.
bool split_authority(std::string_view authority, std::string_view& host, std::string_view& port) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    if (host.find(':') == std::string_view::npos) return false;
  } else {
    host = authority.substr(0, authority.find(':'));
    port = authority.substr(host.size());
  }
  if (port.empty()) return true;
  port.remove_prefix(1);
  return authority[authority.size() - port.size() - 1] == ':' && !port.empty();
}

void add_endpoints(const std::string& url, Addresses& addresses,
                   std::vector<split::Endpoint>& endpoints) {
  const auto parsed = parse_endpoint(url);
  if (!parsed) return;  // Urls are checked before they get here; an old state may hold others.
  split::Endpoint endpoint = *parsed;
  if (!endpoint.address.empty()) {
    endpoints.push_back(std::move(endpoint));
    return;
  }
  for (const std::string& address : addresses.of(endpoint.host)) {
    endpoint.address = address;
    endpoints.push_back(endpoint);
  }
}

std::vector<split::Route> make_routes(const Options& options) {
  std::vector<split::Route> routes;
  const std::vector<std::string> every_host{""};
  for (std::size_t i = 0; i < options.services.size(); ++i) {
    const ServiceOptions& service = options.services[i];
    for (const std::string& host : service.hosts.empty() ? every_host : service.hosts) {
      for (const std::string& path : service.paths) {
        routes.push_back(split::Route{host, path, static_cast<std::uint16_t>(i)});
      }
    }
  }
  split::sort_routes(routes);
  return routes;
}

}  // namespace

Result<split::Endpoint> parse_endpoint(const std::string& url) {
  const auto starts = [&url](const Scheme& scheme) { return url.starts_with(scheme.prefix); };
  const Scheme* scheme = std::find_if(std::begin(schemes), std::end(schemes), starts);
  if (scheme == std::end(schemes)) {
    return invalid("\"" + url + "\": must start with http://, https:// or dns://");
  }
  std::string_view authority = std::string_view(url).substr(scheme->prefix.size());
  if (authority.ends_with('/')) authority.remove_suffix(1);
  std::string_view host;
  std::string_view port;
  if (!split_authority(authority, host, port)) return invalid("\"" + url + "\": cannot be read");
  split::Endpoint endpoint;
  endpoint.url = url;
  endpoint.port = scheme->port;
  endpoint.tls = scheme->tls;
  endpoint.host = std::string(host);
  const bool is_address = numeric(endpoint.host);
  if (is_address) endpoint.address = endpoint.host;
  if (!is_address && !host_name(host)) return invalid("\"" + url + "\": not a host name");
  if (!port.empty() && !parse_port(port, endpoint.port)) {
    return invalid("\"" + url + "\": the port must be between 1 and 65535");
  }
  if (endpoint.port == 0) return invalid("\"" + url + "\": needs a port");
  return endpoint;
}

const std::vector<std::string>& Addresses::of(const std::string& host) {
  auto& last_good = last_good_[host];
  if (resolve_) {
    auto found = resolve_(host);
    if (!found.empty()) last_good = std::move(found);
  }
  return last_good;
}

const std::vector<std::string>& urls_of(const ServiceOptions& service, Color color,
                                        const rollout::State& state) {
  const auto& put = state.upstreams[color];
  const auto found = put.find(service.name);
  return found == put.end() ? service.endpoints[color] : found->second;
}

std::vector<split::Service> make_services(const Options& options, const rollout::State& state,
                                          Addresses& addresses) {
  std::vector<split::Service> services;
  for (const ServiceOptions& each : options.services) {
    split::Service service;
    service.name = each.name;
    service.tunnels = each.tunnels;
    service.tunnel_drain = each.tunnel_drain;
    service.health_path = each.health.path;
    service.templates = each.templates;
    service.failure_statuses = each.failure_statuses;
    for (const Color color : colors) {
      for (const std::string& url : urls_of(each, color, state)) {
        add_endpoints(url, addresses, service.endpoints[color]);
      }
    }
    services.push_back(std::move(service));
  }
  return services;
}

Result<> check_options(const Options& options) {
  std::set<std::string> names;
  for (const ServiceOptions& service : options.services) {
    if (!names.insert(service.name).second) {
      return invalid("service \"" + service.name + "\" is there twice");
    }
    for (const Color color : colors) {
      for (const std::string& url : service.endpoints[color]) {
        if (const auto parsed = parse_endpoint(url); !parsed) return parsed.error();
      }
    }
  }
  return {};
}

Result<> check_urls(const rollout::Command& command) {
  const auto* upstreams = std::get_if<rollout::SetUpstreams>(&command);
  if (upstreams == nullptr) return {};
  for (const auto& [service, urls] : upstreams->endpoints) {
    for (const std::string& url : urls) {
      if (const auto parsed = parse_endpoint(url); !parsed) return parsed.error();
    }
  }
  return {};
}

split::Routing make_routing(const Options& options, const rollout::State& state,
                            const Standing& standing) {
  split::Routing routing;
  routing.generation = state.generation;
  routing.weight = split::effective(state.weight, standing.trusted, state.live).weight;
  routing.live = state.live;
  routing.deploy = state.deploy;
  routing.affinity = options.affinity;
  routing.open = standing.open;
  routing.version = standing.version;
  routing.routes = make_routes(options);
  routing.services = standing.services;
  routing.maintenance = state.maintenance;
  return routing;
}

}  // namespace sy::director
