// Heads from text, for the tests of the codec.
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "http/h1.h"

namespace sy::http {

// `text` must outlive the head.
inline RequestHead request_of(std::string_view text) {
  RequestHead head;
  const Refusal refusal = parse_request(text, Limits{}, head);
  if (refusal.status != 0) throw std::invalid_argument(std::string(refusal.reason));
  return head;
}
inline ResponseHead response_of(std::string_view text, Method to = Method::get) {
  ResponseHead head;
  const Refusal refusal = parse_response(text, to, Limits{}, head);
  if (refusal.status != 0) throw std::invalid_argument(std::string(refusal.reason));
  return head;
}
inline int request_status(std::string_view text, const Limits& limits = {}) {
  RequestHead head;
  return parse_request(text, limits, head).status;
}
inline int response_status(std::string_view text, Method to = Method::get,
                           const Limits& limits = {}) {
  ResponseHead head;
  return parse_response(text, to, limits, head).status;
}
// A GET with these lines behind its Host.
inline std::string get_with(std::string_view lines) {
  return std::string("GET / HTTP/1.1\r\nHost: a.test\r\n").append(lines).append("\r\n");
}
inline std::string post_with(std::string_view lines) {
  return std::string("POST / HTTP/1.1\r\nHost: a.test\r\n").append(lines).append("\r\n");
}
inline std::string ok_with(std::string_view lines) {
  return std::string("HTTP/1.1 200 OK\r\n").append(lines).append("\r\n");
}

}  // namespace sy::http
