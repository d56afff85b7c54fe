// The record of one environment and who may change it now. Two ledgers: SSM Parameter Store, and a
// SQLite file. The protocol is the same: epochs, claims that are created once, nonces.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "control/records/record.h"
#include "control/terms/failure.h"

namespace sy::control::records {

// The right to change an environment from `epoch - 1` to `epoch`, and how far that has come.
struct Claim {
  std::uint64_t epoch = 0;
  int generation = 1;  // raised by each takeover; the highest owns the epoch
  std::string nonce{};
  std::string owner{};  // caller's ARN, or user@host
  std::string host{};   // name and boot id, so that "the same machine" is sure
  std::int64_t pid = 0;
  std::string run{};                  // GITHUB_RUN_ID/attempt, or empty
  std::string op{};                   // as in Operation::op
  Version version{};                  // empty: none
  std::string phase{};                // the step under way, or "released": anyone may go on
  WallTime since{};                   // when this operation began
  WallTime heartbeat{};               // of the last note
  std::optional<WallTime> expires{};  // none: never (switchctl lock)
  std::string reason{};
  std::string journal{};  // of deploy/: opaque here; at most journal_bytes_max
  bool operator==(const Claim&) const = default;
};

inline constexpr std::size_t journal_bytes_max = 2'500;

struct Seen {
  std::optional<Record> record{};  // none: nothing was ever recorded here
  std::optional<Claim> claim{};    // the open one, of record's epoch + 1; none: free
};

class Ledger {
 public:
  virtual ~Ledger() = default;
  [[nodiscard]] virtual Try<Seen> read() = 0;
  // As read(), but text that is not ours counts as no record (or as the newest of ours that the
  // store still has). Only for import.h: what is acquired on it writes over that text.
  [[nodiscard]] virtual Try<Seen> read_for_import() { return read(); }
  // Claims the epoch after `seen`. Fails with `locked` (by whom, since when, at what step) when
  // somebody else holds it; an answer that was lost is recognised by the nonce.
  [[nodiscard]] virtual Try<Claim> acquire(const Seen& seen, Claim wanted) = 0;
  // Takes the open claim over, one generation higher, keeping its epoch. REQUIRES: the caller has
  // decided that it may (takeover.h).
  [[nodiscard]] virtual Try<Claim> take_over(const Claim& held, Claim wanted) = 0;
  // Writes phase, heartbeat, expiry and journal. Fails with `locked` when it is ours no longer;
  // to be called before each step that changes anything.
  [[nodiscard]] virtual Try<> note(const Claim& claim) = 0;
  // Writes `next` (next.epoch == claim.epoch); ends the claim. Fails loudly, code `refused`, when
  // somebody else wrote the record meanwhile.
  [[nodiscard]] virtual Try<> commit(const Claim& claim, const Record& next) = 0;
  // Past states of the record, newest first, each once.
  [[nodiscard]] virtual Try<std::vector<Record>> history(std::size_t most) = 0;
  // "SSM /pms/staging/deployment-metadata", "/home/…/staging.sqlite".
  [[nodiscard]] virtual std::string where() const = 0;
};

}  // namespace sy::control::records
