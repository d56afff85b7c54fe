#include "answer.h"

#include <algorithm>
#include <charconv>

namespace sy::openload {
namespace {

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x | 0x20) == (y | 0x20);
         });
}

std::string_view field(std::string_view head, std::string_view wanted) {
  std::size_t at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    const std::size_t begin = at + 2;
    at = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, at - begin);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same(line.substr(0, colon), wanted)) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string_view::npos ? std::string_view{} : line.substr(value);
  }
  return {};
}

// Bytes of a chunked body at the front of `body`, 0 while it is not whole, npos when it is broken.
std::size_t chunked_bytes(std::string_view body) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t line = body.find("\r\n", at);
    if (line == std::string_view::npos) return 0;
    std::size_t size = 0;
    const auto read = std::from_chars(body.data() + at, body.data() + line, size, 16);
    if (read.ec != std::errc{}) return std::string_view::npos;
    if (size == 0) break;
    at = line + 2 + size + 2;
    if (at > body.size()) return 0;
  }
  if (body.substr(at).starts_with("0\r\n\r\n")) return at + 5;
  const std::size_t end = body.find("\r\n\r\n", at);
  return end == std::string_view::npos ? 0 : end + 4;
}

void frame_body(std::string_view head, std::string_view body, Answer& answer) {
  if (answer.status == 204 || answer.status == 304 || answer.status == 101) {
    answer.progress = Progress::whole;
    return;
  }
  if (same(field(head, "transfer-encoding"), "chunked")) {
    const std::size_t bytes = chunked_bytes(body);
    if (bytes == std::string_view::npos) answer.progress = Progress::broken;
    if (bytes == 0 || bytes == std::string_view::npos) return;
    answer.bytes += bytes;
    answer.progress = Progress::whole;
    return;
  }
  const std::string_view length = field(head, "content-length");
  std::size_t bytes = 0;
  if (length.empty()) {
    answer.to_close = true;
  } else if (std::from_chars(length.data(), length.data() + length.size(), bytes).ec !=
             std::errc{}) {
    answer.progress = Progress::broken;
  } else if (body.size() >= bytes) {
    answer.bytes += bytes;
    answer.progress = Progress::whole;
  }
}

}  // namespace

Answer read_answer(std::string_view buffer, std::string_view color_header) {
  Answer answer;
  const std::size_t end = buffer.find("\r\n\r\n");
  if (end == std::string_view::npos) return answer;
  const std::string_view head = buffer.substr(0, end + 2);
  answer.bytes = end + 4;
  if (!head.starts_with("HTTP/1.") || head.size() < 12 ||
      std::from_chars(head.data() + 9, head.data() + 12, answer.status).ec != std::errc{}) {
    answer.progress = Progress::broken;
    return answer;
  }
  if (answer.status < 200 && answer.status != 101) {
    Answer final = read_answer(buffer.substr(answer.bytes), color_header);
    final.bytes += answer.bytes;
    return final;
  }
  answer.color = field(head, color_header);
  answer.closing = same(field(head, "connection"), "close");
  frame_body(head, buffer.substr(answer.bytes), answer);
  return answer;
}

Answer read_frame(std::string_view buffer) {
  Answer answer;
  if (buffer.size() < 2) return answer;
  const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(buffer[at]); };
  std::size_t head = 2;
  std::size_t size = octet(1);
  if (size == 126) {
    if (buffer.size() < 4) return answer;
    size = (std::size_t{octet(2)} << 8) | octet(3);
    head = 4;
  } else if (size > 126) {
    answer.progress = Progress::broken;
    return answer;
  }
  if (buffer.size() < head + size) return answer;
  // 0x8 in the low bits: the peer closes (RFC 6455 §5.5.1).
  answer.closing = (octet(0) & 0x0F) == 8;
  answer.bytes = head + size;
  answer.color = buffer.substr(head, size);
  answer.progress = Progress::whole;
  return answer;
}

std::string text_frame(std::string_view payload) {
  constexpr std::string_view mask = "\x11\x22\x33\x44";
  std::string out;
  out += static_cast<char>(0x81);
  out += static_cast<char>(0x80 | payload.size());
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return out;
}

}  // namespace sy::openload
