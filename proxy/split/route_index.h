// Finds routes by hash, for configurations of so many that trying one after the other would be seen
// in every request. Answers what find_route does.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "split/routing.h"

namespace sy::split {

class RouteIndex {
 public:
  // Up to as many routes find_route is as fast, and the index stays empty.
  static constexpr std::size_t worthwhile = 16;

  RouteIndex() = default;
  // `routes` in the order of sort_routes. Keeps their numbers, not their addresses.
  explicit RouteIndex(const std::vector<Route>& routes);

  // As find_route(); `routing` has the routes that this was made from. Its cost grows with the
  // length of host and path, each as far as the longest known one, and not with the routes.
  [[nodiscard]] const Route* find(const Routing& routing, std::string_view host,
                                  std::string_view path) const;

 private:
  // The prefixes of one host, open addressing.
  class Prefixes {
   public:
    explicit Prefixes(std::size_t count);
    void add(const std::vector<Route>& routes, std::uint32_t number);
    [[nodiscard]] const Route* longest(const Routing& routing, std::string_view path) const;

   private:
    struct Slot {
      std::uint64_t hash = 0;
      std::uint32_t route = 0;  // its number and 1; 0: free
    };
    [[nodiscard]] const Route* at(const Routing& routing, std::string_view prefix,
                                  std::uint64_t hash) const;
    std::vector<Slot> slots_;  // a power of two, at most half of them taken
    std::size_t longest_ = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Hosts = std::unordered_map<std::string, Prefixes, Hash, std::equal_to<>>;
  [[nodiscard]] const Route* find_wildcard(const Routing& routing, std::string_view host,
                                           std::string_view path) const;

  Hosts exact_;     // "" stands for any host
  Hosts wildcard_;  // "*.name" by ".name"
  std::size_t longest_wildcard_ = 0;
};

}  // namespace sy::split
