// Reads who answered from a `/healthz` body. The body is a stranger's: its size, depth and texts
// are limited.
#pragma once
#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "health/probe_result.h"

namespace sy::health {

inline constexpr std::size_t body_bytes_max = 64 * 1024;
inline constexpr std::size_t identity_text_bytes_max = 256;

// `version_field` names the member that holds the version; the others are gitSha, environment,
// buildTime and service. A member that is absent, no string, longer than the limit or not printable
// ASCII is left empty. An error when the body is no JSON object.
[[nodiscard]] Result<Identity> parse_identity(std::string_view body,
                                              std::string_view version_field);

}  // namespace sy::health
