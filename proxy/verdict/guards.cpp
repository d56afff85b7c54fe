#include "verdict/guards.h"

#include <algorithm>
#include <functional>
#include <span>

namespace sy::verdict {

std::uint32_t Seen::count(std::uint64_t key, Instant now) {
  if (slots_.empty()) slots_.resize(sets_ * ways);
  const std::span<Slot> set{slots_.data() + key % sets_ * ways, ways};
  for (auto& slot : set) {
    if (slot.count > 0 && now - slot.first > window_) slot = {};
  }
  for (auto& slot : set) {
    if (slot.count > 0 && slot.key == key) return slot.count++;
  }
  auto* place = &set.front();
  for (auto& slot : set) {
    if (slot.count == 0 || (place->count > 0 && slot.first < place->first)) place = &slot;
    if (place->count == 0) break;
  }
  *place = {.key = key, .first = now, .count = 1};
  return 0;
}

// The finalizer of splitmix64 (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t left, std::uint64_t right) {
  std::uint64_t z = left * 0x9e3779b97f4a7c15 + right;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t hashed(std::string_view service, std::string_view route) {
  const std::hash<std::string_view> hash;
  return mixed(hash(service), hash(route));
}

}  // namespace sy::verdict
