#include <ostream>

#include "api/message.h"
#include "commands/commands.h"
#include "render.h"

namespace sy::control {

ExitCode show_status(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  const auto answer = proxy.call({.target = "/v1/status"});
  if (!answer) return explain(answer.error(), terminal);
  if (answer->status != 200) return explain(*answer, terminal);
  const auto status = api::decode_status(answer->body);
  if (!status) return explain(status.error(), terminal);
  terminal.out << (args.json ? answer->body + "\n" : render(*status));
  return ExitCode::done;
}

}  // namespace sy::control
