// The audit trail: append-only, one JSON object a line, each bound to the one before by SHA-256.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace sy::director {

struct Entry {
  std::uint64_t sequence = 0;  // from 1, without gaps
  WallTime at{};
  std::string actor;    // a token's name, "local", or "switchyard" itself
  std::string action;   // "weights", "switch", "rollback", "maintenance", "upstreams", "gate", "start", "stop", "reload"
  std::string reason;   // as given by the actor
  std::string detail;   // in words: what changed, or what a gate saw
  std::string request;  // the idempotency key, if one was given
  std::uint64_t generation = 0;
  std::string previous;  // hash of the entry before, hex; 64 zeros for the first
  std::string hash;      // SHA-256 over the canonical text of everything above, hex
  bool operator==(const Entry&) const = default;
};

struct Verification {
  std::uint64_t entries = 0;
  std::vector<std::string> problems;  // "line 12: hash does not match its entry"; empty: intact
};

class Journal {
 public:
  // Opens (or makes) the file, reads what is there, sets a torn last line aside in `<path>.torn`.
  // `keep`: how many entries stay in memory for readers.
  static Result<Journal> open(const std::string& path, std::size_t keep = 10'000);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  // Fills in sequence, previous and hash; durable when it returns without an error. On an error the
  // entry stays queued in memory (bounded) and is written with the next append that succeeds.
  Result<> append(Entry entry);
  [[nodiscard]] const std::vector<Entry>& entries() const;  // oldest first, at most `keep`
  [[nodiscard]] const std::string& note() const;             // what open() had to mend, in words

 private:
  struct Inner;
  explicit Journal(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

// Checks a whole file without changing it. An error: the file cannot be read.
[[nodiscard]] Result<Verification> verify(const std::string& path);

}  // namespace sy::director
