// Errors come in bursts: what keeps one client on one broken URL, or one request seen twice, from
// counting as many. Memory is bounded; what is pushed out may count again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sy::verdict {

inline constexpr std::size_t guard_sets = 1'024;
inline constexpr Duration guard_window = std::chrono::minutes{10};
inline constexpr std::uint32_t charged_most = 2;  // of one client on one route in a window

// How often each key was seen within a window that begins when it is first seen. A table of sets:
// a key that finds its set full takes the place of the oldest there.
class Seen {
 public:
  static constexpr std::size_t ways = 4;
  explicit Seen(std::size_t sets, Duration window) : sets_{sets}, window_{window} {}
  // How often `key` was seen before, and remembers it.
  std::uint32_t count(std::uint64_t key, Instant now);
  void clear() { slots_.clear(); }

 private:
  struct Slot {
    std::uint64_t key = 0;
    Instant first{};
    std::uint32_t count = 0;  // 0: free
  };
  std::size_t sets_;
  Duration window_;
  std::vector<Slot> slots_;  // made at the first key
};

// Are two distinct clients, or two distinct routes, among what was added?
class Variety {
 public:
  void add(std::uint64_t client, std::uint64_t route) {
    two_ = two_ || (any_ && (client != client_ || route != route_));
    any_ = true;
    client_ = client;
    route_ = route;
  }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] bool two() const { return two_; }

 private:
  bool any_ = false;
  bool two_ = false;
  std::uint64_t client_ = 0;
  std::uint64_t route_ = 0;
};

// One 64-bit key of several.
[[nodiscard]] std::uint64_t mixed(std::uint64_t left, std::uint64_t right);
[[nodiscard]] std::uint64_t hashed(std::string_view service, std::string_view route);

}  // namespace sy::verdict
