#include <ostream>

#include "control/commands/claiming.h"
#include "control/commands/shared.h"
#include "control/render/json.h"

namespace sy::control {

ExitCode print_lock(const Args& args, const Terminal& terminal, const std::string& op,
                    const std::string& what) {
  if (args.json)
    terminal.out << json_line({{"operation", op},
                               {"environment", args.environment},
                               {"what", what},
                               {"dry_run", args.dry_run},
                               {"reason", args.reason},
                               {"exit", 0}});
  if (!args.json)
    terminal.out << (args.dry_run ? "would do: " : "") << what
                 << (args.dry_run ? "; nothing was changed\n" : "\n");
  return ExitCode::done;
}

ExitCode lock(const Args& args, Site& site, const Terminal& terminal) {
  const auto ledger = site.ledger();
  if (!ledger) return explain(args, ledger.error(), terminal);
  const auto seen = (*ledger)->read();
  if (!seen) return explain(args, seen.error(), terminal);
  auto wanted = new_claim(site, args, "lock");
  const std::string what = site.name() + " is locked by " + wanted.owner +
                           (args.reason.empty() ? "" : ": " + args.reason) +
                           "; only switchctl unlock " + site.name() + " opens it";
  if (seen->claim)
    if (const auto failure = in_the_way(site, *seen->claim))
      return explain(args, *failure, terminal);
  if (args.dry_run) return print_lock(args, terminal, "lock", what);
  const auto claim =
      seen->claim ? (*ledger)->take_over(*seen->claim, wanted) : (*ledger)->acquire(*seen, wanted);
  if (!claim) return explain(args, claim.error(), terminal);
  return print_lock(args, terminal, "lock", what);
}

}  // namespace sy::control
