#include "control/platform/names.h"

#include <array>
#include <utility>

namespace sy::control::platform {
namespace {

std::string capitals(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '-' || c == '.') c = '_';
  }
  return out;
}

}  // namespace

std::string filled(std::string_view text, const Names& names) {
  const std::array<std::pair<std::string_view, std::string>, 6> words{
      {{"{app}", std::string{names.app}},
       {"{env}", std::string{names.environment}},
       {"{service}", std::string{names.service}},
       {"{color}", std::string{names.color}},
       {"{SERVICE}", capitals(names.service)},
       {"{COLOR}", capitals(names.color)}}};
  std::string out;
  while (!text.empty()) {
    std::size_t taken = 1;
    std::string_view put = text.substr(0, 1);
    for (const auto& [word, value] : words) {
      if (!text.starts_with(word)) continue;
      taken = word.size();
      put = value;
    }
    out += put;
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace sy::control::platform
