// What Content-Length, Transfer-Encoding and Connection say, gathered over all lines of a head.
#pragma once
#include <cstdint>
#include <string_view>

#include "http/h1.h"

namespace sy::http {

// All Content-Length values. Equal ones collapse, in one line or several (RFC 9110 §8.6).
struct Length {
  bool seen = false;
  bool bad = false;  // not digits, over 2^63 - 1, or values that differ
  std::uint64_t value = 0;
  void add(std::string_view field_value);
};

// All transfer codings, in order.
struct Codings {
  int count = 0;
  int chunked = 0;  // how many of them are "chunked"
  bool last_chunked = false;
  bool seen = false;  // the field was there, even empty
  void add(std::string_view field_value);
  [[nodiscard]] bool only_chunked() const { return count == 1 && chunked == 1; }
};

struct Options {
  static constexpr int count_max = 64;
  int count = 0;
  bool bad = false;  // not a token, or too many
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
  bool te = false;
  // Adds the options of one Connection value and marks the fields it names.
  void add(std::string_view field_value, std::span<Field> fields);
};

// Which fields Connection cannot take away, whoever names them.
[[nodiscard]] bool is_protected(FieldId id);

// A list of protocols names one that a tunnel must not carry: HTTP itself (h2c) would bring
// requests past every rule of this codec.
[[nodiscard]] bool names_http(std::string_view upgrade);

}  // namespace sy::http
