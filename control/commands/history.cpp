#include <ostream>

#include "control/commands/shared.h"
#include "control/render/report.h"

namespace sy::control {
namespace {

// The reports of all proxies, or why one is missing.
Try<std::vector<Report>> reports_of(Site& site, const std::string& target) {
  const auto edge = site.edge();
  if (!edge) return edge.error();
  std::vector<Report> reports;
  for (auto& told : ask_all(**edge, target)) {
    if (!told.body) return told.body.error();
    reports.push_back({std::move(told.proxy), std::move(*told.body)});
  }
  return reports;
}

ExitCode print(const Args& args, const Terminal& terminal, const Try<std::string>& text) {
  if (!text) return explain(args, text.error(), terminal);
  terminal.out << *text << std::flush;
  return ExitCode::done;
}

}  // namespace

ExitCode show_history(const Args& args, Site& site, const Terminal& terminal) {
  const auto reports = reports_of(site, "/v1/history");
  if (!reports) return explain(args, reports.error(), terminal);
  return print(
      args, terminal,
      args.json ? reports_json(*reports, "history") : history_text(*reports, terminal.look));
}

ExitCode show_dora(const Args& args, Site& site, const Terminal& terminal) {
  const auto reports = reports_of(site, "/v1/dora");
  if (!reports) return explain(args, reports.error(), terminal);
  return print(args, terminal,
               args.json ? reports_json(*reports, "dora") : dora_text(*reports, terminal.look));
}

}  // namespace sy::control
