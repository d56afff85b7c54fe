// Begins a record where none of ours stands: in a new environment whose versions run already, or
// over the text of other tools (the guide's shell scripts), which then stays only in the store's
// own history. Never by itself: a person asks for it.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "control/records/ledger.h"
#include "control/records/takeover.h"

namespace sy::control::records {

struct Import {
  std::string env{};
  Self self{};
  Claim wanted{};     // owner, host, pid, run and reason; the rest is filled in
  Release current{};  // what runs, as it was found running
};

// What was recorded. Refuses when the record is ours already, and when somebody is at work.
[[nodiscard]] Try<Record> import_record(Ledger& ledger, const Import& import, WallTime now,
                                        const std::function<bool(std::int64_t pid)>& alive);

}  // namespace sy::control::records
