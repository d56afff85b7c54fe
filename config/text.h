// How texts of a config file are shown in messages.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sy::config {

// Safe to print on one line: cut after `bytes_max`, what is not a printable UTF-8 character as "?".
[[nodiscard]] std::string shown(std::string_view text, std::size_t bytes_max = 40);

// Bytes of the UTF-8 character that `text` begins with (RFC 3629 §4), or 0 when it is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

// The one of `known` that `word` was probably meant to be; empty: none is near.
[[nodiscard]] std::string_view closest(std::string_view word,
                                       const std::vector<std::string_view>& known);

}  // namespace sy::config
