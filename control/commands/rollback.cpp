#include "control/commands/operate.h"
#include "control/commands/shared.h"

namespace sy::control {

ExitCode roll_back(const Args& args, Site& site, const Terminal& terminal) {
  auto asked = asked_of(args, site);
  if (!asked) return explain(args, asked.error(), terminal);
  asked->wish.op = "rollback";
  return tell_end(args, site, terminal, operate(args, site, terminal, *asked));
}

}  // namespace sy::control
