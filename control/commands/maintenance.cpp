#include "api/message.h"
#include "control/commands/shared.h"

namespace sy::control {

ExitCode set_maintenance(const Args& args, Site& site, const Terminal& terminal) {
  const auto& word = args.words.front();
  if (word != "on" && word != "off")
    return usage(terminal, "\"" + word + "\" is neither on nor off");
  return change(args, site, terminal,
                {.method = "PUT",
                 .target = "/v1/maintenance",
                 .body = api::encode(api::MaintenanceBody{word == "on", args.reason})});
}

}  // namespace sy::control
