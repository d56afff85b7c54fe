// The dashboard's files, embedded at build time by embed.cmake.
#pragma once
#include <string_view>

namespace sy::dashboard {

struct Asset {
  std::string_view path;  // as requested
  std::string_view type;  // of content
  std::string_view bytes;
};

// Null when there is none. "/" is index.html.
[[nodiscard]] const Asset* find(std::string_view path);

}  // namespace sy::dashboard
