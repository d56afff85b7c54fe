// An entry as its one canonical line, and the chain of hashes. Private to this folder.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "director/journal.h"

namespace sy::director {

inline constexpr std::size_t line_bytes_max = 64 * 1024;

[[nodiscard]] std::string first_previous();  // 64 zeros
// Texts made to fit (journal.h); sequence, previous and hash untouched.
[[nodiscard]] Entry fitted(Entry entry);
// SHA-256 over the canonical text of everything but the hash, in hex.
[[nodiscard]] std::string hash_of(const Entry& entry);
// Without the line end.
[[nodiscard]] std::string to_line(const Entry& entry);
// Nothing unless the line is exactly what to_line makes of the entry; the hash is not checked.
[[nodiscard]] std::optional<Entry> from_line(std::string_view line);

// Follows a journal line by line and says what is wrong with each, in words.
class Chain {
 public:
  // Empty: the line is intact and follows the one before. `entry` is set when it could be read.
  [[nodiscard]] std::string check(std::string_view line, std::optional<Entry>& entry);
  [[nodiscard]] std::uint64_t line() const { return line_; }
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }  // of the last entry read
  [[nodiscard]] const std::string& hash() const { return hash_; }     // of the last entry read

 private:
  std::uint64_t line_ = 0;
  std::uint64_t sequence_ = 0;
  std::string hash_ = first_previous();
};

}  // namespace sy::director
