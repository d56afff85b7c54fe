#include "control/render/findings.h"

#include "control/facts/words.h"
#include "control/render/json.h"

namespace sy::control {
namespace {

namespace json = boost::json;

std::string dash(const std::string& text) { return text.empty() ? "-" : text; }

json::object row_json(const TaskRow& row) {
  return {{"where", row.where},           {"reports", row.reports}, {"recorded", row.recorded},
          {"definition", row.definition}, {"proxies", row.proxies}, {"agrees", row.agrees}};
}

}  // namespace

std::string agreement_text(const Facts& facts, const Agreement& agreement, const Look& look) {
  std::vector<Row> rows{{"TASK", "REPORTS", "DEFINITION", "RECORD", "PROXIES"}};
  for (const auto& row : agreement.rows)
    rows.push_back({Cell{row.where, row.agrees ? Tone::plain : Tone::bad}, dash(row.reports),
                    dash(row.definition), dash(row.recorded), dash(row.proxies)});
  std::string text = rows.size() > 1 ? table(rows, look) : "";
  for (const auto& words : out_of_reach(facts)) text += paragraph("no answer from ", words, look);
  for (const auto& mismatch : agreement.mismatches) {
    text += paragraph("mismatch: ", mismatch.what, look);
    text += paragraph("          ", mismatch.next, look);
  }
  for (const auto& note : agreement.notes) text += paragraph("note: ", note, look);
  if (const auto stands = standing(facts)) text += paragraph("note: ", stands->what, look);
  if (agreement_code(facts, agreement) == ExitCode::done)
    text += "tasks, definitions, record and proxies agree\n";
  return text;
}

std::string agreement_json(const Facts& facts, const Agreement& agreement) {
  json::array rows;
  for (const auto& row : agreement.rows) rows.push_back(row_json(row));
  json::array mismatches;
  for (const auto& one : agreement.mismatches)
    mismatches.push_back({{"what", one.what}, {"next", one.next}});
  return json_line({{"environment", facts.environment},
                    {"at", api::to_text(facts.now)},
                    {"tasks", std::move(rows)},
                    {"mismatches", std::move(mismatches)},
                    {"notes", to_json(agreement.notes)},
                    {"out_of_reach", to_json(out_of_reach(facts))},
                    {"exit", static_cast<int>(agreement_code(facts, agreement))}});
}

ExitCode agreement_code(const Facts& facts, const Agreement& agreement) {
  if (!agreement.mismatches.empty()) return ExitCode::failed;
  return out_of_reach(facts).empty() ? ExitCode::done : ExitCode::failed;
}

std::string diagnosis_text(const Facts& facts, const std::vector<Finding>& findings,
                           const Look& look) {
  if (findings.empty())
    return paragraph(
        facts.environment + ": ",
        "nothing is wrong that can be seen from here; traffic is " + traffic_text(facts), look);
  std::string text =
      paragraph(facts.environment + ": ",
                counted(static_cast<std::int64_t>(findings.size()), "finding") +
                    ", the likeliest cause " + "first; traffic is " + traffic_text(facts),
                look);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto& finding = findings[i];
    text += "\n" + paragraph(std::to_string(i + 1) + ". ", finding.what, look);
    for (const auto& seen : finding.evidence) text += paragraph("   seen: ", seen, look);
    for (const auto& command : finding.run) text += paragraph("   do:   ", command, look);
  }
  return text;
}

std::string diagnosis_json(const Facts& facts, const std::vector<Finding>& findings) {
  json::array found;
  for (const auto& finding : findings)
    found.push_back({{"what", finding.what},
                     {"weight", finding.weight},
                     {"evidence", to_json(finding.evidence)},
                     {"run", to_json(finding.run)}});
  return json_line(
      {{"environment", facts.environment},
       {"at", api::to_text(facts.now)},
       {"traffic", traffic_text(facts)},
       {"findings", std::move(found)},
       {"out_of_reach", to_json(out_of_reach(facts))},
       {"exit", static_cast<int>(findings.empty() ? ExitCode::done : ExitCode::failed)}});
}

}  // namespace sy::control
