#include "control/commands/gather.h"

#include "control/commands/claiming.h"
#include "control/edge/edge.h"

namespace sy::control {
namespace {

void ask_proxies(Site& site, Facts& facts) {
  const auto edge = site.edge();
  if (!edge) {
    for (const auto& url : site.configured().edge.urls)
      facts.proxies.push_back({url, edge.error()});
    return;
  }
  for (auto& seen : (*edge)->look())
    facts.proxies.push_back({std::move(seen.proxy), std::move(seen.status)});
}

void ask_ledger(Site& site, Facts& facts) {
  const auto ledger = site.ledger();
  if (!ledger) {
    facts.seen = ledger.error();
    return;
  }
  facts.record_at = (*ledger)->where();
  facts.seen = (*ledger)->read();
  if (const auto* claim = claim_of(facts)) facts.claim_free = may_take_over(site, *claim);
}

void ask_platform(Site& site, Facts& facts, Depth depth) {
  const auto platform = site.platform();
  if (!platform) {
    facts.observation = platform.error();
    return;
  }
  facts.platform = (*platform)->name();
  facts.caller = (*platform)->caller();
  facts.observation = (*platform)->observe();
  const auto* observation = known(facts.observation);
  if (depth != Depth::events || observation == nullptr) return;
  for (const auto& [service, running] : *observation)
    for (const Color color : colors) {
      if (!running[color].exists) continue;
      auto events = (*platform)->events(service, color);
      if (events) facts.events[{service, color}] = std::move(*events);
    }
}

std::string platform_name(config::PlatformKind kind) {
  switch (kind) {
    case config::PlatformKind::ecs: return "ecs";
    case config::PlatformKind::compose: return "compose";
    case config::PlatformKind::static_: return "static";
  }
  return "";
}

}  // namespace

Facts gather(Site& site, Depth depth) {
  Facts facts;
  const auto& configured = site.configured();
  facts.environment = site.name();
  facts.now = site.pace().wall();
  facts.platform = platform_name(configured.platform);
  facts.versions_reported = configured.services.empty();
  for (const auto& [service, options] : configured.services)
    if (!options.version_field.empty()) facts.versions_reported = true;
  ask_proxies(site, facts);
  ask_ledger(site, facts);
  if (depth != Depth::proxies) ask_platform(site, facts, depth);
  return facts;
}

Try<Color> color_or_live(const std::optional<Color>& given, Site& site) {
  if (given) return *given;
  const auto edge = site.edge();
  if (!edge) return edge.error();
  const auto all = (*edge)->status();
  if (!all) return all.error();
  for (const auto& status : *all)
    if (status.live != all->front().live)
      return Failure{ExitCode::refused, "the proxies do not agree on the live color",
                     "Say which color is meant: --color blue or --color green."};
  return all->front().live;
}

}  // namespace sy::control
