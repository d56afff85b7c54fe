#include "http/framing.h"
#include "http/h1.h"
#include "http/head_lines.h"
#include "http/tokens.h"

namespace sy::http {
namespace {

constexpr Refusal bad_gateway(std::string_view reason) { return {502, reason}; }

// The length of the status line with its line end, or 0 when it is not one (RFC 9112 §4).
std::size_t take_status_line(std::string_view bytes, ResponseHead& head) {
  constexpr std::string_view shape = "HTTP/1.x nnn";
  const std::size_t lf = bytes.find('\n');
  if (lf == bytes.npos || lf < shape.size() + 1 || bytes[lf - 1] != '\r') return 0;
  const std::string_view line = bytes.substr(0, lf - 1);
  if (line.substr(0, 7) != "HTTP/1." || (line[7] != '0' && line[7] != '1') || line[8] != ' ')
    return 0;
  if (!is_all(line.substr(9, 3), class_digit) || line[9] < '1' || line[9] > '5') return 0;
  if (line.size() > shape.size() && line[shape.size()] != ' ') return 0;
  head.minor = line[7] - '0';
  head.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  head.reason = line.size() > shape.size() ? line.substr(shape.size() + 1) : std::string_view{};
  return is_all(head.reason, class_text) ? lf + 1 : 0;
}

void clear(ResponseHead& head) {
  head.reason = head.upgrade = {};
  head.framing = Framing::none;
  head.length = 0;
  head.has_length = false;
  head.count = 0;
}

struct Gathered {
  Length length;
  Codings codings;
  Options options;
};

void gather(ResponseHead& head, Gathered& gathered) {
  for (std::size_t i = 0; i < head.count; ++i) {
    const Field& field = head.field[i];
    if (field.id == FieldId::content_length) gathered.length.add(field.value);
    if (field.id == FieldId::transfer_encoding) gathered.codings.add(field.value);
    if (field.id == FieldId::connection)
      gathered.options.add(field.value, {head.field.data(), head.count});
    if (field.id == FieldId::upgrade && head.status == 101 && head.upgrade.empty())
      head.upgrade = field.value;
  }
}

// RFC 9112 §6.3, after HEAD, 1xx, 204 and 304, which have no body whatever their fields say.
void settle_body(const Gathered& gathered, ResponseHead& head) {
  if (gathered.codings.seen) {
    head.framing = gathered.codings.last_chunked ? Framing::chunked : Framing::to_close;
    if (head.framing == Framing::to_close || gathered.length.seen) head.keep_alive = false;
  } else if (gathered.length.seen) {
    head.framing = Framing::length;
  } else {
    head.framing = Framing::to_close;
    head.keep_alive = false;
  }
}

Refusal settle(const Gathered& gathered, Method to, ResponseHead& head) {
  const Codings& codings = gathered.codings;
  if (gathered.options.bad)
    return bad_gateway("The response's Connection is not a list of options.");
  if (gathered.length.bad) return bad_gateway("The response's Content-Length is not one number.");
  if (codings.seen && head.minor == 0)
    return bad_gateway("An HTTP/1.0 response has Transfer-Encoding.");
  if (codings.chunked > 1) return bad_gateway("The response is chunked more than once.");
  if (codings.last_chunked && !codings.only_chunked())
    return bad_gateway("The response has a transfer coding nobody asked for.");
  const Options& options = gathered.options;
  head.keep_alive = !options.close && (head.minor == 1 || options.keep_alive);
  const bool bare = head.status < 200 || head.status == 204;
  if (gathered.length.seen && !codings.seen) {
    head.has_length = true;
    head.length = gathered.length.value;
  }
  if (!bare && head.status != 304 && to != Method::head) {
    settle_body(gathered, head);
    return {};
  }
  // RFC 9112 §6.1, RFC 9110 §8.6: such fields are a fault here, and what follows them is unsure.
  if (bare && (codings.seen || head.length > 0)) head.keep_alive = false;
  return {};
}

}  // namespace

Refusal parse_response(std::string_view head_bytes, Method to, const Limits& limits,
                       ResponseHead& out) {
  clear(out);
  if (head_bytes.size() > limits.head_bytes_max)
    return bad_gateway("The response head is too large.");
  const std::size_t start = take_status_line(head_bytes, out);
  if (start == 0) return bad_gateway("The response does not start with a status line.");
  const Refusal refusal =
      parse_fields(head_bytes.substr(start), Side::response, out.field, out.count);
  if (refusal.status != 0) return bad_gateway(refusal.reason);
  Gathered gathered;
  gather(out, gathered);
  return settle(gathered, to, out);
}

}  // namespace sy::http
