// Finds bytes sixteen at a time where the processor is known to have SSE2, as every x86-64 has, and
// eight at a time elsewhere (docs/performance.md).
#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

// A byte that a field value may not hold: a control byte other than HTAB, or DEL.
[[nodiscard]] constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

// The first such byte in [at, end), else end.
[[nodiscard]] inline const char* find_control(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i unit_separator = _mm_set1_epi8(0x1f);
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i del = _mm_set1_epi8(0x7f);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, unit_separator), bytes);
    const __m128i bad =
        _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), low), _mm_cmpeq_epi8(bytes, del));
    const auto marks = static_cast<unsigned>(_mm_movemask_epi8(bad));
    if (marks != 0) return at + std::countr_zero(marks);
  }
#else
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
#endif
  while (at != end && !is_control(*at)) ++at;
  return at;
}

// The first LF in [at, end), else end.
[[nodiscard]] inline const char* find_lf(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i line_feed = _mm_set1_epi8('\n');
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto marks = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, line_feed)));
    if (marks != 0) return at + std::countr_zero(marks);
  }
#else
  while (end - at >= 8) {
    const std::uint64_t marks = detail::zeros(detail::load(at) ^ (detail::ones * 0x0aU));
    if (marks != 0) return at + detail::first(marks);
    at += 8;
  }
#endif
  while (at != end && *at != '\n') ++at;
  return at;
}

}  // namespace sy::http
