#include <ostream>

#include "commands/commands.h"

namespace sy::control {

// History and the four key metrics, as the proxy's JSON.
ExitCode show_report(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  const auto answer =
      proxy.call({.target = args.verb == Verb::history ? "/v1/history" : "/v1/dora"});
  if (!answer) return explain(answer.error(), terminal);
  if (answer->status != 200) return explain(*answer, terminal);
  terminal.out << answer->body << "\n";
  return ExitCode::done;
}

}  // namespace sy::control
