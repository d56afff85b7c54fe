#include "control/render/report.h"

#include <algorithm>

#include "control/facts/words.h"
#include "control/render/json.h"

namespace sy::control {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string{value->get_string()};
}

std::optional<double> number_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::string whole_at(const json::object& object, std::string_view key) {
  const auto number = number_at(object, key);
  return number ? fixed(*number, 0) : "-";
}

std::string span_at(const json::object& object, std::string_view key) {
  const auto seconds = number_at(object, key);
  return seconds ? span_text(*seconds) : "-";
}

// Of RFC 3339, or seconds since 1970.
std::string time_at(const json::object& object, std::string_view key) {
  const auto at = api::parse_time(text_at(object, key));
  if (at) return minute_text(*at);
  const auto seconds = number_at(object, key);
  if (!seconds) return "-";
  return minute_text(
      WallTime{std::chrono::milliseconds{static_cast<std::int64_t>(*seconds * 1e3)}});
}

Failure not_a(const std::string& what, const Report& report) {
  return Failure{ExitCode::failed,
                 "proxy " + report.proxy + " answered something that is no " + what,
                 "Is it of another release than this switchctl?"};
}

Tone tone_of(const std::string& outcome) {
  if (outcome == "completed" || outcome == "live") return Tone::good;
  if (outcome == "reverted") return Tone::bad;
  return outcome == "moving" ? Tone::warning : Tone::plain;
}

struct Change {
  std::string begun;
  Row row;
};

Change change_of(const json::object& change, const std::string& proxy, bool name_proxy) {
  const std::string outcome = text_at(change, "outcome");
  const std::string why = text_at(change, "why");
  const std::string reason = text_at(change, "reason");
  Row row{time_at(change, "begun"),
          text_at(change, "color"),
          version_text(text_at(change, "version")),
          Cell{outcome, tone_of(outcome)},
          span_at(change, "duration_seconds"),
          whole_at(change, "requests"),
          whole_at(change, "failures"),
          text_at(change, "actor"),
          why.empty() ? reason : why};
  if (name_proxy) row.insert(row.begin(), Cell{proxy});
  return {time_at(change, "begun"), std::move(row)};
}

std::string durations_text(const std::vector<Report>& reports, const Look& look) {
  std::string text;
  for (const auto& report : reports) {
    const auto body = parsed(report.body);
    const auto* durations = body.as_object().if_contains("durations");
    if (durations == nullptr || !durations->is_object()) continue;
    for (const auto& [outcome, one] : durations->get_object()) {
      if (!one.is_object()) continue;
      const auto count = number_at(one.get_object(), "count").value_or(0);
      text += paragraph("",
                        (reports.size() > 1 ? report.proxy + ": " : "") +
                            counted(static_cast<std::int64_t>(count), "change") + " " +
                            std::string{outcome} + ": typically " +
                            span_at(one.get_object(), "median_seconds") + ", at most " +
                            span_at(one.get_object(), "longest_seconds"),
                        look);
    }
  }
  return text;
}

struct Measure {
  const char* key;
  const char* words;
  enum class Kind { count, rate, share, span } kind;
};

constexpr std::array measures{
    Measure{"deployments", "deployments", Measure::Kind::count},
    Measure{"deployments_per_day", "deployments a day", Measure::Kind::rate},
    Measure{"lead_time_seconds", "lead time, commit to live", Measure::Kind::span},
    Measure{"change_failure_rate", "changes that failed", Measure::Kind::share},
    Measure{"recovery_time_seconds", "time to recover", Measure::Kind::span},
};

std::string value_text(const Measure& measure, std::optional<double> value) {
  if (!value) return "not known";
  switch (measure.kind) {
    case Measure::Kind::count: return fixed(*value, 0);
    case Measure::Kind::rate: return fixed(*value, 2);
    case Measure::Kind::share: return fixed(*value * 100, 1) + " %";
    case Measure::Kind::span: return span_text(*value);
  }
  return {};
}

}  // namespace

std::string journal_text(const api::JournalView& journal, const Look& look) {
  std::vector<Row> rows{{"#", "AT", "ACTOR", "ACTION", "WHAT", "REASON"}};
  for (const auto& entry : journal.entries)
    rows.push_back({std::to_string(entry.sequence), api::to_text(entry.at), entry.actor,
                    entry.action, entry.detail, entry.reason});
  return table(rows, look);
}

Try<std::string> history_text(const std::vector<Report>& reports, const Look& look) {
  std::vector<Change> changes;
  const bool name_proxy = reports.size() > 1;
  for (const auto& report : reports) {
    const auto body = parsed(report.body);
    const auto* all = body.is_object() ? body.get_object().if_contains("changes") : nullptr;
    if (all == nullptr || !all->is_array()) return not_a("history", report);
    for (const auto& change : all->get_array())
      if (change.is_object())
        changes.push_back(change_of(change.get_object(), report.proxy, name_proxy));
  }
  if (changes.empty()) return std::string{"nothing has moved yet\n"};
  std::reverse(changes.begin(), changes.end());
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.begun > b.begun; });
  std::vector<Row> rows{
      {"BEGUN (UTC)", "COLOR", "VERSION", "OUTCOME", "TOOK", "REQUESTS", "FAILED", "BY", "WHY"}};
  if (name_proxy) rows.front().insert(rows.front().begin(), Cell{"PROXY"});
  for (auto& change : changes) rows.push_back(std::move(change.row));
  return table(rows, look) + durations_text(reports, look);
}

Try<std::string> dora_text(const std::vector<Report>& reports, const Look& look) {
  std::vector<Row> rows{{"MEASURE"}};
  for (const auto& measure : measures) rows.push_back({Cell{measure.words}});
  std::vector<std::optional<double>> worst(measures.size());
  double window = 0;
  for (const auto& report : reports) {
    const auto body = parsed(report.body);
    if (!body.is_object() || !body.get_object().contains("deployments"))
      return not_a("report of key metrics", report);
    const auto& object = body.get_object();
    window = number_at(object, "window_seconds").value_or(0);
    rows.front().emplace_back(reports.size() > 1 ? report.proxy : "VALUE");
    for (std::size_t i = 0; i < measures.size(); ++i) {
      const auto value = number_at(object, measures[i].key);
      if (value && (!worst[i] || *value > *worst[i])) worst[i] = value;
      rows[i + 1].emplace_back(value_text(measures[i], value));
    }
  }
  // Every proxy saw the same deployments: the one that saw most, or the worst, counts.
  if (reports.size() > 1) rows.front().emplace_back("ALL");
  for (std::size_t i = 0; i < measures.size() && reports.size() > 1; ++i)
    rows[i + 1].emplace_back(value_text(measures[i], worst[i]));
  return "the last " + span_text(window) + "\n" + table(rows, look);
}

std::string reports_json(const std::vector<Report>& reports, const std::string& key) {
  if (reports.size() == 1) return reports.front().body + "\n";
  json::array all;
  for (const auto& report : reports)
    all.push_back({{"proxy", report.proxy}, {key, parsed(report.body)}});
  return json_line({{"proxies", std::move(all)}});
}

}  // namespace sy::control
