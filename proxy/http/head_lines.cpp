#include "http/head_lines.h"

#include "http/scan.h"
#include "http/tokens.h"

namespace sy::http {
namespace {

constexpr Refusal bare_lf{400, "A line ends with a bare LF."};
constexpr Refusal bare_cr{400, "A CR is not followed by LF."};
constexpr Refusal bad_name{400, "A field name is not a token."};
constexpr Refusal bad_value{400, "A field value holds a control byte."};
constexpr Refusal space_before_colon{400, "White space stands before a colon."};
constexpr Refusal folded{400, "A line starts with white space."};
constexpr Refusal no_end{400, "The head does not end with an empty line."};
constexpr Refusal too_many{431, "The head has too many fields."};

Refusal bad_end(char c) {
  if (c == '\n') return bare_lf;
  if (c == '\r') return bare_cr;
  return bad_value;
}

// Takes one line from the front of [at, end). REQUIRES: at != end and end[-1] is LF, at which every
// scan stops.
Refusal take_field(const char*& at, const char* end, Side side, Field& field) {
  const char* const name = at;
  std::uint8_t shared = class_plain;
  for (std::uint8_t bits = class_of(*at); (bits & class_token) != 0; bits = class_of(*++at)) {
    shared &= bits;
  }
  const char* const name_end = at;
  if (name == name_end) return is_blank(*at) ? folded : bad_name;
  bool verbatim = true;
  if (*at != ':') {
    if (!is_blank(*at)) return *at == '\n' ? bare_lf : bad_name;
    while (is_blank(*at)) ++at;
    if (*at != ':') return bad_name;
    if (side == Side::request) return space_before_colon;
    verbatim = false;  // RFC 9112 §5.1: a proxy removes it.
  }
  ++at;
  while (is_blank(*at)) ++at;
  const char* const value = at;
  at = find_control(at, end);
  if (*at != '\r' || at[1] != '\n') return bad_end(*at);
  const char* value_end = at;
  while (value_end != value && is_blank(value_end[-1])) --value_end;
  at += 2;
  field.name = {name, name_end};
  field.value = {value, value_end};
  field.id = field_id(field.name);
  field.nominated = false;
  field.dropped = side == Side::request && shared == 0;
  field.line = verbatim ? std::string_view{name, at} : std::string_view{};
  return {};
}

}  // namespace

Refusal parse_fields(std::string_view lines, Side side, std::array<Field, fields_max>& fields,
                     std::size_t& count) {
  count = 0;
  if (lines.empty() || lines.back() != '\n') return no_end;
  const char* at = lines.data();
  const char* const end = at + lines.size();
  while (at != end) {
    if (*at == '\n') return bare_lf;
    if (*at == '\r') {
      if (at[1] != '\n') return bare_cr;
      return at + 2 == end ? Refusal{} : no_end;
    }
    if (count == fields_max) return too_many;
    if (const Refusal refusal = take_field(at, end, side, fields[count]); refusal.status != 0)
      return refusal;
    ++count;
  }
  return no_end;
}

Refusal parse_field(std::string_view line, Side side, Field& field) {
  if (line.empty() || line.back() != '\n') return no_end;
  const char* at = line.data();
  const char* const end = at + line.size();
  const Refusal refusal = take_field(at, end, side, field);
  if (refusal.status != 0) return refusal;
  return at == end ? Refusal{} : bad_value;
}

}  // namespace sy::http
