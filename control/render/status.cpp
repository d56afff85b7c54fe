#include "control/render/status.h"

#include <algorithm>

#include "control/facts/words.h"
#include "control/render/json.h"
#include "control/render/proxy.h"

namespace sy::control {
namespace {

namespace json = boost::json;

std::string text_of(Color color) { return std::string{name(color)}; }

std::string release_text(const records::Release& release) {
  return version_text(release.version) + " in " + text_of(release.color) + ", deployed " +
         date_text(release.deployed_at) + " by " + release.by;
}

std::string record_text(const Facts& facts, const Look& look) {
  if (const auto failure = missing(facts.seen))
    return paragraph("record     ", "cannot be read: " + failure->what, look);
  if (known(facts.seen) == nullptr) return {};
  const auto* record = record_of(facts);
  if (record == nullptr || !record->current)
    return paragraph("record     ", "nothing is recorded yet at " + facts.record_at, look);
  std::string text = paragraph("current    ", release_text(*record->current), look);
  if (record->previous) text += paragraph("previous   ", release_text(*record->previous), look);
  std::string last = record->op + " " + record->result;
  if (!record->reason.empty()) last += ": " + record->reason;
  return text + paragraph("last       ",
                          last + " (epoch " + std::to_string(record->epoch) + " of " +
                              facts.record_at + ")",
                          look);
}

std::string standing_lines(const Facts& facts, const Look& look) {
  const auto stands = standing(facts);
  if (!stands) return {};
  std::string text = paragraph(stands->at_work ? "claim      " : "stopped    ", stands->what, look);
  for (std::size_t i = 0; i < stands->run.size(); ++i)
    text += paragraph(i == 0 ? "  run:     " : "  or:      ", stands->run[i], look);
  return text;
}

std::string missing_lines(const Facts& facts, const Look& look) {
  std::string text;
  for (const auto& words : out_of_reach(facts)) text += paragraph("no answer  ", words, look);
  return text;
}

Tone tone_of(const platform::Running& running) {
  if (!running.exists || running.desired == 0) return Tone::faint;
  return running.running < running.desired ? Tone::bad : Tone::good;
}

Row running_row(const std::string& service, Color color, const platform::Running& running) {
  const Tone tone = tone_of(running);
  if (!running.exists) return {service, text_of(color), "-", "-", Cell{"is not there", tone}};
  return {service, text_of(color),
          Cell{std::to_string(running.running) + "/" + std::to_string(running.desired), tone},
          version_text(running.version), running.state};
}

// The verdict is the candidate's; what is said of live beside it is said of its gate.
Row color_row(const ProxyFacts& proxy, Color color, bool name_proxy) {
  const auto& status = *proxy.status;
  const auto& shown = status.colors[color];
  Row row{text_of(color) + (status.live == color ? " (live)" : ""),
          version_text(shown.version),
          Cell{shown.open ? "open" : "shut", shown.open ? Tone::good : Tone::bad},
          api::percent_text(shown.weight) + " %",
          api::percent_text(shown.effective) + " %",
          fixed(shown.requests_per_second, 1),
          std::to_string(shown.errors) + "/" + std::to_string(shown.requests),
          fixed(shown.p50_ms, 1),
          fixed(shown.p99_ms, 1),
          shown.open ? shown.verdict : shown.why};
  if (name_proxy) row.insert(row.begin(), Cell{proxy.url});
  return row;
}

json::object proxy_json(const ProxyFacts& proxy) {
  json::object object{{"url", proxy.url}, {"reachable", proxy.status.has_value()}};
  if (proxy.status) object["status"] = parsed(api::encode(*proxy.status));
  if (!proxy.status) object["error"] = to_json(proxy.status.error());
  return object;
}

json::value standing_json(const Facts& facts) {
  const auto stands = standing(facts);
  if (!stands) return {};
  return {{"at_work", stands->at_work}, {"what", stands->what}, {"run", to_json(stands->run)}};
}

Row summary_row(const Facts& facts) {
  const auto* record = record_of(facts);
  const bool recorded = record != nullptr && record->current;
  const auto live = live_color(facts);
  const auto proxies = reachable(facts);
  std::string version = recorded ? record->current->version : "";
  if (version.empty() && live) version = proxies.front()->colors[*live].version;
  std::string what = proxies.empty() ? "" : proxies.front()->phase;
  Tone tone = Tone::plain;
  if (const auto stands = standing(facts)) {
    what = stands->what;
    tone = Tone::warning;
  }
  const auto gone = out_of_reach(facts);
  if (!gone.empty()) {
    what = "no answer from " + gone.front();
    tone = Tone::bad;
  }
  return {facts.environment,
          version_text(version),
          live ? text_of(*live) : "unknown",
          traffic_text(facts),
          recorded ? minute_text(record->current->deployed_at) : "",
          Cell{std::move(what), tone}};
}

}  // namespace

std::string tasks_table(const platform::Observation& observation, const Look& look) {
  std::vector<Row> rows{{"SERVICE", "COLOR", "TASKS", "VERSION", "STATE"}};
  for (const auto& [service, running] : observation)
    for (const Color color : colors) rows.push_back(running_row(service, color, running[color]));
  return table(rows, look);
}

std::string colors_table(const std::vector<ProxyFacts>& proxies, const Look& look) {
  const bool name_proxy = proxies.size() > 1;
  std::vector<Row> rows{{"COLOR", "VERSION", "GATE", "WEIGHT", "EFFECTIVE", "RPS", "ERRORS",
                         "P50 MS", "P99 MS", "VERDICT"}};
  if (name_proxy) rows.front().insert(rows.front().begin(), Cell{"PROXY"});
  for (const auto& proxy : proxies)
    for (const Color color : colors)
      if (proxy.status) rows.push_back(color_row(proxy, color, name_proxy));
  return table(rows, look);
}

std::string gates_table(const std::vector<ProxyFacts>& proxies, const Look& look) {
  const bool name_proxy = proxies.size() > 1;
  std::vector<Row> rows{{"SERVICE", "COLOR", "ENDPOINT", "GATE", "LAST PROBE"}};
  if (name_proxy) rows.front().insert(rows.front().begin(), Cell{"PROXY"});
  for (const auto& proxy : proxies) {
    if (!proxy.status) continue;
    for (const auto& gate : proxy.status->gates) {
      Row row{gate.service, text_of(gate.color), gate.url,
              Cell{gate.open ? "open" : "shut", gate.open ? Tone::good : Tone::bad}, gate.reason};
      if (name_proxy) row.insert(row.begin(), Cell{proxy.url});
      rows.push_back(std::move(row));
    }
  }
  return table(rows, look);
}

std::string status_text(const Facts& facts, const Look& look) {
  std::string text = paragraph(facts.environment + ": ", "traffic is " + traffic_text(facts), look);
  text += record_text(facts, look) + standing_lines(facts, look) + missing_lines(facts, look);
  if (const auto* observation = known(facts.observation); observation && !observation->empty()) {
    text += paragraph("platform   ", facts.platform, look);
    text += "\n" + tasks_table(*observation, look);
  }
  for (const auto& proxy : facts.proxies) {
    if (!proxy.status) continue;
    text += "\n" + proxy_lines(proxy, facts.now, look);
  }
  if (reachable(facts).empty()) return text;
  return text + "\n" + colors_table(facts.proxies, look) + "\n" + gates_table(facts.proxies, look);
}

std::string status_json(const Facts& facts) {
  const auto* record = record_of(facts);
  const auto* claim = claim_of(facts);
  const auto* observation = known(facts.observation);
  const auto* caller = known(facts.caller);
  json::array proxies;
  for (const auto& proxy : facts.proxies) proxies.push_back(proxy_json(proxy));
  const auto live = live_color(facts);
  return json_line({{"environment", facts.environment},
                    {"at", api::to_text(facts.now)},
                    {"live", live ? json::value(text_of(*live)) : json::value{}},
                    {"traffic", traffic_text(facts)},
                    {"record_at", facts.record_at},
                    {"record", record != nullptr ? to_json(*record) : json::value{}},
                    {"claim", claim != nullptr ? to_json(*claim) : json::value{}},
                    {"standing", standing_json(facts)},
                    {"platform", facts.platform},
                    {"caller", caller != nullptr ? json::value(caller->name) : json::value{}},
                    {"services", observation != nullptr ? to_json(*observation) : json::value{}},
                    {"proxies", std::move(proxies)},
                    {"out_of_reach", to_json(out_of_reach(facts))},
                    {"exit", static_cast<int>(reach_code(facts))}});
}

std::string summary_text(const std::vector<Facts>& all, const Look& look) {
  std::vector<Row> rows{{"ENV", "VERSION", "LIVE", "TRAFFIC", "DEPLOYED (UTC)", "WHAT"}};
  for (const auto& facts : all) rows.push_back(summary_row(facts));
  return table(rows, look);
}

}  // namespace sy::control
