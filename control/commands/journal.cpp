#include <ostream>

#include "api/message.h"
#include "commands/commands.h"
#include "render.h"

namespace sy::control {

ExitCode show_journal(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  std::string target = "/v1/journal?limit=" + std::to_string(args.limit);
  if (args.after) target += "&after=" + std::to_string(*args.after);
  const auto answer = proxy.call({.target = target});
  if (!answer) return explain(answer.error(), terminal);
  if (answer->status != 200) return explain(*answer, terminal);
  const auto journal = api::decode_journal(answer->body);
  if (!journal) return explain(journal.error(), terminal);
  terminal.out << (args.json ? answer->body + "\n" : render(*journal));
  return ExitCode::done;
}

}  // namespace sy::control
