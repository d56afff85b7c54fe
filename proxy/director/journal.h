// The audit trail: append-only, one JSON object a line, each bound to the one before by SHA-256.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "history/entry.h"

namespace sy::director {

using history::Entry;

struct Verification {
  std::uint64_t entries = 0;
  std::vector<std::string> problems;  // "line 12: hash does not match its entry"; empty: intact
};
inline constexpr std::size_t problems_max = 100;  // more are found but not listed

class Journal {
 public:
  // Opens (or makes) the file, reads what is there, sets a torn last line aside in `<path>.torn`.
  // `keep`: how many entries stay in memory for readers. The file itself only grows (about 400
  // bytes an entry); reading it takes time in proportion and memory for `keep` entries and one
  // line.
  static Result<Journal> open(const std::string& path, std::size_t keep = 10'000);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  // Fills in sequence, previous and hash, makes the texts fit (control characters become spaces, a
  // reason has at most 500 bytes); durable when it returns without an error. On an error the entry
  // stays queued in memory (bounded) and is written with the next append that succeeds.
  Result<> append(Entry entry);
  // The same, but an entry that cannot be made durable is dropped: for what happens only if
  // recorded.
  Result<> append_or_drop(Entry entry);
  // Writes what is queued, if anything.
  Result<> flush();
  [[nodiscard]] std::size_t queued() const;
  [[nodiscard]] const std::vector<Entry>& entries() const;  // oldest first, at most `keep`
  [[nodiscard]] const std::string& note()
      const;  // what open() had to mend or found wrong, in words

 private:
  struct Inner;
  explicit Journal(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

// Checks a whole file without changing it. An error: the file cannot be read.
[[nodiscard]] Result<Verification> verify(const std::string& path);
[[nodiscard]] Verification verify_text(std::string_view text);

}  // namespace sy::director
