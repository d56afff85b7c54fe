#include "api/message.h"
#include "control/commands/shared.h"

namespace sy::control {

ExitCode roll_back(const Args& args, Site& site, const Terminal& terminal) {
  return change(args, site, terminal,
                {.method = "POST",
                 .target = "/v1/rollback",
                 .body = api::encode(api::ReasonBody{args.reason})});
}

}  // namespace sy::control
