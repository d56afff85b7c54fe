#include <ostream>

#include "control/commands/chain.h"
#include "control/commands/shared.h"
#include "control/facts/words.h"
#include "control/render/json.h"
#include "control/render/report.h"

namespace sy::control {

ExitCode show_journal(const Args& args, Site& site, const Terminal& terminal) {
  if (args.verify) return verify_journal(args, site, terminal);
  const auto edge = site.edge();
  if (!edge) return explain(args, edge.error(), terminal);
  std::string target = "/v1/journal?limit=" + std::to_string(args.limit);
  if (args.after) target += "&after=" + std::to_string(*args.after);
  ExitCode code = ExitCode::done;
  const auto all = ask_all(**edge, target);
  for (const auto& told : all) {
    if (!told.body) {
      code = explain(args, told.body.error(), terminal);
      continue;
    }
    if (all.size() > 1 && !args.json) terminal.out << told.proxy << ":\n";
    const auto journal = api::decode_journal(*told.body);
    if (!journal) return explain(args, edge::failure_of(told.proxy, journal.error()), terminal);
    terminal.out << (args.json ? *told.body + "\n" : journal_text(*journal, terminal.look));
  }
  return code;
}

ExitCode verify_journal(const Args& args, Site& site, const Terminal& terminal) {
  const auto edge = site.edge();
  if (!edge) return explain(args, edge.error(), terminal);
  ExitCode code = ExitCode::done;
  for (std::size_t i = 0; i < (*edge)->names().size(); ++i) {
    const auto& proxy = (*edge)->names()[i];
    const auto chain = verify_chain(**edge, i);
    if (!chain) {
      code = explain(args, chain.error(), terminal);
      continue;
    }
    if (!chain->problems.empty()) code = ExitCode::failed;
    if (args.json) {
      terminal.out << json_line({{"proxy", proxy},
                                 {"entries", chain->entries},
                                 {"first", chain->first},
                                 {"intact", chain->problems.empty()},
                                 {"problems", to_json(chain->problems)}});
      continue;
    }
    const std::string span = counted(static_cast<std::int64_t>(chain->entries), "line") +
                             " from entry " + std::to_string(chain->first) + " on";
    if (chain->problems.empty())
      terminal.out << paragraph(proxy + ": ", "intact, " + span, terminal.look);
    for (const auto& problem : chain->problems)
      terminal.out << paragraph(proxy + ": ", "broken: " + problem + " (of " + span + ")",
                                terminal.look);
  }
  return code;
}

}  // namespace sy::control
