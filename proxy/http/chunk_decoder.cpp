#include <algorithm>
#include <limits>

#include "http/framing.h"
#include "http/h1.h"
#include "http/head_lines.h"
#include "http/tokens.h"

namespace sy::http {
namespace {

// Left out of trailers beside every field the proxy acts on (RFC 9110 §6.5.1): an upstream that
// merges trailers into the head must not be reached this way.
constexpr std::string_view head_only[] = {"authorization",
                                          "cache-control",
                                          "content-encoding",
                                          "content-range",
                                          "content-type",
                                          "range",
                                          "proxy-authorization",
                                          "www-authenticate",
                                          "age",
                                          "expires",
                                          "location",
                                          "retry-after",
                                          "vary",
                                          "warning",
                                          "if-match",
                                          "if-none-match",
                                          "if-modified-since",
                                          "if-unmodified-since",
                                          "if-range",
                                          "pragma",
                                          "tracestate",
                                          "x-real-ip"};

bool may_trail(const Field& field) {
  if (field.dropped || field.id != FieldId::other) return false;
  if (field.name.size() > 12 && equals(field.name.substr(0, 12), "x-forwarded-")) return false;
  return std::ranges::none_of(head_only,
                              [&](std::string_view name) { return equals(field.name, name); });
}

void append_lower(std::string& out, std::string_view text) {
  for (const char c : text) out += lower(c);
}

}  // namespace

void ChunkDecoder::nominate(std::span<const Field> head_fields) {
  for (const Field& field : head_fields) {
    if (field.id != FieldId::connection) continue;
    std::string_view options = field.value;
    while (!options.empty()) {
      const std::string_view option = next_element(options);
      if (option.empty() || field_id(option) != FieldId::other || equals(option, "close")) continue;
      if (nominated_.empty()) nominated_ = ',';
      append_lower(nominated_, option);
      nominated_ += ',';
    }
  }
}

bool ChunkDecoder::refuse(int status, std::string_view reason) {
  refusal_ = {status, reason};
  at_ = At::bad;
  return false;
}

bool ChunkDecoder::size_digit(char c) {
  if (is(c, class_hex)) {
    if (++digits_ > 16) return refuse(400, "A chunk size has too many digits.");
    left_ = left_ << 4U | hex_value(c);
    return true;
  }
  if (digits_ == 0) return refuse(400, "A chunk size is not a hexadecimal number.");
  if (left_ > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return refuse(400, "A chunk size is too large.");
  return after_value(c);
}

// Behind the size or an extension. White space may stand before ";" (RFC 9112 §7.1.1); before the
// line end it is let pass behind an extension, but never behind the size.
bool ChunkDecoder::after_value(char c) {
  if (c == ';') {
    at_ = At::extension;
  } else if (c == '\r' && at_ != At::size_gap) {
    at_ = At::size_lf;
  } else if (is_blank(c)) {
    at_ = at_ == At::size || at_ == At::size_gap ? At::size_gap : At::value_gap;
  } else {
    return refuse(400, "A chunk size line is malformed.");
  }
  return true;
}

bool ChunkDecoder::after_name(char c) {
  if (c != '=' && !is_blank(c)) return after_value(c);
  at_ = c == '=' ? At::equals : At::name_gap;
  return true;
}

bool ChunkDecoder::in_quotes(char c) {
  if (!is(c, class_text)) return refuse(400, "A chunk extension is malformed.");
  if (at_ == At::escaped) {
    at_ = At::quoted;
  } else if (c == '\\') {
    at_ = At::escaped;
  } else if (c == '"') {
    at_ = At::quoted_end;
  }
  return true;
}

bool ChunkDecoder::size_line_end(char c) {
  if (c != '\n') return refuse(400, "A chunk size line does not end with CRLF.");
  at_ = left_ == 0 ? At::trailer : At::body;
  return true;
}

bool ChunkDecoder::trailer_line() {
  if (line_ == "\r\n") {
    at_ = At::done;
    return true;
  }
  if (++trailer_count_ > fields_max) return refuse(431, "There are too many trailers.");
  Field field;
  const Refusal refusal = parse_field(line_, Side::request, field);
  if (refusal.status != 0) return refuse(refusal.status, refusal.reason);
  if (may_trail(field)) {
    std::string wanted = ",";
    append_lower(wanted, field.name);
    wanted += ',';
    if (nominated_.find(wanted) == nominated_.npos)
      trailers_.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  line_.clear();
  return true;
}

bool ChunkDecoder::trailer_byte(char c) {
  if (++trailer_bytes_ > limits_.trailer_bytes_max)
    return refuse(431, "The trailers are too large.");
  line_ += c;
  return c != '\n' || trailer_line();
}

bool ChunkDecoder::step(char c) {
  switch (at_) {
    case At::size: return size_digit(c);
    case At::size_gap:
    case At::value_gap:
    case At::quoted_end: return after_value(c);
    case At::extension:
      if (is_blank(c)) return true;
      at_ = At::name;
      return is(c, class_token) || refuse(400, "A chunk extension is malformed.");
    case At::name: return is(c, class_token) || after_name(c);
    case At::name_gap: return after_name(c);
    case At::equals:
      if (is_blank(c)) return true;
      at_ = c == '"' ? At::quoted : At::value;
      return c == '"' || is(c, class_token) || refuse(400, "A chunk extension is malformed.");
    case At::value: return is(c, class_token) || after_value(c);
    case At::quoted:
    case At::escaped: return in_quotes(c);
    case At::size_lf: return size_line_end(c);
    case At::body_cr:
      at_ = At::body_lf;
      return c == '\r' || refuse(400, "A chunk does not end with CRLF.");
    case At::body_lf:
      at_ = At::size;
      line_bytes_ = 0;
      digits_ = 0;
      return c == '\n' || refuse(400, "A chunk does not end with CRLF.");
    case At::trailer: return trailer_byte(c);
    case At::body:
    case At::done:
    case At::bad: return false;
  }
  return false;
}

ChunkDecoder::Step ChunkDecoder::next(std::string_view in) {
  Step out;
  while (out.taken < in.size() && at_ != At::done && at_ != At::bad) {
    if (at_ == At::body) {
      out.bytes = in.substr(out.taken, std::min<std::uint64_t>(left_, in.size() - out.taken));
      out.taken += out.bytes.size();
      left_ -= out.bytes.size();
      if (left_ == 0) at_ = At::body_cr;
      break;
    }
    const bool in_line = at_ < At::body;
    if (!step(in[out.taken])) break;
    ++out.taken;
    if (in_line && ++line_bytes_ > limits_.chunk_line_bytes_max)
      refuse(400, "A chunk size line is too long.");
  }
  if (at_ == At::done) out.verdict = Verdict::done;
  if (at_ == At::bad) out.verdict = Verdict::bad;
  return out;
}

void ChunkDecoder::reset() {
  at_ = At::size;
  left_ = 0;
  line_bytes_ = 0;
  digits_ = 0;
  line_.clear();
  trailers_.clear();
  nominated_.clear();
  trailer_bytes_ = 0;
  trailer_count_ = 0;
  refusal_ = {};
}

}  // namespace sy::http
