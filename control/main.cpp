// switchctl: argv → one verb on one environment, or on all that are configured.
#include <unistd.h>

#include <iostream>
#include <memory>

#include "control/commands/commands.h"
#include "control/commands/shared.h"
#include "control/commands/terminal_screen.h"
#include "control/completion.h"
#include "control/github.h"
#include "control/system_pace.h"
#include "control/tellers.h"

namespace {

using namespace sy::control;

// Verbs that put something right, or draw a screen, before they end. Signals end any other at once,
// whatever it waits for.
bool takes_signals(const Args& args) {
  switch (args.verb) {
    case Verb::deploy:
    case Verb::rollback:
    case Verb::drill:
    case Verb::rollout:
    case Verb::restart:
    case Verb::scale:
    case Verb::watch:
    case Verb::logs: return true;
    case Verb::versions:
    case Verb::verify:
    case Verb::diff:
    case Verb::status:
    case Verb::events:
    case Verb::doctor:
    case Verb::history:
    case Verb::dora:
    case Verb::journal:
    case Verb::promote:
    case Verb::approve:
    case Verb::pause:
    case Verb::resume:
    case Verb::abort:
    case Verb::weights:
    case Verb::switch_:
    case Verb::maintenance:
    case Verb::upstreams:
    case Verb::lock:
    case Verb::unlock:
    case Verb::completion: return false;
  }
  return false;
}

// What is wrong with switchctl.yaml, and what is only dangerous. False: it cannot be used.
bool tell_findings(const sy::config::LoadedControl& configured,
                   const sy::config::Environment& environment) {
  for (const auto& problem : configured.problems) std::cerr << to_string(problem) << "\n";
  if (!configured.problems.empty()) {
    std::cerr << "switchctl: " << configured.file << " cannot be used as it is; nothing was done\n";
    return false;
  }
  for (const auto& warning : configured.warnings)
    std::cerr << (github::is_workflow(environment)
                      ? github::command("warning", "switchctl.yaml", to_string(warning))
                      : "switchctl: warning: " + to_string(warning) + "\n");
  return true;
}

ExitCode run_on(const Args& args, const std::vector<sy::config::ControlEnvironment>& chosen,
                Surroundings around, const Terminal& terminal) {
  std::vector<std::unique_ptr<Site>> sites;
  std::vector<Site*> pointers;
  for (const auto& environment : chosen) {
    sites.push_back(std::make_unique<Site>(environment, around, args.timeout));
    pointers.push_back(sites.back().get());
  }
  if (pointers.size() > 1 && args.verb == Verb::status)
    return show_summary(args, pointers, terminal);
  if (pointers.size() > 1)
    return usage(terminal, "which environment? Name one of those in switchctl.yaml");
  return run(args, *pointers.front(), terminal);
}

ExitCode open_and_run(const Args& args, const sy::config::Environment& environment) {
  const bool live = ::isatty(STDOUT_FILENO) == 1;
  const auto no_color = environment("NO_COLOR");
  const Look look = look_of_output(no_color && !no_color->empty());
  const Terminal terminal{std::cout, std::cerr, live, look};
  const auto configured = sy::config::load_control_config(args.config, environment);
  if (!tell_findings(configured, environment)) return ExitCode::usage;
  const auto chosen = choose_environments(configured, args);
  if (!chosen) return explain(args, chosen.error(), terminal);
  SystemPace pace{takes_signals(args)};
  const Manner manner{args.json, live, github::is_workflow(environment),
                      look.width == 0 ? 80 : look.width};
  const auto teller = make_teller(manner, std::cout, pace);
  Args named = args;
  if (chosen->size() == 1) named.environment = chosen->front().name;
  return run_on(named, *chosen, {pace, *teller, environment}, terminal);
}

}  // namespace

int main(int argc, char** argv) {
  const auto environment = sy::config::system_environment();
  const auto parsed = parse_args({argv + 1, argv + argc}, environment);
  std::cout << parsed.out << std::flush;
  std::cerr << parsed.err;
  if (!parsed.args) return parsed.status;
  if (parsed.args->verb == Verb::completion) {
    std::cout << complete(*parsed.args, environment);
    return 0;
  }
  return static_cast<int>(open_and_run(*parsed.args, environment));
}
