// A YAML text as a tree with places, variables already filled in. Stricter than YAML: one document,
// no duplicate keys, no anchors, aliases or tags, bounded in size and depth.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/findings.h"

namespace sy::config {

inline constexpr std::size_t file_bytes_max = 1024 * 1024;
inline constexpr std::size_t depth_max = 32;
inline constexpr std::size_t scalar_bytes_max = 64 * 1024;  // after variables are filled in

// The value of an environment variable, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] Environment system_environment();

struct Entry;

struct Node {
  enum class Kind : std::uint8_t {
    null,
    text,
    list,
    map,
    refused,  // already a problem; its reader keeps the default and stays silent
  };
  Kind kind = Kind::null;
  Place place;
  std::string text;
  std::vector<Entry> entries;  // of a list (without keys) or of a map, in file order
  bool literal = true;         // no variable was filled in
};

struct Entry {
  std::string key;
  Place place;  // of the key
  Node value;
};

// The tree of `text`. What cannot be read at all becomes one problem and an empty tree.
[[nodiscard]] Node parse_document(std::string_view text, const Environment& environment,
                                  Findings& findings);

// The bytes of a file, or nothing with a problem noted.
[[nodiscard]] std::optional<std::string> read_text(const std::string& path, Findings& findings);

}  // namespace sy::config
