#include <ostream>

#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/render/versions.h"

namespace sy::control {

ExitCode show_difference(const Args& args, Site& site, const Terminal& terminal) {
  const auto platform = site.platform();
  if (!platform) return explain(args, platform.error(), terminal);
  auto artifact = (*platform)->find(args.version);
  if (!artifact) return explain(args, artifact.error(), terminal);
  const Facts facts = gather(site, Depth::tasks);
  if (const auto failure = missing(facts.observation)) return explain(args, *failure, terminal);
  if (!live_color(facts))
    return explain(args,
                   {ExitCode::failed, "which color is live is not known",
                    "see which proxy says what: switchctl status " + site.name()},
                   terminal);
  if (!args.git_sha.empty()) artifact->git_sha = args.git_sha;
  const auto found = differences(facts, *artifact, site.configured().edge.push);
  terminal.out << (args.json ? differences_json(facts, args.version, found)
                             : differences_text(facts, args.version, found, terminal.look));
  return ExitCode::done;
}

}  // namespace sy::control
