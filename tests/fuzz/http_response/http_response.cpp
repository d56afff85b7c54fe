// A response head of any bytes: refused with 502, or passed on with the one meaning it was read
// with.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/fields.h"
#include "http/h1.h"

namespace {

using namespace sy::http;

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

// As a worker would: no chunked framing for HTTP/1.0 clients.
Returning returning_for(const ResponseHead& head, std::uint8_t choice) {
  const int minor = (choice & 1U) != 0 ? 0 : 1;
  const bool old = minor == 0 && head.framing == Framing::chunked;
  return {.date = "Sun, 06 Nov 1994 08:49:37 GMT",
          .via = (choice & 4U) != 0 ? "switchyard-1a2b3c4d" : "",
          .set_cookie = (choice & 8U) != 0 ? "sy=1; Path=/" : "",
          .request_id = (choice & 16U) != 0 ? "id-1" : "",
          .client_minor = minor,
          .keep_alive = (choice & 32U) != 0,
          .pass_upgrade = head.status == 101,
          .framing = old ? Framing::to_close : head.framing,
          .length = head.length};
}

Method method_for(std::uint8_t choice) { return (choice & 2U) != 0 ? Method::head : Method::get; }

void check_meaning(const ResponseHead& head, const ResponseHead& again,
                   const Returning& returning) {
  SY_CHECK(again.minor == 1);
  SY_CHECK(again.status == head.status);
  SY_CHECK(again.reason == head.reason);
  SY_CHECK(again.framing == returning.framing);
  if (returning.framing == Framing::length) SY_CHECK(again.length == head.length);
  if (head.status >= 200 && !returning.keep_alive) SY_CHECK(!again.keep_alive);
  if (head.status < 200 || head.status == 204) SY_CHECK(!again.has_length);
  const bool interim = head.status < 200 && head.status != 101;
  std::size_t cookies = returning.set_cookie.empty() || interim ? 0 : 1;
  for (const Field& field : head.fields())
    if (field.id == FieldId::set_cookie && !field.nominated) ++cookies;
  for (const Field& field : again.fields()) {
    if (field.id == FieldId::set_cookie) --cookies;
    SY_CHECK(field.id != FieldId::keep_alive && field.id != FieldId::proxy_connection);
  }
  SY_CHECK(cookies == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = bytes[0];
  const std::string_view in{reinterpret_cast<const char*>(bytes) + 1, size - 1};
  std::size_t scanned = 0;
  const std::size_t length = head_length(in, scanned);
  static ResponseHead head;
  const Refusal refusal = parse_response(in.substr(0, length), method_for(choice), Limits{}, head);
  SY_CHECK(refusal.status == 0 || refusal.status == 502);
  if (refusal.status != 0) return 0;
  const Returning returning = returning_for(head, choice);
  std::string out;
  write_response(out, head, returning);
  check_lines(out);
  static ResponseHead again;
  const Limits wide{.head_bytes_max = 1U << 20U};
  const Refusal second = parse_response(out, method_for(choice), wide, again);
  if (second.status != 0 && head.count + 6 > fields_max) return 0;
  SY_CHECK(second.status == 0);
  check_meaning(head, again, returning);
  return 0;
}
