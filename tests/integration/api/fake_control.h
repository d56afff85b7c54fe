// A director of a few lines: decides by rollout-like rules, remembers what it was asked. The second
// implementation of api::Control.
#pragma once
#include <map>

#include "api/control.h"

namespace sy::testing {

class FakeControl final : public api::Control {
 public:
  FakeControl() {
    status_.app = "pms";
    status_.environment = "local";
    status_.phase = "steady";
    status_.state.generation = status_.generation = 7;
    status_.state.previous = Color::green;
    status_.since = WallTime{std::chrono::milliseconds{1'704'103'200'000}};
    for (const Color color : colors) {
      auto& shown = status_.colors[color];
      shown.version = color == Color::blue ? "v20240101-abc1234" : "v20240108-def5678";
      shown.open = true;
      shown.verdict = "nothing to compare yet";
      director::GateStatus gate;
      gate.service = "backend";
      gate.color = color;
      gate.url = color == Color::blue ? "http://127.0.0.1:9101" : "http://127.0.0.1:9201";
      gate.open = true;
      gate.reason = "200 after 3 ms";
      gate.took = std::chrono::milliseconds{3};
      status_.gates.push_back(gate);
    }
    show({10'000, 0});
    note("switchyard", "start", "");
  }

  net::Awaitable<Result<director::Applied>> submit(rollout::Command command,
                                                   director::Intent intent) override {
    intents.push_back(intent);
    if (refuse) co_return Error{*refuse};
    if (intent.if_generation && *intent.if_generation != status_.generation)
      co_return Error{Blame::client, false, 412,
                      "the generation is " + std::to_string(status_.generation) + " now"};
    if (std::holds_alternative<rollout::Start>(command) && status_.rollout)
      co_return Error{Blame::client, false, 409, "a rollout runs: promote, pause or abort it"};
    director::Applied applied;
    applied.what = "as asked";
    applied.dry_run = intent.dry_run;
    applied.generation = status_.generation;
    if (intent.dry_run) co_return applied;
    if (const auto* weights = std::get_if<rollout::SetWeights>(&command)) show(weights->weight);
    if (const auto* to = std::get_if<rollout::Switch>(&command))
      show(to->color == Color::blue ? PerColor<int>{10'000, 0} : PerColor<int>{0, 10'000});
    if (const auto* to = std::get_if<rollout::SetMaintenance>(&command))
      status_.state.maintenance = to->on;
    status_.state.generation = ++status_.generation;
    if (const auto* start = std::get_if<rollout::Start>(&command)) begin(*start);
    if (std::holds_alternative<rollout::Abort>(command)) end("aborted", intent.reason);
    if (status_.rollout) applied.rollout = status_.rollout->rollout.id;
    commands.push_back(std::move(command));
    applied.generation = status_.generation;
    note(intent.actor, "weights", intent.reason);
    happen("weights");
    co_return applied;
  }
  [[nodiscard]] director::Status status() const override { return status_; }
  [[nodiscard]] const std::vector<director::Entry>& journal() const override { return journal_; }
  [[nodiscard]] std::vector<director::Event> events(std::uint64_t after, bool& gap) const override {
    std::vector<director::Event> later;
    for (const auto& event : events_)
      if (event.id > after) later.push_back(event);
    gap = !later.empty() && later.front().id > after + 1 && after != 0;
    return later;
  }
  std::uint64_t subscribe(std::function<void()> wake) override {
    wakes_[++last_wake_] = std::move(wake);
    return last_wake_;
  }
  void unsubscribe(std::uint64_t id) override { wakes_.erase(id); }

  // One more event; at most `kept` stay.
  void happen(const std::string& type) {
    director::Event event;
    event.id = ++last_event_;
    event.type = type;
    event.json = "{\"generation\":" + std::to_string(status_.generation) + "}";
    events_.push_back(event);
    if (events_.size() > kept) events_.erase(events_.begin());
    for (const auto& [id, wake] : wakes_) wake();
  }
  void note(const std::string& actor, const std::string& action, const std::string& reason) {
    director::Entry entry;
    entry.sequence = journal_.size() + 1;
    entry.at = status_.since;
    entry.actor = actor;
    entry.action = action;
    entry.reason = reason;
    entry.detail = "what happened";
    entry.generation = status_.generation;
    entry.fields["live"] = "blue";
    entry.previous = std::string(64, '0');
    entry.hash = std::string(64, 'a');
    journal_.push_back(entry);
  }
  [[nodiscard]] std::size_t subscribers() const { return wakes_.size(); }

  std::vector<rollout::Command> commands;
  std::vector<director::Intent> intents;
  std::optional<Error> refuse;
  std::size_t kept = 1'000;

 private:
  void show(PerColor<int> weight) {
    status_.state.weight = weight;
    for (const Color color : colors)
      status_.colors[color].weight = status_.colors[color].effective = weight[color];
    status_.phase = weight.blue % 10'000 == 0 ? "steady" : "split";
  }
  void begin(const rollout::Start& start) {
    director::RolloutStatus runs;
    runs.rollout.id = "r" + std::to_string(status_.generation);
    runs.rollout.candidate = start.color;
    runs.rollout.version = start.version;
    runs.rollout.plan = start.plan.value_or(rollout::named_plans().at("canary"));
    runs.rollout.actor = start.actor;
    runs.rollout.reason = start.reason;
    runs.rollout.started = status_.since;
    runs.needed = runs.rollout.plan.holds.front().requests;
    runs.left = runs.rollout.plan.gate_timeout;
    runs.standing = "waits for the gate of the candidate";
    status_.rollout = std::move(runs);
    status_.phase = "gating";
    status_.verdict.kind = verdict::Kind::inconclusive;
    status_.verdict.words = "inconclusive, n=0, needs 300 more";
  }
  void end(const std::string& outcome, const std::string& why) {
    if (!status_.rollout) return;
    const auto& ran = status_.rollout->rollout;
    status_.state.last =
        rollout::Ended{ran.id, ran.candidate, ran.version, outcome, why, status_.since};
    status_.rollout.reset();
    status_.phase = "steady";
  }

  director::Status status_;
  std::vector<director::Entry> journal_;
  std::vector<director::Event> events_;
  std::map<std::uint64_t, std::function<void()>> wakes_;
  std::uint64_t last_wake_ = 0;
  std::uint64_t last_event_ = 0;
};

}  // namespace sy::testing
