// What deploy, rollback and drill share: one operation on a site, and how its end is told.
#pragma once
#include <string>

#include "control/commands/commands.h"
#include "control/deploy/conduct.h"

namespace sy::control {

// What the flags say of any operation.
[[nodiscard]] Try<deploy::Asked> asked_of(const Args& args, const Site& site);

// Runs it; with --dry-run only the plan is made, and printed.
[[nodiscard]] deploy::Ended operate(const Args& args, Site& site, const Terminal& terminal,
                                    const deploy::Asked& asked);

// Prints the end, for people or as the last line of JSON, and tells GitHub's files of it.
ExitCode tell_end(const Args& args, Site& site, const Terminal& terminal,
                  const deploy::Ended& ended);

}  // namespace sy::control
