// The event stream: what changed, once, in JSON.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "director/inner.h"
#include "director/text.h"

namespace sy::director {
namespace {

// "12.5", for JSON.
std::string number(int weight) {
  std::string text = rollout::percent(weight);
  text.resize(text.size() - 2);
  return text;
}

std::string weights_json(PerColor<int> weight) {
  return "{\"blue\":" + number(weight.blue) + ",\"green\":" + number(weight.green) + "}";
}

std::string text(const std::string& words, std::size_t bytes_max = 2'000) {
  return quote(clean(words, bytes_max));
}

// The action of an entry as the type of an event.
std::string type_of(const std::string& action) {
  static const std::map<std::string, std::string> types{
      {"gating", "rollout"}, {"gated", "hold"},     {"approve", "approved"},
      {"pause", "paused"},   {"resume", "resumed"}, {"promote", "promoted"},
      {"abort", "aborted"},  {"stays", "verdict"}};
  const auto found = types.find(action);
  return found == types.end() ? action : found->second;
}

std::string ended_json(const rollout::Ended& ended) {
  return "{\"id\":" + text(ended.id) + ",\"color\":" + quote(name(ended.candidate)) +
         ",\"version\":" + text(ended.version) + ",\"outcome\":" + text(ended.outcome) +
         ",\"why\":" + text(ended.why) + "}";
}

}  // namespace

std::string Director::Inner::rollout_json() const {
  const rollout::Rollout& rollout = *state.rollout;
  return "{\"id\":" + text(rollout.id) + ",\"color\":" + quote(name(rollout.candidate)) +
         ",\"version\":" + text(rollout.version) + ",\"plan\":" + text(rollout.plan.name) +
         ",\"phase\":" + quote(rollout::word(rollout.phase)) +
         ",\"hold\":" + std::to_string(rollout.hold + 1) +
         ",\"percent\":" + number(state.weight[rollout.candidate]) +
         ",\"paused\":" + (rollout.paused ? "true" : "false") +
         ",\"standing\":" + text(rollout::standing(rollout)) +
         ",\"verdict\":" + text(judging.verdict.words) + "}";
}

// One event of the entry's own type, and one for each thing that came with it: a rollout that began
// or ended, a hold entered, an approval to wait for.
void Director::Inner::announce(const Entry& entry, const rollout::State& before) {
  std::vector<std::string> types{type_of(entry.action)};
  const auto add = [&types](const std::string& type) {
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  };
  if (state.rollout && !before.rollout) add("rollout");
  if (entered(before, state) == Entered::hold) add("hold");
  if (entered(before, state) == Entered::approval) add("approval");
  const bool ended = before.rollout && !state.rollout && state.last;
  if (ended) add(state.last->outcome);
  std::string json = "{\"generation\":" + std::to_string(state.generation) +
                     ",\"weights\":" + weights_json(state.weight) +
                     ",\"effective\":" + weights_json(effective().weight) +
                     ",\"live\":" + quote(name(state.live)) +
                     ",\"maintenance\":" + (state.maintenance ? "true" : "false") +
                     ",\"what\":" + text(entry.detail) + ",\"actor\":" + text(entry.actor, 100) +
                     ",\"reason\":" + text(entry.reason, 500);
  if (state.rollout) json += ",\"rollout\":" + rollout_json();
  if (!state.rollout && (ended || entry.action == "reverted")) {
    json += ",\"rollout\":" + ended_json(*state.last);
  }
  json += "}";
  for (const std::string& type : types) events.add(entry.at, type, json);
  notify_of(entry, before);
  announce_status();
}

void Director::Inner::announce_verdict(verdict::Kind before) {
  const verdict::Verdict& verdict = judging.verdict;
  if (verdict.kind == before) return;
  std::string json = "{\"generation\":" + std::to_string(state.generation) +
                     ",\"kind\":" + quote(verdict::word(verdict.kind)) +
                     ",\"words\":" + text(verdict.words) +
                     ",\"requests\":" + std::to_string(verdict.requests) +
                     ",\"failures\":" + std::to_string(verdict.failures) +
                     ",\"needed\":" + std::to_string(verdict.needed);
  if (state.rollout) json += ",\"rollout\":" + rollout_json();
  events.add(ports.time.wall(), "verdict", json + "}");
}

// Only when it differs from the one before.
void Director::Inner::announce_status() {
  std::string json = "{\"generation\":" + std::to_string(state.generation) +
                     ",\"phase\":" + quote(phase()) +
                     ",\"effective\":" + weights_json(effective().weight) +
                     ",\"note\":" + text(note(), 1'000) + "}";
  if (json == announced_status) return;
  announced_status = json;
  events.add(ports.time.wall(), "status", std::move(json));
}

}  // namespace sy::director
