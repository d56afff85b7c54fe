// What each step of an operation does.
#include <algorithm>
#include <utility>

#include "control/deploy/conduct.h"
#include "control/deploy/gates.h"
#include "control/deploy/health.h"
#include "control/deploy/operation.h"
#include "control/deploy/smoke.h"
#include "control/edge/pursuit.h"

namespace sy::control::deploy {
namespace {

using namespace std::chrono_literals;

constexpr Duration look_every = 250ms;

std::string word(Color color) { return std::string(name(color)); }

std::string minutes(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  return seconds % 60 == 0 ? std::to_string(seconds / 60) + " min" : std::to_string(seconds) + " s";
}

}  // namespace

Operation::Stopped Operation::perform(Step step) {
  switch (step) {
    case Step::start: return start();
    case Step::up: return await_up();
    case Step::versions: return await_versions();
    case Step::gate: return await_gate();
    case Step::smoke: return smoke();
    case Step::rollout: return move();
    case Step::health: return watch_health();
    case Step::record: return commit();
    case Step::preflight:
    case Step::claim:
    case Step::notify:
    case Step::warm:
    case Step::retire: return {};
  }
  return {};
}

Operation::Stopped Operation::start() {
  tell(Note::Kind::begun, "start " + journal_.version + " in " + word(journal_.color));
  const auto artifact = this->artifact();
  if (!artifact) return Stop{artifact.error()};
  if (journal_.started.services.empty()) {
    if (auto stop = journal_what_is_there()) return stop;
  }
  const platform::Wanted wanted{journal_.color, *artifact, journal_.counts, journal_.key};
  platform::Started started{journal_.color, {}};
  const auto done = world_.platform.start(wanted, started);
  take_in(std::move(started));
  // Also when it failed: what was begun must be known to whoever takes it back.
  auto stop = note();
  if (!done) return Stop{done.error()};
  if (stop) return stop;
  tell(Note::Kind::done, word(journal_.color) + " starts");
  return {};
}

Try<platform::Artifact> Operation::artifact() {
  const bool known =
      std::all_of(journal_.counts.begin(), journal_.counts.end(), [this](const auto& count) {
        const auto found = definitions_.find(count.first);
        return found != definitions_.end() && !found->second.empty();
      });
  auto artifact = known ? Try<platform::Artifact>{platform::Artifact{.version = journal_.version}}
                        : world_.platform.find(journal_.version);
  if (!artifact) return artifact;
  artifact->git_sha = journal_.git_sha;
  artifact->definitions = definitions_;
  return artifact;
}

// What start() may change, as it is now: killed half-way, it can be put back all the same.
Operation::Stopped Operation::journal_what_is_there() {
  const auto observed = world_.platform.observe();
  if (!observed) return Stop{observed.error()};
  journal_.started.color = journal_.color;
  for (const auto& [service, count] : journal_.counts) {
    const auto found = observed->find(service);
    if (found == observed->end()) continue;
    const auto& running = found->second[journal_.color];
    const auto recorded = definitions_.find(service);
    journal_.started.services[service] = {recorded == definitions_.end() ? "" : recorded->second,
                                          "", running.definition, running.desired, count};
  }
  return note();
}

// Takes what start() did into the journal; what was there before stays as it was first seen.
void Operation::take_in(platform::Started started) {
  for (auto& [service, now] : started.services) {
    const auto first = journal_.started.services.find(service);
    if (first == journal_.started.services.end()) continue;
    now.definition_before = first->second.definition_before;
    now.desired_before = first->second.desired_before;
    const bool same = first->second.definition == now.definition;
    if (now.deployment.empty() && same) now.deployment = first->second.deployment;
  }
  journal_.started = std::move(started);
}

Operation::Stopped Operation::await_up() {
  tell(Note::Kind::begun, "wait until all of it is up");
  const Instant began = world_.pace.now();
  for (;;) {
    const auto progress = world_.platform.progress(journal_.started);
    if (!progress) return Stop{progress.error()};
    if (progress->failed) return Stop{*progress->failed};
    if (progress->up) break;
    const double share = progress->desired > 0 ? static_cast<double>(progress->running) /
                                                     static_cast<double>(progress->desired)
                                               : -1;
    tell(Note::Kind::progress, progress->words, share);
    if (world_.pace.now() - began >= world_.options.start_timeout)
      return Stop{{ExitCode::failed,
                   journal_.version + " is not up after " + minutes(world_.options.start_timeout) +
                       ": " + progress->words,
                   "switchctl doctor " + world_.environment + " says why."}};
    if (auto stop = wait(world_.platform.poll(), true)) return stop;
  }
  tell(Note::Kind::done, "all of it is up");
  return {};
}

Try<std::vector<edge::Seen>> Operation::look() {
  auto seen = world_.edge.look();
  for (const auto& each : seen)
    if (!each.status && each.status.error().code == ExitCode::forbidden) return each.status.error();
  return seen;
}

Operation::Stopped Operation::await_versions() {
  tell(Note::Kind::begun, "every task reports " + journal_.version);
  const auto observed = world_.platform.observe();
  if (!observed) return Stop{observed.error()};
  if (world_.edge_options.push) {
    api::Endpoints endpoints;
    for (const auto& [service, colors] : *observed)
      for (const auto& task : colors[journal_.color].tasks)
        if (!task.url.empty()) endpoints[service].push_back(task.url);
    const auto put =
        world_.edge.put_upstreams(journal_.color, endpoints, "tasks of " + journal_.version);
    if (!put) return Stop{put.error()};
  }
  const Expected expected{journal_.color, journal_.version, world_.services, *observed};
  return await_gates([&expected](const auto& seen) { return versions_seen(seen, expected); });
}

Operation::Stopped Operation::await_gate() {
  tell(Note::Kind::begun, "every proxy's gate of " + word(journal_.color) + " is open");
  return await_gates(
      [color = journal_.color](const auto& seen) { return gates_open(seen, color); });
}

Operation::Stopped Operation::await_gates(
    const std::function<GateLook(const std::vector<edge::Seen>&)>& judge) {
  const Instant began = world_.pace.now();
  for (;;) {
    const auto seen = look();
    if (!seen) return Stop{seen.error()};
    const GateLook gate = judge(*seen);
    if (gate.ready) {
      tell(Note::Kind::done, gate.words);
      return {};
    }
    tell(Note::Kind::progress, gate.words);
    if (world_.pace.now() - began >= world_.options.gate_timeout)
      return Stop{{ExitCode::failed,
                   "after " + minutes(world_.options.gate_timeout) + ": " + gate.words,
                   "switchctl doctor " + world_.environment + " says why."}};
    if (auto stop = wait(look_every, true)) return stop;
  }
}

Operation::Stopped Operation::smoke() {
  tell(Note::Kind::begun, "smoke tests of " + word(journal_.color));
  const Target target{journal_.color, journal_.version, journal_.git_sha, world_.environment,
                      world_.services};
  const auto results =
      deploy::smoke(world_.options.smoke, world_.edge_options, target, world_.pace, world_.teller);
  if (!results) return Stop{results.error()};
  if (std::string failures = failures_in_words(*results); !failures.empty())
    return Stop{{ExitCode::failed, std::move(failures)}};
  tell(Note::Kind::done, std::to_string(results->size()) + " smoke tests passed");
  return {};
}

Operation::Stopped Operation::move() {
  journal_.traffic = true;
  if (auto stop = note()) return stop;
  if (!journal_.gradual) return move_at_once();
  tell(Note::Kind::begun, "traffic to " + word(journal_.color));
  if (journal_.rollouts.empty()) {
    if (auto stop = begin_rollout()) return stop;
  }
  if (auto stop = approve()) return stop;
  if (limits_.stop_after == Step::rollout)
    return Stop{{ExitCode::done, "the rollout has begun, as asked"}, true};
  return follow();
}

Operation::Stopped Operation::move_at_once() {
  tell(Note::Kind::begun, "all traffic to " + word(journal_.color) + " at once");
  const std::string reason =
      limits_.reason.empty() ? journal_.op + " to " + journal_.version : limits_.reason;
  const auto moved = world_.edge.take_back(journal_.color, reason);
  if (!moved) return Stop{moved.error()};
  tell(Note::Kind::done, "all traffic is on " + word(journal_.color));
  return {};
}

// What an earlier process began, but did not live to journal, is gone on with.
edge::Rollouts Operation::begun_before(const std::vector<edge::Seen>& seen) const {
  edge::Rollouts begun;
  for (const auto& each : seen) {
    const auto& status = *each.status;
    if (status.rollout && status.rollout->color == journal_.color &&
        status.rollout->version == journal_.version)
      begun[each.proxy] = status.rollout->id;
    if (!status.rollout && status.live == journal_.color) begun[each.proxy] = "";
  }
  return begun;
}

api::StartBody Operation::rollout_wanted() const {
  api::StartBody body{journal_.color, journal_.version, limits_.any_version};
  body.plan_name = world_.options.plan;
  if (const auto plan = given_plan(world_.options)) body.plan = *plan;
  if (const auto& approval = world_.options.approval)
    body.approval = {approval->before, approval->timeout};
  body.committed = limits_.committed;
  body.reason = limits_.reason;
  return body;
}

Operation::Stopped Operation::begin_rollout() {
  const auto seen = look();
  if (!seen) return Stop{seen.error()};
  for (const auto& each : *seen)
    if (!each.status) return Stop{each.status.error()};
  auto begun = world_.edge.start(rollout_wanted(), journal_.key, begun_before(*seen));
  if (!begun) return Stop{begun.error()};
  journal_.rollouts = std::move(*begun);
  return note();
}

// Whether that rollout runs there, unapproved, as far as the proxy says.
bool Operation::awaits_approval(std::size_t proxy, const std::string& id) const {
  const auto answer = world_.edge.send(proxy, {.target = "/v1/rollout"});
  if (!answer || answer->status != 200) return true;
  const auto view = api::decode_rollouts(answer->body);
  if (!view) return true;
  const auto& rollout = view->rollout;
  return rollout && rollout->id == id &&
         (!rollout->approval || rollout->approval->approved_by.empty());
}

Operation::Stopped Operation::approve() {
  if (limits_.approve.empty()) return {};
  const edge::Call call{.method = "POST",
                        .target = "/v1/rollout/approve",
                        .fields = {{"Idempotency-Key", journal_.key + "-approve"}},
                        .body = api::encode(api::ApproveBody{limits_.approve, limits_.reason})};
  for (std::size_t i = 0; i < world_.edge.names().size(); ++i) {
    const auto& proxy = world_.edge.names()[i];
    // Where it is over, follow() says how it ended.
    const auto begun = journal_.rollouts.find(proxy);
    if (begun == journal_.rollouts.end() || !awaits_approval(i, begun->second)) continue;
    const auto answer = world_.edge.send(i, call);
    if (!answer) return Stop{edge::failure_of(proxy, answer.error())};
    if (answer->status >= 300) return Stop{edge::failure_of(proxy, *answer)};
  }
  tell(Note::Kind::progress, limits_.approve + " is approved");
  return {};
}

Operation::Stopped Operation::follow() {
  edge::Pursuit pursuit{journal_.rollouts, world_.edge_options.patience};
  for (;;) {
    std::vector<edge::Look> round;
    for (std::size_t i = 0; i < world_.edge.names().size(); ++i) {
      const auto answer = world_.edge.send(i, {.target = "/v1/rollout"});
      edge::Look look{world_.edge.names()[i], {}};
      if (answer && answer->status == 200)
        if (auto view = api::decode_rollouts(answer->body)) look.view = std::move(*view);
      round.push_back(std::move(look));
    }
    auto news = pursuit.news(round, world_.pace.now());
    const bool quiet = news.empty();
    for (auto& line : news) tell(Note::Kind::begun, std::move(line));
    if (const auto& over = pursuit.over()) {
      if (over->completed) return {};
      proxy_lost_ = over->outcome == "lost";
      const std::string where = journal_.rollouts.size() > 1 ? over->proxy + ": " : "";
      return Stop{{ExitCode::rolled_back, where + over->outcome + ": " + over->why}};
    }
    inconclusive_ = pursuit.inconclusive();
    std::string line = pursuit.line();
    if (pursuit.waits_for_approval())
      line += "; it needs: switchctl approve " + world_.environment + " " + journal_.version;
    if (quiet || pursuit.waits_for_approval())
      tell(Note::Kind::progress, std::move(line), pursuit.share());
    if (auto stop = wait(look_every, true)) return stop;
  }
}

Operation::Stopped Operation::watch_health() {
  tell(Note::Kind::begun, "health of " + journal_.version + " as clients see it");
  const Target target{journal_.color, journal_.version, journal_.git_sha, world_.environment,
                      world_.services};
  Health health = world_.options.health;
  if (journal_.op == "rollback") health.for_ = Duration::zero();  // once: it is in a hurry
  const auto well = check_health(health, world_.edge_options, target, world_.pace, world_.teller);
  if (!well && journal_.op == "rollback") {
    // Back to what is being left would be no help.
    doubt_ = well.error();
    world_.pace.forgive();
    tell(Note::Kind::warning, doubt_->what);
    return {};
  }
  if (!well) return Stop{well.error()};
  const auto seen = look();
  if (!seen) return Stop{seen.error()};
  const auto live = agreed_live(*seen);
  if (!live) return Stop{live.error()};
  if (*live != journal_.color)
    return Stop{{ExitCode::rolled_back, "traffic was taken back to " + word(*live) +
                                            " by somebody else during the health checks"}};
  tell(Note::Kind::done, journal_.version + " is healthy");
  return {};
}

}  // namespace sy::control::deploy
