#include "control/render/status.h"

#include <ostream>

#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/render/json.h"
#include "control/render/proxy.h"

namespace sy::control {
namespace {

// Without a record and a platform of its own an environment is its proxies, and they are shown as
// they are.
bool only_proxies(const Facts& facts) {
  return facts.platform == "static" && record_of(facts) == nullptr && claim_of(facts) == nullptr;
}

ExitCode show_proxies(const Args& args, const Facts& facts, const Terminal& terminal) {
  ExitCode code = ExitCode::done;
  for (const auto& proxy : facts.proxies) {
    if (facts.proxies.size() > 1 && !args.json) terminal.out << proxy.url << ":\n";
    if (proxy.status)
      terminal.out << (args.json ? api::encode(*proxy.status) + "\n"
                                 : proxy_text(*proxy.status, terminal.look));
    if (!proxy.status) code = explain(args, proxy.status.error(), terminal);
  }
  return code;
}

}  // namespace

ExitCode show_status(const Args& args, Site& site, const Terminal& terminal) {
  const Facts facts = gather(site, Depth::tasks);
  if (only_proxies(facts)) return show_proxies(args, facts, terminal);
  terminal.out << (args.json ? status_json(facts) : status_text(facts, terminal.look));
  return reach_code(facts);
}

ExitCode show_summary(const Args& args, const std::vector<Site*>& sites, const Terminal& terminal) {
  std::vector<Facts> all;
  ExitCode code = ExitCode::done;
  for (auto* site : sites) {
    all.push_back(gather(*site, args.json ? Depth::tasks : Depth::proxies));
    if (code == ExitCode::done) code = reach_code(all.back());
    if (args.json) terminal.out << status_json(all.back());
  }
  if (!args.json) terminal.out << summary_text(all, terminal.look);
  return code;
}

}  // namespace sy::control
