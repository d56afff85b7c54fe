// A proxy without sockets: answers the calls of the control API from a state that a test sets, and
// moves a rollout through its holds as simulated time passes. Traffic is not simulated.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/message.h"
#include "control/edge/proxy_client.h"
#include "support/control_world.h"

namespace sy::testing {

class ScriptedProxy {
 public:
  using Call = ct::edge::Call;
  using Answer = ct::edge::Answer;

  explicit ScriptedProxy(ManualPace& time, std::string app = "pms", std::string env = "staging")
      : time_{time} {
    view.app = std::move(app);
    view.environment = std::move(env);
    view.phase = "steady";
    view.since = time.wall();
    view.verdict.kind = "none";
    view.generation = 1;
    weigh(Color::blue, 10'000);
  }

  // What the probes of a color see from now on.
  void see(Color color, const std::string& version, bool open, const std::string& why = "") {
    auto& shown = view.colors[color];
    shown.version = version;
    shown.open = open;
    shown.why = why;
    std::erase_if(view.gates, [color](const auto& gate) { return gate.color == color; });
    api::GateView gate;
    gate.service = "backend";
    gate.color = color;
    gate.url = color == Color::blue ? "http://10.0.0.1:8080" : "http://10.0.0.2:8080";
    gate.open = open;
    gate.reason = why;
    gate.identity.version = version;
    view.gates.push_back(std::move(gate));
  }

  [[nodiscard]] Result<Answer> call(const Call& call) {
    calls.push_back(call.method + " " + call.target);
    if (down) return Error{Blame::upstream, true, 0, "connection refused"};
    if (refuse) return Answer{refuse->status, api::encode(*refuse)};
    advance();
    if (call.method == "GET") return read(call.target);
    if (call.target.ends_with("?dry_run=true"))
      return Answer{200, api::encode(api::AppliedView{view.generation, "as asked", true, true})};
    return change(call);
  }

  api::StatusView view;
  std::vector<std::string> calls;            // "POST /v1/rollouts"
  std::map<std::string, std::string> texts;  // answers of other GETs, by target
  bool down = false;                         // out of reach
  std::optional<api::Problem> refuse;        // the answer to everything
  int breach_at = -1;  // hold (from 1) in which the candidate is taken out; 0: in the gate
  Duration gate_time = std::chrono::seconds{2};
  Duration hold_time = std::chrono::seconds{10};  // of the holds of plans that have names
  bool approval = false;                          // asked for before 100 %

 private:
  [[nodiscard]] Answer read(const std::string& target) const {
    if (const auto text = texts.find(target); text != texts.end()) return {200, text->second};
    if (target == "/v1/status") return {200, api::encode(view)};
    if (target == "/v1/rollout")
      return {200, api::encode(api::RolloutsView{view.rollout, view.last_rollout, view.verdict})};
    return {404, api::encode(api::Problem{.status = 404, .detail = "no such resource"})};
  }

  Answer change(const Call& call) {
    if (call.target == "/v1/rollouts") return begin(call);
    if (call.target.starts_with("/v1/rollout/")) return steer(call.target.substr(12), call);
    if (call.target == "/v1/rollback") {
      if (view.rollout) end("aborted", "rollback");
      if (!view.rollout && view.previous) turn(*view.previous);
      return applied("rollback");
    }
    if (call.target == "/v1/switch") {
      const auto body = api::parse_switch(call.body);
      if (!body) return refused("not a switch");
      if (!view.colors[body->color].open && !body->force)
        return refused(std::string{name(body->color)} + "'s gate is shut");
      turn(body->color);
      return applied("switch to " + std::string{name(body->color)});
    }
    if (call.target == "/v1/weights") {
      const auto body = api::parse_weights(call.body);
      if (!body) return refused("not weights");
      weigh(Color::blue, body->weight.blue);
      for (const Color color : colors)
        if (body->weight[color] == 10'000) turn(color);
      return applied("weights");
    }
    if (call.target == "/v1/maintenance") {
      const auto body = api::parse_maintenance(call.body);
      if (body) view.maintenance = body->on;
      return applied("maintenance");
    }
    if (call.target.starts_with("/v1/upstreams/")) {
      const auto body = api::parse_upstreams(call.body);
      const auto color = parse_color(call.target.substr(14));
      if (body && color) view.upstreams[*color] = body->endpoints;
      return applied("upstreams");
    }
    return {404, api::encode(api::Problem{.status = 404, .detail = "no such resource"})};
  }

  Answer begin(const Call& call) {
    const auto body = api::parse_start(call.body);
    if (!body) return refused("not a rollout");
    if (view.rollout) return refused("rollout " + view.rollout->id + " runs already");
    if (view.live == body->color) return refused("that color is live already");
    api::RolloutView rollout;
    rollout.id = "r" + std::to_string(++rollouts_);
    rollout.color = body->color;
    rollout.version = body->version;
    rollout.plan = body->plan_name.empty() ? "canary" : body->plan_name;
    rollout.phase = "gating";
    rollout.standing = "gating: the gate is shut";
    rollout.holds = {{1'000, seconds(hold_time), 0}, {10'000, seconds(hold_time), 0}};
    if (body->plan) {
      rollout.holds.clear();
      for (const auto& hold : body->plan->holds)
        rollout.holds.push_back({hold.weight, seconds(hold.at_least), hold.requests.value_or(0)});
    }
    if (approval) rollout.approval = api::ApprovalView{10'000, 86'400, "", {}};
    rollout.started = time_.wall();
    rollout.actor = "ci";
    rollout.reason = body->reason;
    view.rollout = std::move(rollout);
    view.phase = "gating";
    entered_ = time_.now();
    return applied("rollout", 202);
  }

  Answer steer(const std::string& what, const Call& call) {
    if (!view.rollout) return refused("no rollout runs");
    if (what == "abort") end("aborted", "abort");
    if (what == "pause") view.rollout->paused = true;
    if (what == "resume") view.rollout->paused = false;
    if (what == "approve") {
      const auto body = api::parse_approve(call.body);
      if (!body || body->version != view.rollout->version) return refused("another version runs");
      view.rollout->approval->approved_by = "approver";
    }
    if (what == "promote") next_hold();
    return applied(what);
  }

  void advance() {
    while (view.rollout && !view.rollout->paused) {
      auto& rollout = *view.rollout;
      const bool gating = rollout.phase == "gating";
      if (gating && !view.colors[rollout.color].open) return;
      const Duration needed = gating ? gate_time : hold_duration(rollout);
      if (gating && breach_at == 0) return end("reverted", "the gate stayed shut");
      if (time_.now() - entered_ < needed) return;
      entered_ += needed;
      if (!next_hold()) return;
    }
  }

  // False when it may not go on, or is over.
  bool next_hold() {
    auto& rollout = *view.rollout;
    if (rollout.hold == rollout.holds.size()) return end("completed", ""), false;
    const auto& next = rollout.holds[rollout.hold];
    const bool waits = rollout.approval && rollout.approval->approved_by.empty() &&
                       next.weight >= rollout.approval->before;
    if (waits) {
      rollout.phase = view.phase = "approval";
      rollout.standing = "approval: waits for an approver";
      entered_ = time_.now();
      return false;
    }
    ++rollout.hold;
    rollout.weight = next.weight;
    rollout.phase = rollout.hold == rollout.holds.size() ? "baking" : "shifting";
    view.phase = rollout.phase;
    rollout.standing = "hold " + std::to_string(rollout.hold) + " of " +
                       std::to_string(rollout.holds.size()) + " at " +
                       api::percent_text(next.weight) + " %";
    weigh(rollout.color, next.weight);
    if (static_cast<int>(rollout.hold) != breach_at) return true;
    view.verdict.kind = "breach";
    view.verdict.words = "breach: 5 of 20 requests failed";
    return end("reverted", view.verdict.words), false;
  }

  void end(const std::string& outcome, const std::string& why) {
    const auto& rollout = *view.rollout;
    view.last_rollout =
        api::EndedView{rollout.id, rollout.color, rollout.version, outcome, why, time_.wall()};
    const Color to = outcome == "completed" ? rollout.color : other(rollout.color);
    view.rollout.reset();
    if (to != view.live) view.previous = view.live;
    view.live = to;
    view.phase = "steady";
    weigh(to, 10'000);
  }

  void turn(Color color) {
    if (view.rollout) end("aborted", "switch");
    if (color != view.live) view.previous = view.live;
    view.live = color;
    weigh(color, 10'000);
  }

  void weigh(Color color, int weight) {
    view.colors[color].weight = view.colors[color].effective = weight;
    view.colors[other(color)].weight = view.colors[other(color)].effective = 10'000 - weight;
  }

  [[nodiscard]] Answer applied(const std::string& what, int status = 200) {
    ++view.generation;
    return {status, api::encode(api::AppliedView{view.generation, what, true, false, false,
                                                 view.rollout ? view.rollout->id : ""})};
  }
  [[nodiscard]] Answer refused(const std::string& why) const {
    return {409,
            api::encode(api::Problem{
                .status = 409, .detail = why, .generation = view.generation, .phase = view.phase})};
  }
  [[nodiscard]] Duration hold_duration(const api::RolloutView& rollout) const {
    if (rollout.phase == "approval") return Duration{0};
    const double held = rollout.holds[rollout.hold - 1].for_seconds;
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>{held});
  }
  [[nodiscard]] static double seconds(Duration duration) {
    return std::chrono::duration<double>{duration}.count();
  }

  ManualPace& time_;
  Instant entered_{};
  int rollouts_ = 0;
};

}  // namespace sy::testing
