#include <ostream>

#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/render/findings.h"

namespace sy::control {

ExitCode verify(const Args& args, Site& site, const Terminal& terminal) {
  const Facts facts = gather(site, Depth::tasks);
  const Agreement found = agreement(facts);
  terminal.out << (args.json ? agreement_json(facts, found)
                             : agreement_text(facts, found, terminal.look));
  return agreement_code(facts, found);
}

}  // namespace sy::control
