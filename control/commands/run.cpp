#include "control/commands/commands.h"
#include "control/commands/shared.h"

namespace sy::control {
ExitCode run(const Args& args, Site& site, const Terminal& terminal) {
  switch (args.verb) {
    case Verb::status: return show_status(args, site, terminal);
    case Verb::versions: return show_versions(args, site, terminal);
    case Verb::verify: return verify(args, site, terminal);
    case Verb::diff: return show_difference(args, site, terminal);
    case Verb::doctor: return show_doctor(args, site, terminal);
    case Verb::logs: return show_logs(args, site, terminal);
    case Verb::history: return show_history(args, site, terminal);
    case Verb::dora: return show_dora(args, site, terminal);
    case Verb::journal: return show_journal(args, site, terminal);
    case Verb::events: return follow_events(args, site, terminal);
    case Verb::watch: return watch(args, site, terminal);
    case Verb::weights: return set_weights(args, site, terminal);
    case Verb::switch_: return switch_color(args, site, terminal);
    case Verb::maintenance: return set_maintenance(args, site, terminal);
    case Verb::upstreams: return set_upstreams(args, site, terminal);
    case Verb::rollout: return roll_out(args, site, terminal);
    case Verb::promote:
    case Verb::approve:
    case Verb::pause:
    case Verb::resume:
    case Verb::abort: return steer(args, site, terminal);
    case Verb::restart: return restart(args, site, terminal);
    case Verb::scale: return scale(args, site, terminal);
    case Verb::lock: return lock(args, site, terminal);
    case Verb::unlock: return unlock(args, site, terminal);
    case Verb::deploy: return deploy_version(args, site, terminal);
    case Verb::rollback: return roll_back(args, site, terminal);
    case Verb::drill: return drill(args, site, terminal);
    case Verb::completion: break;  // needs no environment: main's
  }
  return ExitCode::usage;
}

}  // namespace sy::control
