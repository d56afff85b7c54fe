#include "split/routing.h"

#include <algorithm>
#include <tuple>

namespace sy::split {
namespace {

bool wildcard(std::string_view host) { return host.starts_with("*."); }

int rank(std::string_view host) {
  if (host.empty()) return 2;
  return wildcard(host) ? 1 : 0;
}

bool host_matches(std::string_view pattern, std::string_view host) {
  if (pattern.empty()) return true;
  if (!wildcard(pattern)) return pattern == host;
  const auto suffix = pattern.substr(1);  // ".name"
  return host.size() > suffix.size() && host.ends_with(suffix);
}

bool path_matches(std::string_view prefix, std::string_view path) {
  if (prefix == "/") return true;
  if (!path.starts_with(prefix)) return false;
  return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

}  // namespace

void sort_routes(std::vector<Route>& routes) {
  const auto before = [](const Route& a, const Route& b) {
    return std::tuple(rank(a.host), b.host.size(), std::string_view(a.host), b.prefix.size(),
                      std::string_view(a.prefix)) <
           std::tuple(rank(b.host), a.host.size(), std::string_view(b.host), a.prefix.size(),
                      std::string_view(b.prefix));
  };
  std::stable_sort(routes.begin(), routes.end(), before);
}

const Route* find_route(const Routing& routing, std::string_view host, std::string_view path) {
  for (const Route& route : routing.routes) {
    if (host_matches(route.host, host) && path_matches(route.prefix, path)) return &route;
  }
  return nullptr;
}

}  // namespace sy::split
