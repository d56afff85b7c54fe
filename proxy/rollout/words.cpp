// A rollout in words.
#include <algorithm>

#include "rollout/moves.h"

namespace sy::rollout {
namespace {

// "41 s", "9 min 30 s", "23 h 59 min": rounded up, so that nothing is said to be over before it is.
std::string span(Duration duration) {
  using std::chrono::seconds;
  const auto all = std::chrono::ceil<seconds>(std::max(duration, Duration::zero())).count();
  const auto pair = [](auto much, const char* unit, auto little, const char* small) {
    std::string text = std::to_string(much) + unit;
    if (little > 0) text += " " + std::to_string(little) + small;
    return text;
  };
  if (all < 60) return std::to_string(all) + " s";
  if (all < 3'600) return pair(all / 60, " min", all % 60, " s");
  if (all < 86'400) return pair(all / 3'600, " h", all % 3'600 / 60, " min");
  return pair(all / 86'400, " d", all % 86'400 / 3'600, " h");
}

std::string still(const Rollout& rollout) {
  const Hold& hold = rollout.plan.holds[rollout.hold];
  const bool time = rollout.held < hold.at_least;
  const bool requests = rollout.requests < hold.requests;
  std::string text;
  if (time) text += span(hold.at_least - rollout.held);
  if (time && requests) text += " and ";
  const std::uint64_t left = requests ? hold.requests - rollout.requests : 0;
  if (requests) text += std::to_string(left) + (left == 1 ? " request" : " requests");
  if (!text.empty()) return text + " to go";
  return rollout.paused ? "resume to go on" : "waits for the verdict";
}

}  // namespace

std::string_view word(Phase phase) {
  switch (phase) {
    case Phase::gating: return "gating";
    case Phase::shifting: return "shifting";
    case Phase::approval: return "approval";
    case Phase::baking: return "baking";
  }
  return "";
}

std::string standing(const Rollout& rollout) {
  const std::string color = word(rollout.candidate);
  const std::string paused = rollout.paused ? "paused in " : "";
  switch (rollout.phase) {
    case Phase::gating:
      return paused + "gating: waits for the gate of " + color + " to open" +
             (rollout.version.empty() ? "" : " with " + rollout.version) + ", reverts in " +
             span(gate_timeout(rollout) - rollout.waited);
    case Phase::approval: {
      const Duration left = rollout.plan.approval->timeout - rollout.waited;
      const std::string before = percent(rollout.plan.holds[rollout.hold].weight);
      return paused + "approval: waits for an approver before " + before + ", reverts in " +
             span(left);
    }
    case Phase::shifting:
    case Phase::baking: return paused + hold_in_words(rollout) + ": " + still(rollout);
  }
  return {};
}

}  // namespace sy::rollout
