#include "http/fields.h"

#include "http/tokens.h"

namespace sy::http {
namespace {

bool is_lower_hex(std::string_view text) {
  for (const char c : text)
    if (!is(c, class_hex) || c != lower(c)) return false;
  return true;
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

// `via` stands in `value` as a word: "1.1 switchyard-1a2b3c4d (comment)".
bool holds_word(std::string_view value, std::string_view via) {
  constexpr std::string_view around = " \t,";
  for (std::size_t at = value.find(via); at != value.npos; at = value.find(via, at + 1)) {
    const std::size_t after = at + via.size();
    const bool starts = at == 0 || around.find(value[at - 1]) != around.npos;
    const bool ends = after == value.size() || around.find(value[after]) != around.npos;
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace

bool is_loop(const RequestHead& head, std::string_view via) {
  if (via.empty()) return false;
  for (const Field& field : head.fields())
    if (field.id == FieldId::via && holds_word(field.value, via)) return true;
  return false;
}

std::string_view cookie(const RequestHead& head, std::string_view name) {
  for (const Field& field : head.fields()) {
    if (field.id != FieldId::cookie) continue;
    std::string_view pairs = field.value;
    while (!pairs.empty()) {
      const std::string_view pair = next_element(pairs, ';');
      if (pair.size() > name.size() && pair.substr(0, name.size()) == name &&
          pair[name.size()] == '=')
        return pair.substr(name.size() + 1);
    }
  }
  return {};
}

bool is_traceparent(std::string_view value) {
  if (value.size() != 55 || value[2] != '-' || value[35] != '-' || value[52] != '-') return false;
  const std::string_view trace = value.substr(3, 32);
  const std::string_view parent = value.substr(36, 16);
  return value.substr(0, 2) == "00" && is_lower_hex(trace) && is_lower_hex(parent) &&
         is_lower_hex(value.substr(53)) && !is_zero(trace) && !is_zero(parent);
}

}  // namespace sy::http
