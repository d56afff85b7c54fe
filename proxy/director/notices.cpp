// Who is told, and when: changes as they happen, troubles once a spell.
#include <utility>

#include "director/inner.h"

namespace sy::director {
namespace {

constexpr Duration quiet_max = std::chrono::minutes{10};  // over the time of a hold

std::string text(std::uint64_t number) { return std::to_string(number); }

// "12.5"
std::string percent_number(int weight) {
  std::string words = rollout::percent(weight);
  words.resize(words.size() - 2);
  return words;
}

}  // namespace

Entered entered(const rollout::State& before, const rollout::State& after) {
  if (!after.rollout) return Entered::nothing;
  const rollout::Rollout& now = *after.rollout;
  const bool same =
      before.rollout && before.rollout->phase == now.phase && before.rollout->hold == now.hold;
  if (same) return Entered::nothing;
  switch (now.phase) {
    case rollout::Phase::gating: return Entered::nothing;
    case rollout::Phase::approval: return Entered::approval;
    case rollout::Phase::shifting:
    case rollout::Phase::baking: return Entered::hold;
  }
  return Entered::nothing;
}

void Director::Inner::notify_of(const Entry& entry, const rollout::State& before) {
  const auto tell = [&](const std::string& type) { notify(type, entry.detail, &entry); };
  if (state.rollout && !before.rollout) tell("started");
  if (entry.action == "approve") tell("approved");
  const bool awaited = before.rollout && before.rollout->phase == rollout::Phase::approval;
  if (awaited && entry.action == "promote") tell("approved");
  if (entered(before, state) == Entered::hold) tell("held");
  if (entered(before, state) == Entered::approval) tell("approval");
  const bool ended = before.rollout && !state.rollout;
  if ((ended || entry.action == "reverted") && state.last) tell(state.last->outcome);
}

bool Director::Inner::quiet_for_long() const {
  if (!state.rollout) return false;
  const rollout::Rollout& rollout = *state.rollout;
  const bool holds =
      rollout.phase == rollout::Phase::shifting || rollout.phase == rollout::Phase::baking;
  if (!holds) return false;
  const rollout::Hold& hold = rollout.plan.holds[rollout.hold];
  return rollout.requests < hold.requests && rollout.held >= hold.at_least + quiet_max;
}

// In words, while the candidate's gate is open and its version is not the one expected.
std::string Director::Inner::version_mismatch() const {
  if (!state.rollout) return {};
  const rollout::Rollout& rollout = *state.rollout;
  const Version& found = standing.version[rollout.candidate];
  const bool named = !rollout.version.empty() && !found.empty();
  if (!named || found == rollout.version || !standing.open[rollout.candidate]) return {};
  return std::string(name(rollout.candidate)) + " reports " + found + ", not " + rollout.version;
}

// Troubles that last are told when they begin.
void Director::Inner::notify_spells() {
  const bool quiet = quiet_for_long();
  const std::string standing_now = quiet ? rollout::standing(*state.rollout) : "";
  notify_once(quiet, "inconclusive", standing_now + "; " + judging.verdict.words);
  const bool shared = judging.verdict.kind == verdict::Kind::shared;
  notify_once(shared, "shared_dependency", judging.verdict.words);
  const std::string mismatch = version_mismatch();
  notify_once(!mismatch.empty(), "version_mismatch", mismatch);
}

void Director::Inner::notify_once(bool now, const std::string& type, const std::string& what) {
  if (!now) {
    told.erase(type);
  } else if (told.insert(type).second) {
    notify(type, what, nullptr);
  }
}

// Of the rollout that runs, or of what just ended. `entry`: who did it and why, when somebody did.
void Director::Inner::notify(std::string type, const std::string& what, const Entry* entry) {
  if (notifier == nullptr) return;
  Notice notice{.type = std::move(type),
                .at = ports.time.wall(),
                .app = options.app,
                .environment = options.environment,
                .rollout = {},
                .color = other(state.live),
                .version = {},
                .what = what,
                .actor = entry != nullptr ? entry->actor : "switchyard",
                .reason = entry != nullptr ? entry->reason : "",
                .numbers = {}};
  if (state.rollout) {
    const rollout::Rollout& rollout = *state.rollout;
    notice.rollout = rollout.id;
    notice.color = rollout.candidate;
    notice.version = rollout.version;
    notice.numbers["hold"] = text(rollout.hold + 1);
    notice.numbers["holds"] = text(rollout.plan.holds.size());
  } else if (state.last) {
    notice.rollout = state.last->id;
    notice.color = state.last->candidate;
    notice.version = state.last->version;
  }
  notice.numbers["percent"] = percent_number(state.weight[notice.color]);
  notice.numbers["requests"] = text(judging.verdict.requests);
  notice.numbers["failures"] = text(judging.verdict.failures);
  notifier->notify(notice);
}

}  // namespace sy::director
