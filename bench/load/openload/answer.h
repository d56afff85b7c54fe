// Reads one HTTP/1.1 response or one WebSocket frame out of a growing buffer. Knows no socket.
#pragma once
#include <string>
#include <string_view>

namespace sy::openload {

enum class Progress { more, whole, broken };

struct Answer {
  Progress progress = Progress::more;
  std::size_t bytes = 0;  // of the buffer, when whole
  int status = 0;
  bool to_close = false;   // whole only once the peer closes
  bool closing = false;    // the peer will close
  std::string_view color;  // into the buffer
};

[[nodiscard]] Answer read_answer(std::string_view buffer, std::string_view color_header);

// A server's frame (unmasked, under 64 KiB): `bytes` of it, and its payload as `color`.
[[nodiscard]] Answer read_frame(std::string_view buffer);

// A client's text frame, masked as RFC 6455 §5.3 wants; payload under 126 bytes.
[[nodiscard]] std::string text_frame(std::string_view payload);

}  // namespace sy::openload
