// A reader for the XML that STS answers with: elements and text. No document types, so no
// entities of their own; bounded in size, depth and number of elements.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "control/aws/error.h"

namespace sy::aws {

struct Element {
  std::string name;  // as written, prefix and all
  std::string text;  // of itself, not of its children
  std::vector<Element> children;
};

inline constexpr std::size_t xml_bytes_max = 1 << 20;

[[nodiscard]] Result<Element> read_xml(std::string_view text);

// The first child of that name, or null.
[[nodiscard]] const Element* child(const Element& parent, std::string_view name);

// The text at the end of a path of children; empty when the path breaks off.
[[nodiscard]] std::string text_at(const Element& root, std::initializer_list<const char*> path);

}  // namespace sy::aws
