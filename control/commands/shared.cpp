#include "control/commands/shared.h"

#include <ostream>
#include <random>

#include "control/render/json.h"
#include "control/render/proxy.h"

namespace sy::control {

ExitCode usage(const Terminal& terminal, std::string_view what) {
  terminal.err << "switchctl: " << printable(what) << "\n";
  return ExitCode::usage;
}

ExitCode explain(const Args& args, const Failure& failure, const Terminal& terminal) {
  terminal.err << paragraph("switchctl: ", failure.what, Look{});
  if (!failure.next.empty()) terminal.err << paragraph("  ", failure.next, Look{});
  if (args.json)
    terminal.out << json_line({{"environment", args.environment},
                               {"exit", static_cast<int>(failure.code)},
                               {"reason", failure.what},
                               {"next", failure.next}})
                 << std::flush;
  return failure.code;
}

std::vector<Told> ask_all(const edge::Edge& edge, const std::string& target) {
  std::vector<Told> all;
  for (std::size_t i = 0; i < edge.names().size(); ++i) {
    const auto& proxy = edge.names()[i];
    const auto answer = edge.send(i, {.target = target});
    if (!answer) all.push_back({proxy, edge::failure_of(proxy, answer.error())});
    if (answer && answer->status != 200) all.push_back({proxy, edge::failure_of(proxy, *answer)});
    if (answer && answer->status == 200) all.push_back({proxy, answer->body});
  }
  return all;
}

std::optional<Failure> first_failure(const std::vector<Told>& told) {
  for (const auto& one : told)
    if (!one.body) return one.body.error();
  return std::nullopt;
}

ExitCode change(const Args& args, Site& site, const Terminal& terminal, edge::Call call) {
  const auto edge = site.edge();
  if (!edge) return explain(args, edge.error(), terminal);
  if (args.dry_run) call.target += "?dry_run=true";
  const auto applied = (*edge)->change(call, new_key());
  if (!applied) return explain(args, applied.error(), terminal);
  for (const auto& one : *applied) {
    const std::string which = applied->size() > 1 ? one.proxy + ": " : "";
    terminal.out << (args.json ? one.body + "\n" : which + applied_text(one.view));
  }
  terminal.out << std::flush;
  return ExitCode::done;
}

std::string new_key() {
  std::random_device random;
  std::string key = "switchctl-";
  for (int i = 0; i < 32; ++i) key += "0123456789abcdef"[random() % 16];
  return key;
}

}  // namespace sy::control
