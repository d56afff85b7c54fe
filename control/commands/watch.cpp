#include <ostream>

#include "api/message.h"
#include "commands/commands.h"
#include "interrupt.h"
#include "render.h"

namespace sy::control {
namespace {

// What must change for another printing where nothing can be drawn over.
std::string gist(const api::StatusView& status) {
  std::string text =
      std::to_string(status.generation) + status.phase + status.note + status.verdict.kind;
  for (const Color color : colors) text += status.colors[color].open ? "+" : "-";
  if (status.rollout) text += status.rollout->phase + std::to_string(status.rollout->hold);
  return text;
}

}  // namespace

ExitCode watch(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  constexpr auto clear_screen = "\x1b[H\x1b[J";
  Interrupt interrupt;
  std::string shown;
  do {
    const auto answer = proxy.call({.target = "/v1/status"});
    if (!answer) return explain(answer.error(), terminal);
    if (answer->status != 200) return explain(*answer, terminal);
    const auto status = api::decode_status(answer->body);
    if (!status) return explain(status.error(), terminal);
    const std::string now = gist(*status);
    if (terminal.live && !args.json) terminal.out << clear_screen << render(*status) << std::flush;
    if ((!terminal.live || args.json) && now != shown)
      terminal.out << (args.json ? answer->body + "\n" : render(*status) + "\n") << std::flush;
    shown = now;
  } while (interrupt.wait(std::chrono::seconds{1}));
  return ExitCode::interrupted;
}

}  // namespace sy::control
