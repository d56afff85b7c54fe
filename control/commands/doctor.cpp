#include <ostream>

#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/render/findings.h"

namespace sy::control {

ExitCode show_doctor(const Args& args, Site& site, const Terminal& terminal) {
  const Facts facts = gather(site, Depth::events);
  const auto findings = diagnose(facts);
  terminal.out << (args.json ? diagnosis_json(facts, findings)
                             : diagnosis_text(facts, findings, terminal.look));
  return findings.empty() ? ExitCode::done : ExitCode::failed;
}

}  // namespace sy::control
