// Finds bytes eight at a time (SWAR); portable, and as fast here as needed (docs/performance.md).
#pragma once
#include <cstdint>
#include <cstring>

namespace sy::http {

namespace detail {

inline constexpr std::uint64_t ones = 0x0101010101010101U;
inline constexpr std::uint64_t tops = 0x8080808080808080U;

[[nodiscard]] inline std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}
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
    if ((detail::controls(word) | detail::zeros(word ^ (detail::ones * 0x7fU))) != 0) {
      for (const char* const stop = at + 8; at != stop; ++at)
        if (stops(*at)) return at;
    } else {
      at += 8;
    }
  }
  while (at != end && !stops(*at)) ++at;
  return at;
}

// The first LF in [at, end), else end.
[[nodiscard]] inline const char* find_lf(const char* at, const char* end) {
  while (end - at >= 8 && detail::zeros(detail::load(at) ^ (detail::ones * 0x0aU)) == 0) at += 8;
  while (at != end && *at != '\n') ++at;
  return at;
}

}  // namespace sy::http
