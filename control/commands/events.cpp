#include <ostream>

#include "commands/commands.h"
#include "render.h"

namespace sy::control {

ExitCode follow_events(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  EventLines lines{args.json};
  const auto print = [&lines, &terminal](std::string_view bytes) {
    terminal.out << lines.feed(bytes) << std::flush;
  };
  const auto answer = proxy.follow({.target = "/v1/events"}, print);
  if (!answer) return explain(answer.error(), terminal);
  if (answer->status != 200) return explain(*answer, terminal);
  terminal.err << "switchctl: the proxy ended the stream\n";
  return ExitCode::failed;
}

}  // namespace sy::control
