#include "config/text.h"

#include <algorithm>

namespace sy::config {

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

}  // namespace sy::config
