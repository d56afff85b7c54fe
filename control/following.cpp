#include "following.h"

#include "render.h"

namespace sy::control {
namespace {

Stage stage_of(const std::string& phase) {
  if (phase == "shifting") return Stage::shifting;
  if (phase == "approval") return Stage::approval;
  if (phase == "baking") return Stage::baking;
  return Stage::accepted;
}

std::string standing_of(const api::RolloutView& rollout, const api::VerdictView& verdict) {
  const std::string text = standing_text(rollout);
  if (verdict.words.empty()) return text + ", n=" + std::to_string(verdict.requests);
  return text + " · " + verdict.words;
}

}  // namespace

std::string Following::news(const api::RolloutsView& now) {
  if (!now.rollout || now.rollout->id != id_) return end(now);
  const api::RolloutView& rollout = *now.rollout;
  kind_ = now.verdict.kind;
  if (stage_of(rollout.phase) >= until_) over_ = ExitCode::done;
  const std::string approved = rollout.approval ? rollout.approval->approved_by : "";
  std::string what = rollout.phase + "/" + std::to_string(rollout.hold) + "/" +
                     (rollout.paused ? "p" : "") + "/" + approved + "/" + kind_;
  if (what == told_) return {};
  told_ = std::move(what);
  const std::string by = approved.empty() ? "" : ", approved by " + approved;
  return standing_of(rollout, now.verdict) + by + "\n";
}

std::string Following::end(const api::RolloutsView& now) {
  if (!now.last_rollout || now.last_rollout->id != id_) {
    over_ = ExitCode::failed;
    return "the proxy knows nothing of rollout " + id_ + " any more: see its journal\n";
  }
  const api::EndedView& last = *now.last_rollout;
  over_ = last.outcome == "completed" ? ExitCode::done : ExitCode::rolled_back;
  return last.outcome + (last.why.empty() ? "" : ": " + last.why) + "\n";
}

ExitCode Following::late() const {
  return kind_ == "inconclusive" ? ExitCode::inconclusive : ExitCode::timed_out;
}

std::string Following::left_running() const {
  return "rollout " + id_ + " goes on, guarded by the proxy: switchctl status, pause or abort\n";
}

std::string progress(const api::RolloutsView& now) {
  constexpr int cells = 20;
  if (!now.rollout) return "no rollout runs";
  const int filled = now.rollout->weight * cells / 10'000;
  std::string bar(static_cast<std::size_t>(filled), '#');
  bar.resize(cells, '-');
  return "[" + bar + "] " + api::percent_text(now.rollout->weight) + " %  " +
         standing_of(*now.rollout, now.verdict);
}

}  // namespace sy::control
