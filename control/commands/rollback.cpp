#include "api/message.h"
#include "control/commands/operate.h"
#include "control/commands/shared.h"

namespace sy::control {
namespace {

// Whether anything was ever deployed here by switchctl; where not, only the proxies know a way
// back.
Try<bool> has_record(Site& site) {
  const auto ledger = site.ledger();
  if (!ledger) return ledger.error();
  const auto seen = (*ledger)->read();
  if (!seen) return seen.error();
  return seen->record || seen->claim;
}

}  // namespace

ExitCode roll_back(const Args& args, Site& site, const Terminal& terminal) {
  auto asked = asked_of(args, site);
  if (!asked) return explain(args, asked.error(), terminal);
  const auto recorded = has_record(site);
  if (!recorded) return explain(args, recorded.error(), terminal);
  if (!*recorded && args.version.empty())
    return change(args, site, terminal,
                  {.method = "POST",
                   .target = "/v1/rollback",
                   .body = api::encode(api::ReasonBody{args.reason})});
  asked->wish.op = "rollback";
  return tell_end(args, site, terminal, operate(args, site, terminal, *asked));
}

}  // namespace sy::control
