#include "control/edge/pursuit.h"

#include <algorithm>

namespace sy::control::edge {
namespace {

std::string words_of(const api::RolloutsView& view) {
  const api::RolloutView& rollout = *view.rollout;
  std::string text = std::string(name(rollout.color)) + " " + api::percent_text(rollout.weight) +
                     " %, " + rollout.phase + ": " + rollout.standing;
  if (rollout.approval && !rollout.approval->approved_by.empty())
    text += ", approved by " + rollout.approval->approved_by;
  return view.verdict.words.empty() ? text : text + " · " + view.verdict.words;
}

// What is worth a new line.
std::string mark_of(const api::RolloutsView& view) {
  const api::RolloutView& rollout = *view.rollout;
  return rollout.phase + "/" + std::to_string(rollout.hold) + (rollout.paused ? "/p/" : "/-/") +
         (rollout.approval ? rollout.approval->approved_by : "") + "/" + view.verdict.kind;
}

}  // namespace

void Pursuit::say(const std::string& proxy, const std::string& text,
                  std::vector<std::string>& lines) const {
  lines.push_back(ids_.size() > 1 ? proxy + ": " + text : text);
}

std::vector<std::string> Pursuit::news(const std::vector<Look>& round, Instant now) {
  std::vector<std::string> lines;
  share_ = 2;
  inconclusive_ = approval_ = false;
  for (const Look& look : round)
    if (!over_) take(look, now, lines);
  // An address that its name has lost since: nobody asks there any more.
  for (const auto& [proxy, id] : Rollouts{ids_}) {
    const auto same = [&proxy = proxy](const Look& look) { return look.proxy == proxy; };
    if (!over_ && !id.empty() && std::none_of(round.begin(), round.end(), same))
      take({proxy, {}}, now, lines);
  }
  if (share_ > 1) share_ = 1;
  const bool all = std::all_of(ids_.begin(), ids_.end(),
                               [this](const auto& id) { return followed_[id.first].completed; });
  if (!over_ && all) over_ = End{true, "", "completed", ""};
  return lines;
}

void Pursuit::take(const Look& look, Instant now, std::vector<std::string>& lines) {
  Followed& followed = followed_[look.proxy];
  if (!look.view) {
    if (!followed.silent_since) {
      followed.silent_since = now;
      return say(look.proxy, "does not answer; trying again", lines);
    }
    if (now - *followed.silent_since >= patience_ && !followed.completed)
      over_ = End{false, look.proxy, "lost", "it does not answer"};
    return;
  }
  if (followed.silent_since) say(look.proxy, "answers again", lines);
  followed.silent_since.reset();
  followed.completed |= ids_[look.proxy].empty();
  if (followed.completed) return;
  const auto& rollout = look.view->rollout;
  if (!rollout || rollout->id != ids_[look.proxy]) return take_end(look, lines);
  const std::string words = words_of(*look.view);
  if (const double share = rollout->weight / 10'000.0; share < share_) {
    share_ = share;
    line_ = words;
  }
  inconclusive_ |= look.view->verdict.kind == "inconclusive";
  approval_ |= rollout->phase == "approval";
  if (std::string mark = mark_of(*look.view); mark != followed.told) {
    followed.told = std::move(mark);
    say(look.proxy, words, lines);
  }
}

void Pursuit::take_end(const Look& look, std::vector<std::string>& lines) {
  const auto& last = look.view->last_rollout;
  if (!last || last->id != ids_[look.proxy]) {
    over_ = End{false, look.proxy, "lost", "it knows nothing of its rollout any more"};
    return;
  }
  if (last->outcome == "completed") {
    followed_[look.proxy].completed = true;
    return say(look.proxy, "completed", lines);
  }
  over_ = End{false, look.proxy, last->outcome, last->why};
  say(look.proxy, last->outcome + (last->why.empty() ? "" : ": " + last->why), lines);
}

}  // namespace sy::control::edge
