// Finds bytes eight at a time (SWAR); portable, and as fast here as needed (docs/performance.md).
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>

namespace sy::http {

namespace detail {

inline constexpr std::uint64_t ones = 0x0101010101010101U;
inline constexpr std::uint64_t tops = 0x8080808080808080U;

// Eight bytes, the first in the lowest place.
[[nodiscard]] inline std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}
// The place of the first byte marked. Marks behind it may be false, so only the first one counts.
[[nodiscard]] constexpr int first(std::uint64_t marks) { return std::countr_zero(marks) / 8; }
// Not zero exactly when a byte of `word` is zero.
[[nodiscard]] constexpr std::uint64_t zeros(std::uint64_t word) {
  return (word - ones) & ~word & tops;
}
// Not zero exactly when a byte of `word` is below 0x20.
[[nodiscard]] constexpr std::uint64_t controls(std::uint64_t word) {
  return (word - ones * 0x20U) & ~word & tops;
}

}  // namespace detail

// The first byte in [at, end) that a field value may not hold: a control byte other than HTAB, or
// DEL; else end.
[[nodiscard]] inline const char* find_control(const char* at, const char* end) {
  const auto stops = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  };
  while (end - at >= 8) {
    const std::uint64_t word = detail::load(at);
    const std::uint64_t marks =
        detail::controls(word) | detail::zeros(word ^ (detail::ones * 0x7fU));
    if (marks == 0) {
      at += 8;
      continue;
    }
    at += detail::first(marks);
    if (*at != '\t') return at;
    ++at;
  }
  while (at != end && !stops(*at)) ++at;
  return at;
}

// The first LF in [at, end), else end.
[[nodiscard]] inline const char* find_lf(const char* at, const char* end) {
  while (end - at >= 8) {
    const std::uint64_t marks = detail::zeros(detail::load(at) ^ (detail::ones * 0x0aU));
    if (marks != 0) return at + detail::first(marks);
    at += 8;
  }
  while (at != end && *at != '\n') ++at;
  return at;
}

}  // namespace sy::http
