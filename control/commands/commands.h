// One function for each verb. They print to `out` and `err` and say how it went. What they print is
// made in render/, what they conclude in facts/.
#pragma once
#include <iosfwd>

#include "control/args.h"
#include "control/render/table.h"
#include "control/site.h"
#include "control/terms/exit_code.h"

namespace sy::control {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool live = false;  // a person watches: lines may be drawn over
  Look look{};        // of `out`
};

// The verb of `args` on one environment.
ExitCode run(const Args& args, Site& site, const Terminal& terminal);

ExitCode show_status(const Args& args, Site& site, const Terminal& terminal);
// In short, one line for each.
ExitCode show_summary(const Args& args, const std::vector<Site*>& sites, const Terminal& terminal);
ExitCode show_versions(const Args& args, Site& site, const Terminal& terminal);
ExitCode import_versions(const Args& args, Site& site, const Terminal& terminal);
ExitCode verify(const Args& args, Site& site, const Terminal& terminal);
ExitCode show_difference(const Args& args, Site& site, const Terminal& terminal);
ExitCode show_doctor(const Args& args, Site& site, const Terminal& terminal);
ExitCode show_logs(const Args& args, Site& site, const Terminal& terminal);
ExitCode show_journal(const Args& args, Site& site, const Terminal& terminal);
ExitCode verify_journal(const Args& args, Site& site, const Terminal& terminal);
ExitCode show_history(const Args& args, Site& site, const Terminal& terminal);
ExitCode show_dora(const Args& args, Site& site, const Terminal& terminal);
// Until a signal: a screen for a person, else a line for each change.
ExitCode watch(const Args& args, Site& site, const Terminal& terminal);
ExitCode follow_events(const Args& args, Site& site, const Terminal& terminal);

ExitCode deploy_version(const Args& args, Site& site, const Terminal& terminal);
ExitCode roll_back(const Args& args, Site& site, const Terminal& terminal);
// Deploys, verifies, rolls back, verifies, and files the result.
ExitCode drill(const Args& args, Site& site, const Terminal& terminal);
ExitCode restart(const Args& args, Site& site, const Terminal& terminal);
ExitCode scale(const Args& args, Site& site, const Terminal& terminal);
ExitCode lock(const Args& args, Site& site, const Terminal& terminal);
ExitCode unlock(const Args& args, Site& site, const Terminal& terminal);

// Each on all proxies of the environment.
ExitCode set_weights(const Args& args, Site& site, const Terminal& terminal);
ExitCode switch_color(const Args& args, Site& site, const Terminal& terminal);
ExitCode set_maintenance(const Args& args, Site& site, const Terminal& terminal);
ExitCode set_upstreams(const Args& args, Site& site, const Terminal& terminal);
// Begins a rollout and follows it; what became of it is the exit code.
ExitCode roll_out(const Args& args, Site& site, const Terminal& terminal);
// promote, approve, pause, resume, abort.
ExitCode steer(const Args& args, Site& site, const Terminal& terminal);

}  // namespace sy::control
