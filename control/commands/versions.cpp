#include "control/render/versions.h"

#include <ostream>
#include <set>

#include "control/commands/claiming.h"
#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/records/import.h"
#include "control/records/myself.h"
#include "control/render/json.h"

namespace sy::control {
namespace {

// Whether each version of the record could be started again.
Gone find_all(Site& site, const Facts& facts) {
  Gone gone;
  const auto platform = site.platform();
  const auto* record = record_of(facts);
  if (!platform || record == nullptr) return gone;
  std::set<Version> versions;
  if (record->previous) versions.insert(record->previous->version);
  for (const auto& operation : record->recent)
    if (operation.result == "succeeded") versions.insert(operation.version);
  for (const auto& version : versions) {
    if (version.empty() || (record->current && record->current->version == version)) continue;
    const auto found = (*platform)->find(version);
    gone[version] = found ? "" : found.error().what;
  }
  return gone;
}

// What is live, as it was found running.
Try<records::Release> found_running(const Facts& facts, const std::string& by) {
  const auto live = live_color(facts);
  const auto* observation = known(facts.observation);
  if (const auto failure = missing(facts.observation)) return *failure;
  if (!live || observation == nullptr)
    return Failure{ExitCode::refused, "the proxies do not agree on the live color",
                   "set it on all of them: switchctl switch " + facts.environment + " COLOR"};
  records::Release release;
  release.color = *live;
  release.by = by;
  release.deployed_at = std::chrono::floor<std::chrono::seconds>(facts.now);
  for (const auto& [service, running] : *observation) {
    const auto& one = running[*live];
    if (!release.version.empty() && !one.version.empty() && release.version != one.version)
      return Failure{ExitCode::refused, "the services of the live color do not run one version",
                     "see which: switchctl verify " + facts.environment};
    if (!one.version.empty()) release.version = one.version;
    release.services[service] = {one.definition, one.digest, one.desired};
  }
  if (!release.version.empty()) return release;
  return Failure{ExitCode::refused, "nothing says which version is live",
                 "Have the application report it, or set VERSION in its definition."};
}

}  // namespace

ExitCode show_versions(const Args& args, Site& site, const Terminal& terminal) {
  if (args.import_) return import_versions(args, site, terminal);
  const Facts facts = gather(site, Depth::tasks);
  if (const auto failure = missing(facts.seen)) return explain(args, *failure, terminal);
  const auto versions = recorded_versions(facts, find_all(site, facts));
  terminal.out << (args.json ? versions_json(facts, versions)
                             : versions_text(facts, versions, terminal.look));
  return ExitCode::done;
}

ExitCode import_versions(const Args& args, Site& site, const Terminal& terminal) {
  const auto ledger = site.ledger();
  if (!ledger) return explain(args, ledger.error(), terminal);
  const Facts facts = gather(site, Depth::tasks);
  const auto claim = new_claim(site, args, "import");
  const auto release = found_running(facts, claim.owner);
  if (!release) return explain(args, release.error(), terminal);
  const std::string what = release->version + " in " + std::string{name(release->color)} +
                           " as current at " + (*ledger)->where();
  if (!args.dry_run) {
    const auto done = records::import_record(
        **ledger, {site.name(), self_of(site), claim, *release}, facts.now, records::alive);
    if (!done) return explain(args, done.error(), terminal);
  }
  if (args.json)
    terminal.out << json_line({{"operation", "import"},
                               {"environment", args.environment},
                               {"version", release->version},
                               {"dry_run", args.dry_run},
                               {"exit", 0}});
  if (!args.json) terminal.out << (args.dry_run ? "would record " : "recorded ") << what << "\n";
  return ExitCode::done;
}

}  // namespace sy::control
