#include "http/fields.h"
#include "http/head_writer.h"

namespace sy::http {
namespace {

bool keeps(const Field& field, const ResponseHead& head, const Returning& returning) {
  if (field.dropped) return false;
  switch (field.id) {
    case FieldId::trailer: return returning.framing == Framing::chunked && !field.nominated;
    case FieldId::x_request_id: return returning.request_id.empty();
    case FieldId::upgrade: return head.status == 101 && returning.pass_upgrade;
    case FieldId::other:
    case FieldId::host:
    case FieldId::expect:
    case FieldId::via:
    case FieldId::date:
    case FieldId::max_forwards:
    case FieldId::cookie:
    case FieldId::set_cookie:
    case FieldId::forwarded:
    case FieldId::x_forwarded_for:
    case FieldId::x_forwarded_proto:
    case FieldId::x_forwarded_host:
    case FieldId::traceparent:
    case FieldId::idempotency_key:
    case FieldId::accept: return !field.nominated;
    case FieldId::connection:
    case FieldId::content_length:
    case FieldId::transfer_encoding:
    case FieldId::te:
    case FieldId::keep_alive:
    case FieldId::proxy_connection:
    case FieldId::switchyard_color:
    case FieldId::switchyard_token:
    case FieldId::http2_settings:
    case FieldId::proxy_authenticate: return false;
  }
  return false;
}

// RFC 9110 §8.6: no Content-Length in 1xx and 204; where no body follows, the one that came.
void write_framing(HeadWriter& writer, const ResponseHead& head, const Returning& returning) {
  if (head.status < 200 || head.status == 204) return;
  if (returning.framing == Framing::none) {
    if (head.has_length) writer.line("Content-Length", head.length);
    return;
  }
  if (returning.framing == Framing::chunked && returning.client_minor == 0) return;
  writer.framing(returning.framing, returning.length);
}

void write_connection(HeadWriter& writer, const ResponseHead& head, const Returning& returning) {
  if (head.status == 101 && returning.pass_upgrade) {
    writer.raw("Connection: Upgrade\r\n");
    return;
  }
  if (head.status < 200) return;
  const bool until_close = returning.framing == Framing::to_close ||
                           (returning.framing == Framing::chunked && returning.client_minor == 0);
  if (!returning.keep_alive || until_close) {
    writer.raw("Connection: close\r\n");
  } else if (returning.client_minor == 0) {
    writer.raw("Connection: keep-alive\r\n");
  }
}

}  // namespace

void write_response(std::string& out, const ResponseHead& head, const Returning& returning) {
  HeadWriter writer{out};
  const char status[] = {static_cast<char>('0' + head.status / 100),
                         static_cast<char>('0' + head.status / 10 % 10),
                         static_cast<char>('0' + head.status % 10)};
  writer.raw("HTTP/1.1 ", std::string_view{status, sizeof status}, " ", head.reason, "\r\n");
  bool dated = false;
  for (const Field& field : head.fields()) {
    dated = dated || field.id == FieldId::date;
    if (keeps(field, head, returning)) writer.keep(field);
  }
  // A 101 is the last response of its connection; the other 1xx only announce theirs.
  if (head.status >= 200 || head.status == 101) {
    if (!dated && !returning.date.empty()) writer.line("Date", returning.date);
    if (!returning.set_cookie.empty()) writer.line("Set-Cookie", returning.set_cookie);
    if (!returning.request_id.empty()) writer.line("X-Request-Id", returning.request_id);
  }
  if (!returning.via.empty())
    writer.raw("Via: 1.", head.minor == 0 ? "0 " : "1 ", returning.via, "\r\n");
  write_framing(writer, head, returning);
  write_connection(writer, head, returning);
  writer.end();
}

}  // namespace sy::http
