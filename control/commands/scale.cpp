#include "control/commands/act.h"
#include "control/commands/gather.h"
#include "control/commands/shared.h"
#include "control/facts/words.h"

namespace sy::control {
namespace {

// Nobody takes the tasks away from clients by a slip of the hand.
std::optional<Failure> refused(const Args& args, Site& site, Color color) {
  if (args.count > 0 || args.force) return std::nullopt;
  const auto facts = gather(site, Depth::proxies);
  const std::string where{name(color)};
  if (reachable(facts).size() < facts.proxies.size())
    return Failure{ExitCode::refused,
                   "not every proxy can be asked whether " + where + " has traffic",
                   "make them reachable, or say --force"};
  if (!has_traffic(facts, color)) return std::nullopt;
  return Failure{ExitCode::refused, where + " has traffic (" + traffic_text(facts) + ")",
                 "move it first: switchctl switch " + site.name() + " " +
                     std::string{name(other(color))} + "; or say --force"};
}

Try<platform::Progress> progress(Site& site, const Args& args, Color color) {
  const auto running = running_service(site, args.service, color);
  if (!running) return running.error();
  platform::Progress now;
  now.running = running->running;
  now.desired = args.count;
  now.up = running->running == args.count && running->desired == args.count;
  now.words = std::to_string(now.running) + " of " + counted(args.count, "task") + " run";
  return now;
}

void take_count(const Args& args, Color color, Claiming& claim) {
  auto current = claim.current();
  if (!current || current->color != color) return;
  current->services[args.service].count = args.count;
  claim.record(std::move(*current));
}

}  // namespace

ExitCode scale(const Args& args, Site& site, const Terminal& terminal) {
  const auto color = color_or_live(args.color, site);
  if (!color) return explain(args, color.error(), terminal);
  const auto running = running_service(site, args.service, *color);
  if (!running) return explain(args, running.error(), terminal);
  if (const auto failure = refused(args, site, *color)) return explain(args, *failure, terminal);
  Act scale{.op = "scale", .service = args.service, .color = *color};
  scale.words = args.service + " in " + std::string{name(*color)} + " from " +
                counted(running->desired, "task") + " to " + std::to_string(args.count);
  if (args.dry_run) return print_result(args, terminal, scale, ExitCode::done, ""), ExitCode::done;
  scale.perform = [&]() -> Try<> {
    return (*site.platform())->scale(args.service, *color, args.count);
  };
  scale.look = [&] { return progress(site, args, *color); };
  scale.recorded = [&](Claiming& claim) { take_count(args, *color, claim); };
  return act(args, site, terminal, scale);
}

}  // namespace sy::control
