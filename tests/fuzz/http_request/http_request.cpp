// A request head of any bytes: refused, or forwarded with the one meaning it was read with.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/fields.h"
#include "http/h1.h"
#include "http/reply.h"

namespace {

using namespace sy::http;

// The same length however the bytes arrive.
std::size_t measured(std::string_view bytes) {
  std::size_t whole_scanned = 0;
  const std::size_t whole = head_length(bytes, whole_scanned);
  std::size_t scanned = 0;
  std::size_t length = 0;
  for (std::size_t size = 0; size <= bytes.size() && length == 0; size += 1 + size / 8)
    length = head_length(bytes.substr(0, size), scanned);
  if (length == 0) length = head_length(bytes, scanned);
  SY_CHECK(length == whole);
  return whole;
}

// What an early look refuses, the whole parse refuses alike.
void check_early(std::string_view bytes, const Limits& limits, const Refusal& final) {
  for (std::size_t size = 0; size <= bytes.size(); size += 1 + size / 8) {
    const Refusal early = early_refusal(bytes.substr(0, size), limits);
    SY_CHECK(early.status == 0 || early.status == final.status);
  }
}

// No line of `head` but those that end in CRLF, and no control byte but HTAB inside one.
void check_lines(std::string_view head) {
  SY_CHECK(head.ends_with("\r\n\r\n"));
  SY_CHECK(head.find("\r\n\r\n") + 4 == head.size());
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto byte = static_cast<unsigned char>(head[i]);
    if (byte == '\r') SY_CHECK(head[i + 1] == '\n');
    if (byte == '\n') SY_CHECK(i > 0 && head[i - 1] == '\r');
    SY_CHECK(byte >= 0x20 || byte == '\r' || byte == '\n' || byte == '\t');
  }
}

Forwarding forwarding_for(const RequestHead& head, std::uint8_t choice) {
  return {.client_address = (choice & 1U) != 0 ? "10.1.2.3" : "2001:db8::1",
          .trusted = (choice & 2U) != 0,
          .tls = (choice & 4U) != 0,
          .request_id = "id-1",
          .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          .via = "switchyard-1a2b3c4d",
          .default_host = "default.test",
          .forwarded = (choice & 8U) != 0,
          .pass_upgrade = (choice & 16U) != 0,
          .framing = head.framing,
          .length = head.length,
          .affinity_cookie = "sy"};
}

void check_meaning(const RequestHead& head, const RequestHead& again) {
  SY_CHECK(again.minor == 1);
  SY_CHECK(again.method_text == head.method_text);
  SY_CHECK(again.path == head.path);
  SY_CHECK(again.framing == head.framing && again.length == head.length);
  SY_CHECK(again.authority == (head.authority.empty() ? "default.test" : head.authority));
  SY_CHECK(is_loop(again, "switchyard-1a2b3c4d"));
  SY_CHECK(cookie(again, "sy").empty());
  SY_CHECK(is_traceparent(again.value(FieldId::traceparent)));
  int request_ids = 0;
  for (const Field& field : again.fields()) {
    SY_CHECK(!field.dropped);
    SY_CHECK(field.id != FieldId::switchyard_color && field.id != FieldId::switchyard_token);
    SY_CHECK(field.id != FieldId::http2_settings && field.id != FieldId::keep_alive);
    if (field.id == FieldId::x_request_id) ++request_ids;
  }
  SY_CHECK(request_ids == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = bytes[0];
  const std::string_view in{reinterpret_cast<const char*>(bytes) + 1, size - 1};
  const std::size_t length = measured(in);
  if (length == 0) {
    (void)early_refusal(in, Limits{});
    return 0;
  }
  static RequestHead head;
  const Refusal refusal = parse_request(in.substr(0, length), Limits{}, head);
  check_early(in.substr(0, length), Limits{}, refusal);
  SY_CHECK(refusal.status == 0 || (refusal.status >= 400 && !refusal.reason.empty()));
  if (refusal.status != 0) return 0;
  std::string out;
  write_request(out, head, forwarding_for(head, choice));
  check_lines(out);
  static RequestHead again;
  const Limits wide{.head_bytes_max = 1U << 20U};
  const Refusal second = parse_request(out, wide, again);
  // Our own fields may be one too many for the count, which is a limit and no meaning.
  if (second.status == 431) return 0;
  SY_CHECK(second.status == 0);
  check_meaning(head, again);
  std::string page;
  write_reply(page, {.status = 503, .request_id = head.value(FieldId::x_request_id)},
              head.value(FieldId::accept), {});
  SY_CHECK(page.find("\r\n\r\n") != std::string::npos);
  return 0;
}
