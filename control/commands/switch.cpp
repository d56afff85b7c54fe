#include "api/message.h"
#include "control/commands/shared.h"

namespace sy::control {

ExitCode switch_color(const Args& args, Site& site, const Terminal& terminal) {
  const auto color = parse_color(args.words.front());
  if (!color) return usage(terminal, "\"" + args.words.front() + "\" is neither blue nor green");
  return change(args, site, terminal,
                {.method = "POST",
                 .target = "/v1/switch",
                 .body = api::encode(api::SwitchBody{*color, args.force, args.reason})});
}

}  // namespace sy::control
