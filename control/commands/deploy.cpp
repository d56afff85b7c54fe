#include "control/commands/operate.h"
#include "control/commands/shared.h"

namespace sy::control {
namespace {

std::optional<deploy::Step> stop_after(DeployStage stage) {
  switch (stage) {
    case DeployStage::started: return deploy::Step::start;
    case DeployStage::gate: return deploy::Step::gate;
    case DeployStage::rollout: return deploy::Step::rollout;
    case DeployStage::recorded: return deploy::Step::record;
    case DeployStage::done: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

ExitCode deploy_version(const Args& args, Site& site, const Terminal& terminal) {
  if (!args.approve.empty() && args.approve != args.version)
    return usage(terminal, "--approve " + args.approve + " is not the version that is deployed, " +
                               args.version);
  auto asked = asked_of(args, site);
  if (!asked) return explain(args, asked.error(), terminal);
  asked->wish.op = "deploy";
  asked->limits.stop_after = stop_after(args.deploy_until);
  return tell_end(args, site, terminal, operate(args, site, terminal, *asked));
}

}  // namespace sy::control
