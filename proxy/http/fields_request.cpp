#include "http/fields.h"
#include "http/head_writer.h"
#include "http/tokens.h"

namespace sy::http {
namespace {

// What of the request's own fields the written ones build on.
struct Seen {
  std::string_view forwarded_proto;
  std::string_view forwarded_host;
  std::string_view traceparent;
  int traceparents = 0;
  bool forwarded_for = false;
  bool forwarded = false;
  bool tracestate = false;
};

Seen look(const RequestHead& head) {
  Seen seen;
  for (const Field& field : head.fields()) {
    switch (field.id) {
      case FieldId::x_forwarded_for: seen.forwarded_for = true; break;
      case FieldId::forwarded: seen.forwarded = true; break;
      case FieldId::x_forwarded_proto:
        if (seen.forwarded_proto.empty()) seen.forwarded_proto = field.value;
        break;
      case FieldId::x_forwarded_host:
        if (seen.forwarded_host.empty()) seen.forwarded_host = field.value;
        break;
      case FieldId::traceparent:
        ++seen.traceparents;
        seen.traceparent = field.value;
        break;
      case FieldId::other:
      case FieldId::connection:
      case FieldId::content_length:
      case FieldId::transfer_encoding:
      case FieldId::host:
      case FieldId::upgrade:
      case FieldId::te:
      case FieldId::trailer:
      case FieldId::expect:
      case FieldId::keep_alive:
      case FieldId::proxy_connection:
      case FieldId::via:
      case FieldId::date:
      case FieldId::max_forwards:
      case FieldId::cookie:
      case FieldId::set_cookie:
      case FieldId::x_request_id:
      case FieldId::idempotency_key:
      case FieldId::accept:
      case FieldId::switchyard_color:
      case FieldId::switchyard_token:
      case FieldId::http2_settings:
      case FieldId::proxy_authenticate: break;
    }
  }
  return seen;
}

bool keeps_trace(const Seen& seen) {
  return seen.traceparents == 1 && is_traceparent(seen.traceparent);
}

// A field the codec does not know. Strangers may not speak for a proxy they are not, and a trace
// state without its parent means nothing (W3C Trace Context §3.3).
bool keeps_other(const Field& field, const Seen& seen, const Forwarding& forwarding) {
  constexpr std::string_view prefix = "x-forwarded-";
  if (!forwarding.trusted && field.name.size() > prefix.size() &&
      equals(field.name.substr(0, prefix.size()), prefix))
    return false;
  return keeps_trace(seen) || !equals(field.name, "tracestate");
}

// Cookie without our own; nothing when nothing else is left.
void write_cookie(HeadWriter& writer, const Field& field, std::string_view ours) {
  if (ours.empty() || field.value.find(ours) == field.value.npos) {
    writer.keep(field);
    return;
  }
  bool begun = false;
  std::string_view pairs = field.value;
  while (!pairs.empty()) {
    const std::string_view pair = next_element(pairs, ';');
    const bool own = pair.substr(0, ours.size()) == ours &&
                     (pair.size() == ours.size() || pair[ours.size()] == '=');
    if (own || pair.empty()) continue;
    writer.raw(begun ? "; " : "Cookie: ", pair);
    begun = true;
  }
  if (begun) writer.raw("\r\n");
}

void write_field(HeadWriter& writer, const Field& field, const RequestHead& head, const Seen& seen,
                 const Forwarding& forwarding) {
  switch (field.id) {
    case FieldId::other:
      if (keeps_other(field, seen, forwarding)) writer.keep(field);
      break;
    case FieldId::trailer:
      if (forwarding.framing == Framing::chunked) writer.keep(field);
      break;
    case FieldId::cookie: write_cookie(writer, field, forwarding.affinity_cookie); break;
    case FieldId::forwarded:
      if (forwarding.trusted && !forwarding.forwarded) writer.keep(field);
      break;
    case FieldId::max_forwards:
      if (head.max_forwards < 0) writer.keep(field);
      break;
    case FieldId::via:
    case FieldId::date:
    case FieldId::set_cookie:
    case FieldId::idempotency_key:
    case FieldId::accept:
    case FieldId::proxy_authenticate: writer.keep(field); break;
    case FieldId::upgrade:
      if (forwarding.pass_upgrade && !head.upgrade.empty()) writer.keep(field);
      break;
    case FieldId::connection:
    case FieldId::content_length:
    case FieldId::transfer_encoding:
    case FieldId::host:
    case FieldId::te:
    case FieldId::expect:
    case FieldId::keep_alive:
    case FieldId::proxy_connection:
    case FieldId::x_forwarded_for:
    case FieldId::x_forwarded_proto:
    case FieldId::x_forwarded_host:
    case FieldId::x_request_id:
    case FieldId::traceparent:
    case FieldId::switchyard_color:
    case FieldId::switchyard_token:
    case FieldId::http2_settings: break;
  }
}

// All values of the field in one line, ours at its end.
void write_joined(HeadWriter& writer, const RequestHead& head, FieldId id, std::string_view name) {
  writer.raw(name, ": ");
  for (const Field& field : head.fields())
    if (field.id == id && !field.value.empty()) writer.raw(field.value, ", ");
}

// RFC 7239 §6: an IPv6 address stands in brackets and quotes.
void write_forwarded(HeadWriter& writer, const RequestHead& head, const Forwarding& forwarding,
                     bool chained) {
  if (chained) {
    write_joined(writer, head, FieldId::forwarded, "Forwarded");
  } else {
    writer.raw("Forwarded: ");
  }
  const bool v6 = forwarding.client_address.find(':') != forwarding.client_address.npos;
  writer.raw("for=", v6 ? "\"[" : "", forwarding.client_address, v6 ? "]\"" : "");
  if (!head.authority.empty()) writer.raw(";host=\"", head.authority, "\"");
  writer.raw(";proto=", forwarding.tls ? "https" : "http", "\r\n");
}

void write_provenance(HeadWriter& writer, const RequestHead& head, const Seen& seen,
                      const Forwarding& forwarding) {
  const bool trusted = forwarding.trusted;
  if (trusted && seen.forwarded_for) {
    write_joined(writer, head, FieldId::x_forwarded_for, "X-Forwarded-For");
    writer.raw(forwarding.client_address, "\r\n");
  } else {
    writer.line("X-Forwarded-For", forwarding.client_address);
  }
  const std::string_view scheme = forwarding.tls ? "https" : "http";
  const bool keep_proto = trusted && !seen.forwarded_proto.empty();
  writer.line("X-Forwarded-Proto", keep_proto ? seen.forwarded_proto : scheme);
  const bool keep_host = trusted && !seen.forwarded_host.empty();
  const std::string_view host = keep_host ? seen.forwarded_host : head.authority;
  if (!host.empty()) writer.line("X-Forwarded-Host", host);
  if (forwarding.forwarded) write_forwarded(writer, head, forwarding, trusted && seen.forwarded);
  if (!forwarding.request_id.empty()) writer.line("X-Request-Id", forwarding.request_id);
  const std::string_view trace = keeps_trace(seen) ? seen.traceparent : forwarding.traceparent;
  if (!trace.empty()) writer.line("traceparent", trace);
  if (!forwarding.via.empty())
    writer.raw("Via: 1.", head.minor == 0 ? "0 " : "1 ", forwarding.via, "\r\n");
}

void write_hop(HeadWriter& writer, const RequestHead& head, const Forwarding& forwarding) {
  const bool upgrade = forwarding.pass_upgrade && !head.upgrade.empty();
  if (upgrade) writer.raw("Connection: Upgrade", head.te_trailers ? ", TE\r\n" : "\r\n");
  if (!upgrade && head.te_trailers) writer.raw("Connection: TE\r\n");
  if (head.te_trailers) writer.raw("TE: trailers\r\n");
  if (forwarding.pass_expect && head.expect_continue) writer.raw("Expect: 100-continue\r\n");
  if (head.max_forwards > 0)
    writer.line("Max-Forwards", static_cast<std::uint64_t>(head.max_forwards - 1));
}

}  // namespace

void write_request(std::string& out, const RequestHead& head, const Forwarding& forwarding) {
  const Seen seen = look(head);
  HeadWriter writer{out};
  writer.raw(head.method_text, head.target.starts_with('?') ? " /" : " ", head.target,
             " HTTP/1.1\r\n");
  writer.line("Host", head.authority.empty() ? forwarding.default_host : head.authority);
  for (const Field& field : head.fields()) {
    // An Upgrade that goes on is named by our own Connection.
    const bool gone = field.nominated && field.id != FieldId::upgrade;
    if (!field.dropped && !gone) write_field(writer, field, head, seen, forwarding);
  }
  write_provenance(writer, head, seen, forwarding);
  write_hop(writer, head, forwarding);
  writer.framing(forwarding.framing, forwarding.length);
  writer.end();
}

}  // namespace sy::http
