// The field lines of a head or of a trailer section, for both directions (RFC 9112 §5).
#pragma once
#include <array>
#include <string_view>

#include "http/h1.h"

namespace sy::http {

enum class Side : std::uint8_t { request, response };

// Parses everything after the start line, up to and with the empty line that must end `lines`.
[[nodiscard]] Refusal parse_fields(std::string_view lines, Side side,
                                   std::array<Field, fields_max>& fields, std::size_t& count);

// Parses one line, with its line end, into `field`; for trailers.
[[nodiscard]] Refusal parse_field(std::string_view line, Side side, Field& field);

}  // namespace sy::http
