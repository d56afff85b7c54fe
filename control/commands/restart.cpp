#include "control/commands/act.h"
#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/facts/words.h"

namespace sy::control {

ExitCode restart(const Args& args, Site& site, const Terminal& terminal) {
  const auto color = color_or_live(args.color, site);
  if (!color) return explain(args, color.error(), terminal);
  const auto running = running_service(site, args.service, *color);
  if (!running) return explain(args, running.error(), terminal);
  if (running->desired == 0)
    return explain(args,
                   {ExitCode::refused,
                    args.service + " in " + std::string{name(*color)} + " has no tasks to restart",
                    "start some: switchctl scale " + site.name() + " " + args.service +
                        " N --color " + std::string{name(*color)}},
                   terminal);
  platform::Started started;
  Act restart{.op = "restart", .service = args.service, .color = *color};
  restart.words = "new tasks for " + counted(running->desired, "task") + " of " + args.service +
                  " in " + std::string{name(*color)} + ", " + version_text(running->version);
  if (args.dry_run)
    return print_result(args, terminal, restart, ExitCode::done, ""), ExitCode::done;
  restart.perform = [&]() -> Try<> {
    const auto platform = site.platform();
    if (!platform) return platform.error();
    auto begun = (*platform)->restart(args.service, *color);
    if (!begun) return begun.error();
    started = std::move(*begun);
    return {};
  };
  restart.look = [&] { return (*site.platform())->progress(started); };
  return act(args, site, terminal, restart);
}

}  // namespace sy::control
