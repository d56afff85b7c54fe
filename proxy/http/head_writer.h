// Appends the lines of a head to a string that is used again for the next one.
#pragma once
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "http/h1.h"

namespace sy::http {

class HeadWriter {
 public:
  explicit HeadWriter(std::string& out) : out_{out}, used_{out.size()} {}
  ~HeadWriter() {
    flush();
    out_.resize(used_);
  }
  HeadWriter(const HeadWriter&) = delete;
  HeadWriter& operator=(const HeadWriter&) = delete;

  // A field as it came. Lines that stood next to each other are copied in one piece.
  void keep(const Field& field) {
    if (field.line.empty()) {
      line(field.name, field.value);
      return;
    }
    if (!run_.empty() && run_.data() + run_.size() == field.line.data()) {
      run_ = {run_.data(), run_.size() + field.line.size()};
      return;
    }
    flush();
    run_ = field.line;
  }
  // Inlined, so that the lengths of literals are known.
  template <class... Parts>
  [[gnu::always_inline]] void raw(const Parts&... parts) {
    if (!run_.empty()) flush();
    (put(std::string_view{parts}), ...);
  }
  [[gnu::always_inline]] void line(std::string_view name, std::string_view value) {
    raw(name, ": ", value, "\r\n");
  }
  void line(std::string_view name, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    line(name, std::string_view{digits, end});
  }
  // The fields that say how long the body is; `to_close` has none.
  void framing(Framing framing, std::uint64_t length) {
    switch (framing) {
      case Framing::none:
      case Framing::to_close: break;
      case Framing::length: line("Content-Length", length); break;
      case Framing::chunked: line("Transfer-Encoding", "chunked"); break;
    }
  }
  void end() { raw("\r\n"); }

 private:
  static constexpr std::size_t room = 1024;
  void flush() {
    put(run_);
    run_ = {};
  }
  [[gnu::always_inline]] void put(std::string_view part) {
    if (part.empty()) return;
    if (out_.size() - used_ < part.size()) out_.resize(used_ + part.size() + room);
    std::memcpy(out_.data() + used_, part.data(), part.size());
    used_ += part.size();
  }
  std::string& out_;  // larger than what is written while this lives
  std::size_t used_;
  std::string_view run_;
};

}  // namespace sy::http
