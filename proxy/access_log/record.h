// One line of the access log. PHI-safe by construction: there is no member for a path, a query, a
// header value, a body or a client address, so no caller can log one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/color.h"
#include "base/time.h"
#include "http/h1.h"

namespace sy::access_log {

using http::Method;  // an unknown one is written as OTHER: a client can put anything there

// "POST"; "OTHER" for one that is unknown.
[[nodiscard]] std::string_view word(Method method);

// The views are read during add() or line() and not kept.
struct Record {
  WallTime at{};
  Method method = Method::other;
  std::string_view service{};    // as configured; empty: no route was found
  std::string_view route{};      // the configured prefix that matched, "/api/", never the path
  std::optional<Color> color{};  // none: answered before a color was picked
  std::string_view version{};    // of the color; empty: unknown
  int status = 0;                // what the client was told; 0: it left first
  std::string_view failure{};    // a word of ours, "connect_refused"; empty: none
  Duration total{};              // first byte of the head to last byte of the response
  Duration upstream{};           // request sent to response head read; zero: no upstream
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::string_view request_id{};  // cut at 64 bytes; anything but [A-Za-z0-9._:-] becomes "?"
  std::uint8_t retries = 0;
  bool replayed = false;  // failed on the candidate first; `color` is the one that answered
  bool tls = false;
  bool client_closed = false;  // the client left before it had the whole response
};

// Formats records; keeps the text of the second it last wrote. One per thread.
class Formatter {
 public:
  // Appends one JSON object and a line feed.
  void line(std::string& out, const Record& record);
  // Appends the line that says how many lines are missing here.
  void gap(std::string& out, WallTime at, std::uint64_t lines);

 private:
  void time(std::string& out, WallTime at);

  std::int64_t second_ = -1;
  std::string second_text_;  // "2024-01-01T10:00:00"
};

}  // namespace sy::access_log
