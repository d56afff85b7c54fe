#include "api/message.h"
#include "commands/commands.h"

namespace sy::control {

ExitCode switch_color(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  const auto color = parse_color(args.words.front());
  if (!color) return usage(terminal, "\"" + args.words.front() + "\" is neither blue nor green");
  return change(args, proxy, terminal,
                {.method = "POST",
                 .target = "/v1/switch",
                 .body = api::encode(api::SwitchBody{*color, args.force, args.reason})});
}

}  // namespace sy::control
