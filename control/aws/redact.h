// Takes secrets out of text that people or logs will see. AWS itself repeats the session token in
// the message of a signature that does not match.
#pragma once
#include <string>
#include <string_view>

#include "control/aws/credentials.h"

namespace sy::aws {

// Values that stand behind the names of secrets, tokens that look like tokens.
[[nodiscard]] std::string redacted(std::string_view text);

// These very credentials too, wherever they stand.
[[nodiscard]] std::string redacted(std::string_view text, const Credentials& credentials);

// Without `secret`, wherever it stands. One of fewer than 8 characters is no secret: it would be
// found in ordinary words.
[[nodiscard]] std::string without(std::string_view text, std::string_view secret);

// One line of at most `bytes_max` without control characters, which could steer a terminal.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t bytes_max);

}  // namespace sy::aws
