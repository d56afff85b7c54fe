#include "config/text.h"

#include <algorithm>
#include <numeric>

namespace sy::config {
namespace {

// Levenshtein's distance. REQUIRES: both texts short.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string shown(std::string_view text, std::size_t bytes_max) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (out.size() + length > bytes_max) return out + "…";
    const bool plain = length > 1 || (length == 1 && text[0] >= 0x20 && text[0] != 0x7f);
    out += plain ? std::string{text.substr(0, length)} : "?";
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  if (text.empty()) return 0;
  if (at(0) < 0x80) return 1;
  if (at(0) >= 0xC2 && at(0) <= 0xDF) return tail(1) ? 2 : 0;
  if (at(0) >= 0xE0 && at(0) <= 0xEF) {
    const bool overlong = at(0) == 0xE0 && at(1) < 0xA0;
    const bool surrogate = at(0) == 0xED && at(1) > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (at(0) >= 0xF0 && at(0) <= 0xF4) {
    const bool overlong = at(0) == 0xF0 && at(1) < 0x90;
    const bool beyond = at(0) == 0xF4 && at(1) > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

std::string_view closest(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > 40) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t d = distance(word, candidate);
    if (d >= best_distance || d >= candidate.size()) continue;
    best_distance = d;
    best = candidate;
  }
  return best;
}

}  // namespace sy::config
