#include "api/message.h"
#include "commands/commands.h"

namespace sy::control {

ExitCode roll_back(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  return change(args, proxy, terminal,
                {.method = "POST",
                 .target = "/v1/rollback",
                 .body = api::encode(api::ReasonBody{args.reason})});
}

}  // namespace sy::control
