// Text that records and claims are kept in: one line of ASCII JSON that SSM takes, and reading
// text that anybody may have written. Pure; knows neither records nor claims.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sy::control::records {

// Of whatever is read. SSM holds at most 8 192; a record of ours at most 3 900.
inline constexpr std::size_t text_bytes_max = 8'192;
inline constexpr std::size_t string_bytes_max = 512;  // of one member; the rest is cut off

// A JSON string: ASCII, no "{" (SSM refuses "{{" anywhere), what is no UTF-8 as "?".
[[nodiscard]] std::string quoted(std::string_view text);

// "2026-11-23T07:12:14Z"; with milliseconds only when there are any.
[[nodiscard]] std::string time_text(WallTime at);
// Of the years 1970 to 9999, in UTC; nothing for anything else.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

// An object, or nothing. Depth and size are bounded.
[[nodiscard]] std::optional<boost::json::object> parse_object(std::string_view text);

// Reads the members of an object. What is absent or null stays as it is; what is of another kind is
// remembered as a complaint. Control characters, which could steer a terminal, become "?".
class Members {
 public:
  explicit Members(const boost::json::object& object) : object_{object} {}

  void text(std::string_view name, std::string& into, std::size_t bytes_max = string_bytes_max);
  void time(std::string_view name, WallTime& into);
  // Whole and from `lowest` to `highest`.
  void number(std::string_view name, std::int64_t lowest, std::int64_t highest, std::int64_t& into);
  [[nodiscard]] const boost::json::object* object(std::string_view name);
  [[nodiscard]] const boost::json::array* array(std::string_view name);
  [[nodiscard]] bool has(std::string_view name) const;

  void complain(std::string_view name);
  // The first member that makes no sense; empty: none.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;
  const boost::json::object& object_;
  std::string complaint_;
};

// Without control characters, at most `bytes_max` long, not cut within a character.
[[nodiscard]] std::string cleaned(std::string_view text, std::size_t bytes_max);

// The largest whole number that every JSON reader keeps.
inline constexpr std::int64_t whole_max = 9'007'199'254'740'991;

}  // namespace sy::control::records
