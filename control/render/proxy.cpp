#include "control/render/proxy.h"

#include "control/facts/words.h"
#include "control/render/status.h"

namespace sy::control {
namespace {

// "1m", "90s", "1.5s": as plans are written.
std::string hold_time(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  const bool even = static_cast<double>(whole) == seconds && whole > 0;
  if (even && whole % 3'600 == 0) return std::to_string(whole / 3'600) + "h";
  if (even && whole % 60 == 0) return std::to_string(whole / 60) + "m";
  return even || seconds == 0 ? std::to_string(whole) + "s" : fixed(seconds, 1) + "s";
}

std::string rollout_text(const api::RolloutView& rollout) {
  std::string text = "rollout " + rollout.id + " of " + std::string{name(rollout.color)} + " " +
                     (rollout.version.empty() ? "(any version)" : rollout.version) + " by plan " +
                     rollout.plan + ", begun by " + rollout.actor;
  if (!rollout.reason.empty()) text += ": " + rollout.reason;
  text += "\n  " + phase_text(rollout) + "\n  holds: " + holds_text(rollout) + "\n";
  if (rollout.approval && !rollout.approval->approved_by.empty())
    text += "  approved by " + rollout.approval->approved_by + "\n";
  return text;
}

// What is said of rollouts and of guarded weights; nothing where there is nothing.
std::string guard_text(const api::StatusView& status) {
  std::string text;
  if (status.rollout) text += rollout_text(*status.rollout);
  if (status.verdict.kind != "none" && !status.verdict.words.empty())
    text += "verdict: " + status.verdict.words + "\n";
  if (!status.guarded)
    text += "not guarded: these weights were forced, no verdict takes them back\n";
  if (!status.last_rollout) return text;
  const auto& ended = *status.last_rollout;
  return text + "last rollout " + ended.id + " of " + std::string{name(ended.color)} +
         (ended.version.empty() ? "" : " " + ended.version) + ": " + ended.outcome + " at " +
         api::to_text(ended.at) + (ended.why.empty() ? "" : ": " + ended.why) + "\n";
}

std::string rollout_head(const api::RolloutView& rollout, WallTime now) {
  std::string text = rollout.id + " of " + std::string{name(rollout.color)} + " " +
                     (rollout.version.empty() ? "(any version)" : rollout.version) + " by plan " +
                     rollout.plan + ", begun by " + rollout.actor + " " +
                     span_text(Duration{now - rollout.started}) + " ago";
  if (!rollout.reason.empty()) text += ": " + rollout.reason;
  return text;
}

std::string rollout_lines(const api::RolloutView& rollout, WallTime now, const Look& look) {
  std::string text = paragraph("  rollout  ", rollout_head(rollout, now), look);
  text += paragraph("           ", phase_text(rollout), look);
  text += paragraph("           ", "holds: " + holds_text(rollout), look);
  if (rollout.approval && !rollout.approval->approved_by.empty())
    text += paragraph("           ", "approved by " + rollout.approval->approved_by, look);
  return text;
}

std::string ended_line(const api::EndedView& ended, const Look& look) {
  std::string text = ended.id + " of " + std::string{name(ended.color)};
  if (!ended.version.empty()) text += " " + ended.version;
  text += ": " + ended.outcome + " at " + date_text(ended.at);
  if (!ended.why.empty()) text += ": " + ended.why;
  return paragraph("  ended    ", text, look);
}

}  // namespace

std::string proxy_lines(const ProxyFacts& proxy, WallTime now, const Look& look) {
  const auto& status = *proxy.status;
  std::string text =
      paragraph("proxy      ",
                proxy.url + ": " + status.phase + ", generation " +
                    std::to_string(status.generation) + ", " + since_text(status.since, now),
                look);
  if (status.maintenance)
    text += paragraph("  clients  ", "are answered with the maintenance page", look);
  if (!status.note.empty()) text += paragraph("  note     ", status.note, look);
  if (status.rollout) text += rollout_lines(*status.rollout, now, look);
  if (status.verdict.kind != "none" && !status.verdict.words.empty())
    text += paragraph("  verdict  ", status.verdict.words, look);
  if (!status.guarded)
    text += paragraph("  guard    ", "none: these weights were forced, no verdict takes them back",
                      look);
  if (status.last_rollout) text += ended_line(*status.last_rollout, look);
  return text;
}

std::string proxy_text(const api::StatusView& status, const Look& look) {
  std::string text = status.app + " " + status.environment + ": " + status.phase + ", generation " +
                     std::to_string(status.generation) + ", since " + api::to_text(status.since) +
                     "\n";
  if (!status.note.empty()) text += "note: " + status.note + "\n";
  text += guard_text(status);
  const std::vector<ProxyFacts> alone{{"", status}};
  return text + colors_table(alone, look) + gates_table(alone, look);
}

std::string applied_text(const api::AppliedView& applied) {
  std::string text = applied.what;
  if (applied.dry_run) text = "would do: " + text;
  if (!applied.changed) text += " (it was so already)";
  if (applied.replayed) text += " (done before, under the same key)";
  return text + ", generation " + std::to_string(applied.generation) + "\n";
}

// What stands does not always begin with its phase.
std::string phase_text(const api::RolloutView& rollout) {
  if (rollout.standing.find(rollout.phase) != std::string::npos) return rollout.standing;
  return rollout.phase + ": " + rollout.standing;
}

std::string holds_text(const api::RolloutView& rollout) {
  std::string text;
  for (std::size_t i = 0; i < rollout.holds.size(); ++i) {
    const auto& hold = rollout.holds[i];
    std::string step = api::percent_text(hold.weight) + " % " + hold_time(hold.for_seconds);
    if (i + 1 == rollout.hold) step = "[" + step + "]";
    text += (i == 0 ? "" : ", ") + step;
  }
  return text;
}

}  // namespace sy::control
