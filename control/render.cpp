#include "render.h"

#include <array>
#include <cstdio>

namespace sy::control {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

using Rows = std::vector<std::vector<std::string>>;

// Columns as wide as their widest cell; no blanks at line ends.
std::string table(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += padded(row[i], widths[i]);
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }
  return text;
}

std::vector<std::string> color_row(Color color, const api::StatusView& status) {
  const auto& shown = status.colors[color];
  return {std::string(name(color)) + (status.live == color ? " (live)" : ""),
          shown.version.empty() ? "unknown" : shown.version,
          shown.open ? "open" : "shut",
          api::percent_text(shown.weight) + " %",
          api::percent_text(shown.effective) + " %",
          fixed(shown.requests_per_second, 1),
          std::to_string(shown.errors) + "/" + std::to_string(shown.requests),
          fixed(shown.p50_ms, 1),
          fixed(shown.p99_ms, 1),
          shown.open ? shown.verdict : shown.why};
}

// "1m", "90s", "1.5s".
std::string time_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  const bool even = static_cast<double>(whole) == seconds && whole > 0;
  if (even && whole % 3'600 == 0) return std::to_string(whole / 3'600) + "h";
  if (even && whole % 60 == 0) return std::to_string(whole / 60) + "m";
  return even || seconds == 0 ? std::to_string(whole) + "s" : fixed(seconds, 1) + "s";
}

// "1 % 1m, [10 % 5m], 100 % 10m": the hold in force in brackets.
std::string holds_text(const api::RolloutView& rollout) {
  std::string text;
  for (std::size_t i = 0; i < rollout.holds.size(); ++i) {
    const auto& hold = rollout.holds[i];
    std::string step = api::percent_text(hold.weight) + " % " + time_text(hold.for_seconds);
    if (i + 1 == rollout.hold) step = "[" + step + "]";
    text += (i == 0 ? "" : ", ") + step;
  }
  return text;
}

std::string rollout_text(const api::RolloutView& rollout) {
  std::string text = "rollout " + rollout.id + " of " + std::string(name(rollout.color)) + " " +
                     (rollout.version.empty() ? "(any version)" : rollout.version) + " by plan " +
                     rollout.plan + ", begun by " + rollout.actor;
  if (!rollout.reason.empty()) text += ": " + rollout.reason;
  text += "\n  " + standing_text(rollout) + "\n  holds: " + holds_text(rollout) + "\n";
  if (rollout.approval && !rollout.approval->approved_by.empty())
    text += "  approved by " + rollout.approval->approved_by + "\n";
  return text;
}

std::string ended_text(const api::EndedView& ended) {
  return "last rollout " + ended.id + " of " + std::string(name(ended.color)) +
         (ended.version.empty() ? "" : " " + ended.version) + ": " + ended.outcome + " at " +
         api::to_text(ended.at) + (ended.why.empty() ? "" : ": " + ended.why) + "\n";
}

// What is said of rollouts and of guarded weights; nothing where there is nothing.
std::string guard_text(const api::StatusView& status) {
  std::string text;
  if (status.rollout) text += rollout_text(*status.rollout);
  if (status.verdict.kind != "none" && !status.verdict.words.empty())
    text += "verdict: " + status.verdict.words + "\n";
  if (!status.guarded)
    text += "not guarded: these weights were forced, no verdict takes them back\n";
  if (status.last_rollout) text += ended_text(*status.last_rollout);
  return text;
}

}  // namespace

std::string render(const api::StatusView& status) {
  std::string text = status.app + " " + status.environment + ": " + status.phase + ", generation " +
                     std::to_string(status.generation) + ", since " + api::to_text(status.since) +
                     "\n";
  if (!status.note.empty()) text += "note: " + status.note + "\n";
  text += guard_text(status);
  Rows colors_table{{"COLOR", "VERSION", "GATE", "WEIGHT", "EFFECTIVE", "RPS", "ERRORS", "P50 MS",
                     "P99 MS", "VERDICT"}};
  for (const Color color : colors) colors_table.push_back(color_row(color, status));
  text += table(colors_table);
  Rows gates{{"SERVICE", "COLOR", "ENDPOINT", "GATE", "LAST PROBE"}};
  for (const auto& gate : status.gates)
    gates.push_back({gate.service, std::string(name(gate.color)), gate.url,
                     gate.open ? "open" : "shut", gate.reason});
  return text + table(gates);
}

// What stands does not always begin with its phase.
std::string standing_text(const api::RolloutView& rollout) {
  if (rollout.standing.find(rollout.phase) != std::string::npos) return rollout.standing;
  return rollout.phase + ": " + rollout.standing;
}

std::string render(const api::AppliedView& applied) {
  std::string text = applied.what;
  if (applied.dry_run) text = "would do: " + text;
  if (!applied.changed) text += " (it was so already)";
  if (applied.replayed) text += " (done before, under the same key)";
  return text + ", generation " + std::to_string(applied.generation) + "\n";
}

std::string render(const api::JournalView& journal) {
  Rows rows{{"#", "AT", "ACTOR", "ACTION", "WHAT", "REASON"}};
  for (const auto& entry : journal.entries)
    rows.push_back({std::to_string(entry.sequence), api::to_text(entry.at), entry.actor,
                    entry.action, entry.detail, entry.reason});
  return table(rows);
}

std::string render(const api::Problem& problem) {
  std::string text = problem.detail;
  for (const auto& fault : problem.faults)
    text += "\n  " + (fault.pointer.empty() ? "" : fault.pointer + ": ") + fault.detail;
  if (problem.generation && problem.weights)
    text += "\n  now: " + problem.phase + ", blue " + api::percent_text(problem.weights->blue) +
            " %, green " + api::percent_text(problem.weights->green) + " %, generation " +
            std::to_string(*problem.generation);
  if (problem.rollout)
    text += "\n  rollout " + problem.rollout->id + ": " + problem.rollout->phase + " at " +
            api::percent_text(problem.rollout->weight) + " %";
  return text + "\n";
}

void EventLines::end_line(std::string& out) {
  if (line_.starts_with("event: ")) type_ = line_.substr(7);
  if (line_.starts_with("data: ")) text_ = line_.substr(6);
  if (line_.empty() && !type_.empty()) {
    out += (json_ ? "" : type_ + " ") + text_ + "\n";
    type_.clear();
    text_.clear();
  }
  line_.clear();
}

std::string EventLines::feed(std::string_view bytes) {
  constexpr std::size_t line_bytes_max = 1'000'000;
  std::string out;
  for (const char c : bytes) {
    if (c == '\n') {
      end_line(out);
    } else if (c != '\r' && line_.size() < line_bytes_max) {
      line_ += c;
    }
  }
  return out;
}

}  // namespace sy::control
