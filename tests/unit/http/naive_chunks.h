// A chunked body read the slow, obvious way, whole lines at a time: what ChunkDecoder must agree
// with.
#pragma once
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace sy::http::naive {

enum class End { done, bad, more };

struct Body {
  End end = End::more;
  std::string bytes;
  std::vector<std::string> trailer_names;  // every one that was sent
  std::size_t used = 0;                    // of the input; only for done
};

inline bool is_tchar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}
inline bool is_text(char c) {
  return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}
inline std::size_t blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}
inline std::size_t token(std::string_view text, std::size_t at) {
  while (at < text.size() && is_tchar(text[at])) ++at;
  return at;
}
// The end of the quoted string that starts at `at`, or npos.
inline std::size_t quoted(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (!is_text(text[at])) return std::string_view::npos;
    if (text[at] == '"') return at + 1;
    if (text[at] != '\\') continue;
    if (++at == text.size() || !is_text(text[at])) return std::string_view::npos;
  }
  return std::string_view::npos;
}

inline bool extensions_are_good(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    at = blanks(text, at);
    if (at == text.size()) return true;
    if (text[at] != ';') return false;
    const std::size_t name = blanks(text, at + 1);
    at = token(text, name);
    if (at == name) return false;
    const std::size_t equals = blanks(text, at);
    if (equals == text.size() || text[equals] != '=') continue;
    const std::size_t value = blanks(text, equals + 1);
    if (value == text.size()) return false;
    at = text[value] == '"' ? quoted(text, value) : token(text, value);
    if (at == std::string_view::npos || at == value) return false;
  }
  return true;
}

// `line` is without its CRLF. False when it is no chunk size line.
inline bool size_of(std::string_view line, unsigned long long& size) {
  std::size_t digits = 0;
  while (digits < line.size() && std::isxdigit(static_cast<unsigned char>(line[digits])) != 0)
    ++digits;
  if (digits == 0 || digits > 16) return false;
  size = std::stoull(std::string(line.substr(0, digits)), nullptr, 16);
  if (size > 0x7fffffffffffffffULL) return false;
  const std::string_view rest = line.substr(digits);
  if (blanks(rest, 0) == rest.size()) return rest.empty();
  return extensions_are_good(rest);
}

inline bool is_trailer(std::string_view line, std::string& name) {
  const std::size_t colon = token(line, 0);
  if (colon == 0 || colon == line.size() || line[colon] != ':') return false;
  for (const char c : line.substr(colon + 1))
    if (!is_text(c)) return false;
  name = line.substr(0, colon);
  return true;
}

inline Body decode(std::string_view in, std::size_t line_max, std::size_t trailer_max) {
  Body out;
  std::size_t at = 0;
  std::size_t trailer_bytes = 0;
  bool in_trailers = false;
  const auto finish = [&out](End end) {
    out.end = end;
    return out;
  };
  for (;;) {
    const std::size_t lf = in.find('\n', at);
    if (lf == std::string_view::npos) return finish(End::more);
    const std::size_t length = lf + 1 - at;
    if (length < 2 || in[lf - 1] != '\r') return finish(End::bad);
    const std::string_view line = in.substr(at, length - 2);
    if (in_trailers) {
      trailer_bytes += length;
      if (trailer_bytes > trailer_max) return finish(End::bad);
      out.used = at = lf + 1;
      if (line.empty()) return finish(End::done);
      std::string name;
      if (!is_trailer(line, name)) return finish(End::bad);
      out.trailer_names.push_back(name);
      continue;
    }
    unsigned long long size = 0;
    if (length > line_max || !size_of(line, size)) return finish(End::bad);
    at = lf + 1;
    in_trailers = size == 0;
    if (in_trailers) continue;
    out.bytes += in.substr(at, size);
    if (in.size() - at <= size) return finish(End::more);
    at += size;
    if (in[at] != '\r') return finish(End::bad);
    if (at + 1 == in.size()) return finish(End::more);
    if (in[at + 1] != '\n') return finish(End::bad);
    at += 2;
  }
}

}  // namespace sy::http::naive
