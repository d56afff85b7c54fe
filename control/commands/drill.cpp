// The guide's rollback test: deploy, verify, roll back, verify, and file the result.
#include "control/commands/claiming.h"
#include "control/commands/gather.h"
#include "control/commands/operate.h"
#include "control/commands/shared.h"
#include "control/facts/agreement.h"
#include "control/render/findings.h"

namespace sy::control {
namespace {

void note(Site& site, Note::Kind kind, std::string what) {
  site.teller().tell({kind, "drill", std::move(what), -1, {}});
}

bool verified(Site& site, const std::string& after) {
  const Facts facts = gather(site, Depth::tasks);
  const Agreement found = agreement(facts);
  const bool good = agreement_code(facts, found) == ExitCode::done;
  note(site, good ? Note::Kind::done : Note::Kind::warning,
       good ? "verified after the " + after
            : "tasks, record and proxies disagree after the " + after);
  return good;
}

// The color that was drilled is no longer needed.
void put_away(Site& site, Color color) {
  const auto platform = site.platform();
  if (!platform) return;
  for (const auto& [service, unused] : site.configured().services)
    if (const auto scaled = (*platform)->scale(service, color, site.configured().deploy.idle_tasks);
        !scaled)
      note(
          site, Note::Kind::warning,
          service + " in " + std::string(name(color)) + " keeps its tasks: " + scaled.error().what);
}

std::optional<records::Release> previous_of(Site& site) {
  const auto ledger = site.ledger();
  const auto seen = ledger ? (*ledger)->read() : Try<records::Seen>{Failure{}};
  return seen && seen->record ? seen->record->previous : std::nullopt;
}

// What a rollback would go to is afterwards what it was before: the drilled version is no way back.
Try<> file(Site& site, const Args& args, const deploy::Ended& end,
           const std::optional<records::Release>& previous) {
  auto claim = Claiming::begin(site, args, "drill");
  if (!claim) return claim.error();
  const bool done = end.exit == ExitCode::done;
  if (done) claim->record_previous(previous);
  return claim->end(done ? "succeeded" : "failed", end.what);
}

// The version that is deployed and left again: named, or the one that runs.
Try<Version> version_of(const Args& args, Site& site) {
  if (!args.version.empty()) return args.version;
  const auto ledger = site.ledger();
  if (!ledger) return ledger.error();
  const auto seen = (*ledger)->read();
  if (!seen) return seen.error();
  if (seen->record && seen->record->current) return seen->record->current->version;
  return Failure{ExitCode::refused, "nothing was ever recorded for " + site.name(),
                 "Name a version: switchctl drill " + site.name() + " VERSION."};
}

deploy::Ended practise(const Args& args, Site& site, const Terminal& terminal,
                       deploy::Asked asked) {
  asked.wish.op = "deploy";
  asked.wish.again = true;
  asked.limits.stop_after = deploy::Step::record;
  deploy::Ended deployed = operate(args, site, terminal, asked);
  if (deployed.exit != ExitCode::done || args.dry_run) return deployed;
  const bool first = verified(site, "deploy");
  asked.wish = {.op = "rollback", .again = true};
  const Instant began = site.pace().now();
  deploy::Ended back = operate(args, site, terminal, asked);
  if (back.exit != ExitCode::done) return back;
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(site.pace().now() - began);
  const bool second = verified(site, "rollback");
  put_away(site, deployed.color);
  back.what = "deployed " + deployed.version + " and rolled back to " + back.version + " in " +
              std::to_string(took.count()) + " ms";
  if (first && second) return back;
  back.exit = ExitCode::failed;
  back.outcome = "failed";
  back.what += ", but what runs was not what was recorded";
  return back;
}

}  // namespace

ExitCode drill(const Args& args, Site& site, const Terminal& terminal) {
  if (site.configured().deploy.approval && !args.force)
    return explain(args,
                   {ExitCode::refused, site.name() + " asks for approval; drills are for staging",
                    "--force drills there all the same."},
                   terminal);
  auto asked = asked_of(args, site);
  if (!asked) return explain(args, asked.error(), terminal);
  const auto version = version_of(args, site);
  if (!version) return explain(args, version.error(), terminal);
  asked->wish.version = *version;
  const auto previous = previous_of(site);
  deploy::Ended end = practise(args, site, terminal, *asked);
  end.op = "drill";
  if (!args.dry_run)
    if (const auto filed = file(site, args, end, previous); !filed)
      note(site, Note::Kind::warning, "the result could not be recorded: " + filed.error().what);
  return tell_end(args, site, terminal, end);
}

}  // namespace sy::control
