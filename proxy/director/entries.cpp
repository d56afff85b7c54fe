// What the director writes into the audit trail, and with which fields (history/entry.h).
#include <utility>

#include "director/inner.h"
#include "director/text.h"

namespace sy::director {
namespace {

std::string action_of(const rollout::Command& command) {
  struct Name {
    std::string operator()(const rollout::SetWeights&) const { return "weights"; }
    std::string operator()(const rollout::Switch&) const { return "switch"; }
    std::string operator()(const rollout::Rollback&) const { return "rollback"; }
    std::string operator()(const rollout::SetMaintenance&) const { return "maintenance"; }
    std::string operator()(const rollout::SetUpstreams&) const { return "upstreams"; }
    std::string operator()(const rollout::Start&) const { return "rollout"; }
    std::string operator()(const rollout::Promote&) const { return "promote"; }
    std::string operator()(const rollout::Approve&) const { return "approve"; }
    std::string operator()(const rollout::Pause&) const { return "pause"; }
    std::string operator()(const rollout::Resume&) const { return "resume"; }
    std::string operator()(const rollout::Abort&) const { return "abort"; }
  };
  return std::visit(Name{}, command);
}

bool forced(const rollout::Command& command) {
  const auto force = [](const auto& each) {
    if constexpr (requires { each.force; }) return each.force;
    return false;
  };
  return std::visit(force, command);
}

std::string seconds(WallTime from, WallTime to) {
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(to - from);
  return std::to_string(std::max<std::int64_t>(passed.count(), 0)) + " s";
}

}  // namespace

Entry Director::Inner::own_entry(std::string action, std::string detail) const {
  Entry entry;
  entry.at = ports.time.wall();
  entry.actor = "switchyard";
  entry.action = std::move(action);
  entry.detail = std::move(detail);
  entry.generation = state.generation;
  return entry;
}

Entry Director::Inner::entry_for(const rollout::Move& move, const rollout::Command& command,
                                 const Intent& intent) const {
  Entry entry = own_entry(action_of(command), move.what + (forced(command) ? " (forced)" : ""));
  entry.actor = intent.actor;
  entry.reason = intent.reason;
  entry.request = intent.idempotency_key;
  entry.generation = move.next.generation;
  describe(entry, move.next);
  return entry;
}

// What the director did by itself.
Entry Director::Inner::entry_of(const rollout::Move& move) const {
  Entry entry = own_entry(move.action, move.what);
  if (move.action == "reverted" && move.next.last) {
    entry.detail = "reverted to " + std::string(name(state.live)) + ": " + move.next.last->why;
    if (const auto color = candidate()) {
      entry.detail += " (from " + rollout::percent(state.weight[*color]) + ", after " +
                      seconds(state.since, entry.at) + ")";
    }
  }
  entry.generation = move.next.generation;
  describe(entry, move.next);
  return entry;
}

// The fields of a change from the state in force to `next`.
void Director::Inner::describe(Entry& entry, const rollout::State& next) const {
  if (!(next.weight == state.weight) || next.live != state.live) {
    entry.fields["live"] = name(next.live);
    for (const Color color : colors) {
      const std::string word{name(color)};
      const Version& version = standing.version[color];
      entry.fields[word] = std::to_string(next.weight[color]);
      if (!version.empty()) entry.fields[word + "_version"] = version;
      if (!built[color].empty()) entry.fields[word + "_built"] = built[color];
    }
  }
  if (const auto& rollout = next.rollout ? next.rollout : state.rollout) {
    const std::string& built_at = built[rollout->candidate];
    entry.fields["rollout"] = rollout->id;
    entry.fields["candidate"] = name(rollout->candidate);
    entry.fields["plan"] = rollout->plan.name;
    if (!rollout->version.empty()) entry.fields["version"] = rollout->version;
    if (!built_at.empty()) entry.fields["candidate_built"] = built_at;
    if (rollout->committed) entry.fields["committed"] = iso(*rollout->committed);
  }
  const bool ended = state.rollout && !next.rollout;
  if ((ended || entry.action == "reverted") && next.last) describe_end(entry, next);
}

void Director::Inner::describe_end(Entry& entry, const rollout::State& next) const {
  entry.fields["outcome"] = next.last->outcome;
  entry.fields["candidate"] = name(next.last->candidate);
  if (next.last->outcome != "reverted" || !judging.judge.candidate()) return;
  const verdict::Verdict& verdict = judging.verdict;
  const auto at = [this](Instant instant) {
    const auto ago =
        std::chrono::duration_cast<std::chrono::milliseconds>(ports.time.now() - instant);
    return iso(ports.time.wall() - ago);
  };
  if (verdict.kind == verdict::Kind::breach && verdict.test != 0) {
    entry.fields["test"] = std::string(1, verdict.test);
  }
  entry.fields["requests"] = std::to_string(verdict.requests);
  entry.fields["failures"] = std::to_string(verdict.failures);
  if (verdict.first_failure) entry.fields["first_failure"] = at(*verdict.first_failure);
  if (verdict.last_failure) entry.fields["last_failure"] = at(*verdict.last_failure);
}

}  // namespace sy::director
