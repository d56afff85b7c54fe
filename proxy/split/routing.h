// An immutable snapshot of where requests may go: services, routes, weights, affinity. Workers pick
// from it, the director makes it; a change is a new snapshot.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "base/version.h"

namespace sy::split {

inline constexpr int whole = 10'000;  // weights are in 0.01 % steps

// One address of one endpoint, resolved.
struct Endpoint {
  std::string url;      // as configured, "http://127.0.0.1:9101"; label and identity for people
  std::string address;  // numeric IPv4 or IPv6
  std::uint16_t port = 0;
  bool tls = false;
  std::string host;   // host name as configured: SNI and certificate name when tls
  bool open = false;  // its own probe gate
  bool operator==(const Endpoint&) const = default;
};

enum class TunnelPolicy : std::uint8_t { keep, drain, close };

struct Service {
  std::string name;
  PerColor<std::vector<Endpoint>> endpoints;  // all, open or not; `open` says which to prefer
  TunnelPolicy tunnels = TunnelPolicy::keep;
  Duration tunnel_drain{};             // for TunnelPolicy::drain
  std::string health_path;             // answered by the service itself even in maintenance
  std::vector<std::string> templates;  // of paths, "{name}" standing for one segment
  std::vector<int> failure_statuses{500, 502, 503, 504};  // of the upstream, that speak against it
  bool operator==(const Service&) const = default;
};

// A host and a path prefix that lead to a service. Hosts are lower case, "*.name" matches any
// subdomain, empty matches every host.
struct Route {
  std::string host;
  std::string prefix;         // starts with "/"; longest wins among the routes of the best host
  std::uint16_t service = 0;  // index into Routing::services
  bool operator==(const Route&) const = default;
};

struct Affinity {
  bool on = true;
  std::string cookie = "switchyard";
  Duration max_age = std::chrono::hours{1};
  bool operator==(const Affinity&) const = default;
};

struct Routing {
  std::uint64_t generation = 0;    // of the director's state this was made from
  PerColor<int> weight{whole, 0};  // effective, sums to `whole`
  Color live = Color::blue;        // answers by default; the other one is the candidate
  std::string deploy;              // cookies of another deploy are ignored; [a-z0-9]{1,16}
  Affinity affinity;
  PerColor<bool> open;        // the color's gate
  PerColor<Version> version;  // as last reported by probes; empty when unknown
  std::vector<Route> routes;  // in the order of sort_routes
  std::vector<Service> services;
  bool maintenance = false;
  bool operator==(const Routing&) const = default;
};
using RoutingPtr = std::shared_ptr<const Routing>;  // never to non-const

// Brings routes into the order find_route relies on: exact hosts, then wildcards (the longer
// first), then any host; within a host the longest prefix first.
void sort_routes(std::vector<Route>& routes);

// The route for a request, or null: the longest prefix of the best host that has one for the path,
// so a host without a route for it falls through to wildcards and then to any host. Allocates
// nothing. REQUIRES: sorted routes. `host` is lower case without port; `path` starts with "/" or is
// "*".
// "/api/" matches "/api/x" and "/api/" itself; "/healthz" matches "/healthz" and "/healthz/x" but
// not "/healthzz"; "/" matches everything, "*" included.
[[nodiscard]] const Route* find_route(const Routing& routing, std::string_view host,
                                      std::string_view path);

}  // namespace sy::split
