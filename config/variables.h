// ${VAR} and ${VAR:-default} inside values, and how texts of the file are shown in messages.
#pragma once
#include <string>
#include <string_view>

#include "config/document.h"

namespace sy::config {

// Replaces variables in every value of the tree, never in keys. What comes from the environment is
// text only: it cannot add keys or lists. "$$" is a dollar sign.
void fill_variables(Node& root, const Environment& environment, Findings& findings);

// Safe to print on one line: cut at 40 bytes, control characters as "?".
[[nodiscard]] std::string shown(std::string_view text);

// Bytes of the UTF-8 character that `text` begins with (RFC 3629 §4), or 0 when it is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace sy::config
