#include "http/h1.h"

#include "http/scan.h"

namespace sy::http {
namespace {

std::string_view first(std::span<const Field> fields, FieldId id) {
  for (const Field& field : fields)
    if (field.id == id) return field.value;
  return {};
}

}  // namespace

std::string_view RequestHead::value(FieldId id) const { return first(fields(), id); }
std::string_view ResponseHead::value(FieldId id) const { return first(fields(), id); }

std::size_t head_length(std::string_view bytes, std::size_t& scanned) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* at = begin + scanned;
  if (scanned == 0) {
    while (at != end && (*at == '\r' || *at == '\n')) ++at;
    if (at == end) return 0;
  }
  for (;;) {
    at = find_lf(at, end);
    scanned = static_cast<std::size_t>(at - begin);
    const auto left = end - at;
    if (left < 2) return 0;
    if (at[1] == '\n') return scanned + 2;
    if (at[1] == '\r') {
      if (left < 3) return 0;
      if (at[2] == '\n') return scanned + 3;
    }
    ++at;
  }
}

}  // namespace sy::http
