#include "control/render/events.h"

namespace sy::control {

void EventLines::end_line(std::string& out) {
  if (line_.starts_with("event: ")) type_ = line_.substr(7);
  if (line_.starts_with("data: ")) text_ = line_.substr(6);
  if (line_.empty() && !type_.empty()) {
    out += (json_ ? "" : type_ + " ") + text_ + "\n";
    type_.clear();
    text_.clear();
  }
  line_.clear();
}

std::string EventLines::feed(std::string_view bytes) {
  constexpr std::size_t line_bytes_max = 1'000'000;
  std::string out;
  for (const char c : bytes) {
    if (c == '\n') {
      end_line(out);
    } else if (c != '\r' && line_.size() < line_bytes_max) {
      line_ += c;
    }
  }
  return out;
}

}  // namespace sy::control
