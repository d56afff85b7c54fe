#include "control/records/import.h"

#include <utility>

namespace sy::control::records {
namespace {

Try<Claim> claim(Ledger& ledger, const Seen& seen, const Import& import, WallTime now,
                 const std::function<bool(std::int64_t)>& alive) {
  Claim wanted = import.wanted;
  wanted.op = "import";
  wanted.version = import.current.version;
  wanted.phase = "record";
  wanted.since = now;
  wanted.heartbeat = now;
  if (!seen.claim) return ledger.acquire(seen, std::move(wanted));
  if (takeover(*seen.claim, import.self, now, alive) == Takeover::locked)
    return locked_by(*seen.claim, import.env, now);
  return ledger.take_over(*seen.claim, std::move(wanted));
}

}  // namespace

Try<Record> import_record(Ledger& ledger, const Import& import, WallTime now,
                          const std::function<bool(std::int64_t)>& alive) {
  if (const auto ours = ledger.read(); ours && ours->record) {
    return Failure{ExitCode::refused, ledger.where() + " holds a record of switchctl already",
                   "There is nothing to import: switchctl versions " + import.env};
  }
  const auto seen = ledger.read_for_import();
  if (!seen) return seen.error();
  const auto held = claim(ledger, *seen, import, now, alive);
  if (!held) return held.error();
  const Record before = seen->record.value_or(Record{});
  Operation operation;
  operation.version = import.current.version;
  operation.at = now;
  operation.op = "import";
  operation.result = "succeeded";
  operation.by = import.current.by;
  for (const auto& [service, release] : import.current.services)
    operation.definitions[service] = release.definition;
  Record next = after(before, operation, import.current, before.current);
  next.env = import.env;
  next.epoch = held->epoch;
  next.reason = import.wanted.reason;
  const auto done = ledger.commit(*held, next);
  if (!done) return done.error();
  next.nonce = held->nonce;
  return next;
}

}  // namespace sy::control::records
