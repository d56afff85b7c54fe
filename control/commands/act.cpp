#include "control/commands/act.h"

#include <ostream>

#include "control/commands/shared.h"
#include "control/facts/words.h"
#include "control/render/json.h"

namespace sy::control {
namespace {

// Asks again and again until it is up or will not be.
Try<> wait_for(const Args& args, Site& site, const Act& act, Duration poll) {
  const Instant begun = site.pace().now();
  const Duration most =
      args.at_most ? Duration{*args.at_most} : site.configured().deploy.start_timeout;
  std::string told;
  for (;;) {
    const auto progress = act.look();
    if (!progress) return progress.error();
    if (progress->words != told) {
      told = progress->words;
      const double share =
          progress->desired > 0 ? double(progress->running) / double(progress->desired) : -1;
      site.teller().tell({Note::Kind::progress, act.op, told, share, {}});
    }
    if (progress->failed) return *progress->failed;
    if (progress->up) return {};
    if (site.pace().now() - begun >= most)
      return Failure{ExitCode::timed_out,
                     "it is not up after " + span_text(most) + " (" + told + "); it may still be",
                     "see why: switchctl doctor " + site.name()};
    if (!site.pace().wait(poll))
      return Failure{ExitCode::interrupted, "interrupted; the platform goes on with it",
                     "see how it goes: switchctl status " + site.name()};
  }
}

Try<> perform(const Args& args, Site& site, const Act& act) {
  const auto platform = site.platform();
  if (!platform) return platform.error();
  site.teller().tell({Note::Kind::begun, act.op, act.words, -1, {}});
  auto done = act.perform();
  if (done) done = wait_for(args, site, act, (*platform)->poll());
  if (done) site.teller().tell({Note::Kind::done, act.op, act.words, 1, {}});
  return done;
}

}  // namespace

ExitCode act(const Args& args, Site& site, const Terminal& terminal, const Act& act) {
  auto claim = Claiming::begin(site, args, act.op);
  if (!claim) return explain(args, claim.error(), terminal);
  const auto done = perform(args, site, act);
  if (done && act.recorded) act.recorded(*claim);
  site.pace().forgive();
  const std::string words = act.service + " in " + std::string{name(act.color)};
  const auto recorded = done ? claim->end("succeeded", words)
                             : claim->end("failed", words + ": " + done.error().what);
  if (!done) {
    if (!recorded) std::ignore = explain(Args{}, recorded.error(), terminal);
    return explain(args, done.error(), terminal);
  }
  if (!recorded) return explain(args, recorded.error(), terminal);
  print_result(args, terminal, act, ExitCode::done, args.reason);
  return ExitCode::done;
}

Try<platform::Running> running_service(Site& site, const std::string& service, Color color) {
  const auto platform = site.platform();
  if (!platform) return platform.error();
  const auto observation = (*platform)->observe();
  if (!observation) return observation.error();
  const auto found = observation->find(service);
  if (found != observation->end() && found->second[color].exists) return found->second[color];
  std::vector<std::string> known;
  for (const auto& [other, running] : *observation)
    if (running[color].exists) known.push_back(other);
  return Failure{
      ExitCode::usage,
      "there is no service " + service + " in " + std::string{name(color)} + " of " + site.name(),
      known.empty() ? "" : "There are: " + listed(known) + "."};
}

void print_result(const Args& args, const Terminal& terminal, const Act& act, ExitCode code,
                  const std::string& reason) {
  if (args.json)
    terminal.out << json_line({{"operation", act.op},
                               {"environment", args.environment},
                               {"service", act.service},
                               {"color", std::string{name(act.color)}},
                               {"what", act.words},
                               {"dry_run", args.dry_run},
                               {"outcome", args.dry_run ? "unchanged" : "succeeded"},
                               {"reason", reason},
                               {"exit", static_cast<int>(code)}});
  if (!args.json)
    terminal.out << (args.dry_run ? "would " + act.op + ": " : act.op + ": ") << act.words
                 << (args.dry_run ? "; nothing was changed\n" : "\n");
  terminal.out << std::flush;
}

}  // namespace sy::control
