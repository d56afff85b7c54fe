#include "control/commands/claiming.h"
#include "control/commands/shared.h"
#include "control/facts/words.h"
#include "control/records/myself.h"

namespace sy::control {
namespace {

// What stopped can be carried on: its journal stays in the claim, which anyone may take over now.
Try<> release(Site& site, const records::Claim& held, const std::string& why) {
  const auto ledger = site.ledger();
  if (!ledger) return ledger.error();
  auto wanted = held;
  wanted.nonce = records::fresh_nonce();
  wanted.phase = "released";
  wanted.heartbeat = site.pace().wall();
  wanted.reason = why;
  const auto taken = (*ledger)->take_over(held, wanted);
  if (!taken) return taken.error();
  return {};
}

// Whoever is surely at work is not to be joined by another.
std::optional<Failure> at_work(Site& site, const Args& args, const records::Claim& held) {
  const auto self = self_of(site);
  const bool here = !held.host.empty() && held.host == self.host && held.pid != self.pid;
  if (args.force || held.op == "lock" || !here || !records::alive(held.pid)) return std::nullopt;
  return Failure{ExitCode::refused,
                 "process " + std::to_string(held.pid) + " of this machine, which does that " +
                     held.op + ", still runs",
                 "Interrupt it: it takes traffic back and ends the claim by itself. --force "
                 "unlocks all the same."};
}

// What is one act ends with it: there is nothing to carry on.
Try<> end(const Args& args, Site& site, const records::Seen& seen, const std::string& why) {
  auto claim = Claiming::seize(site, args, seen);
  if (!claim) return claim.error();
  return claim->end("released", why);
}

}  // namespace

ExitCode unlock(const Args& args, Site& site, const Terminal& terminal) {
  const auto ledger = site.ledger();
  if (!ledger) return explain(args, ledger.error(), terminal);
  const auto seen = (*ledger)->read();
  if (!seen) return explain(args, seen.error(), terminal);
  if (!seen->claim || seen->claim->phase == "released")
    return print_lock(args, terminal, "unlock", site.name() + " is not locked");
  const auto& held = *seen->claim;
  if (const auto failure = at_work(site, args, held)) return explain(args, *failure, terminal);
  const std::string what = held.op + " of " + held.owner + ", begun " + date_text(held.since) +
                           ", at step " + held.phase + ", is given up";
  if (args.dry_run) return print_lock(args, terminal, "unlock", what);
  const std::string why = "unlocked by " + owner_name(site) + " at step " + held.phase +
                          (args.reason.empty() ? "" : ": " + args.reason);
  const auto done = is_one_act(held) ? end(args, site, *seen, why) : release(site, held, why);
  if (!done) return explain(args, done.error(), terminal);
  return print_lock(args, terminal, "unlock", what);
}

}  // namespace sy::control
