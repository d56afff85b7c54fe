#include "split/route_index.h"

#include <algorithm>
#include <bit>

namespace sy::split {
namespace {

// FNV-1a, which a longer prefix continues (Fowler, Noll, Vo; draft-eastlake-fnv-21). Prefixes are
// configured, so nobody can choose them to collide; a path can only be looked for.
constexpr std::uint64_t hash_begin = 0xcbf29ce484222325;

constexpr std::uint64_t hash_on(std::uint64_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = hash_begin;
  for (const char c : text) hash = hash_on(hash, c);
  return hash;
}

}  // namespace

RouteIndex::Prefixes::Prefixes(std::size_t count) : slots_(std::bit_ceil(2 * count + 2)) {}

// The first of two alike is the one that is found.
void RouteIndex::Prefixes::add(const std::vector<Route>& routes, std::uint32_t number) {
  const std::string& prefix = routes[number].prefix;
  const std::uint64_t hash = hash_of(prefix);
  longest_ = std::max(longest_, prefix.size());
  std::size_t at = hash & (slots_.size() - 1);
  for (; slots_[at].route != 0; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].hash == hash && routes[slots_[at].route - 1].prefix == prefix) return;
  }
  slots_[at] = {hash, number + 1};
}

const Route* RouteIndex::Prefixes::at(const Routing& routing, std::string_view prefix,
                                      std::uint64_t hash) const {
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at].route != 0;
       at = (at + 1) & (slots_.size() - 1)) {
    const Route& route = routing.routes[slots_[at].route - 1];
    if (slots_[at].hash == hash && route.prefix == prefix) return &route;
  }
  return nullptr;
}

// A prefix can end behind a "/", before one, or with the path.
const Route* RouteIndex::Prefixes::longest(const Routing& routing, std::string_view path) const {
  const Route* best = at(routing, "/", hash_of("/"));
  std::uint64_t hash = hash_begin;
  const std::size_t most = std::min(path.size(), longest_);
  for (std::size_t size = 1; size <= most; ++size) {
    hash = hash_on(hash, path[size - 1]);
    const bool ends = path[size - 1] == '/' || size == path.size() || path[size] == '/';
    if (!ends) continue;
    if (const Route* longer = at(routing, path.substr(0, size), hash)) best = longer;
  }
  return best;
}

RouteIndex::RouteIndex(const std::vector<Route>& routes) {
  if (routes.size() <= worthwhile) return;
  std::unordered_map<std::string_view, std::size_t> counts;
  for (const Route& route : routes) ++counts[route.host];
  for (std::uint32_t number = 0; number < routes.size(); ++number) {
    const std::string& host = routes[number].host;
    const bool wild = host.starts_with("*.");
    if (wild) longest_wildcard_ = std::max(longest_wildcard_, host.size() - 1);
    Hosts& hosts = wild ? wildcard_ : exact_;
    hosts.try_emplace(wild ? host.substr(1) : host, counts[host]).first->second.add(routes, number);
  }
}

const Route* RouteIndex::find(const Routing& routing, std::string_view host,
                              std::string_view path) const {
  if (routing.routes.size() <= worthwhile) return find_route(routing, host, path);
  if (!host.empty()) {
    const auto own = exact_.find(host);
    const Route* route = own != exact_.end() ? own->second.longest(routing, path) : nullptr;
    if (route == nullptr) route = find_wildcard(routing, host, path);
    if (route != nullptr) return route;
  }
  const auto any = exact_.find(std::string_view{});
  return any != exact_.end() ? any->second.longest(routing, path) : nullptr;
}

// The longest first.
const Route* RouteIndex::find_wildcard(const Routing& routing, std::string_view host,
                                       std::string_view path) const {
  if (wildcard_.empty()) return nullptr;
  for (std::size_t dot = host.find('.'); dot != host.npos; dot = host.find('.', dot + 1)) {
    const std::string_view suffix = host.substr(dot);
    if (dot == 0 || suffix.size() > longest_wildcard_) continue;
    const auto known = wildcard_.find(suffix);
    if (known == wildcard_.end()) continue;
    if (const Route* route = known->second.longest(routing, path)) return route;
  }
  return nullptr;
}

}  // namespace sy::split
