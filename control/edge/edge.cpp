#include "control/edge/edge.h"

#include <algorithm>
#include <utility>

namespace sy::control::edge {
namespace {

int full(Color color, const api::StatusView& status) { return status.colors[color].weight; }

bool all_on(Color color, const api::StatusView& status) {
  return !status.rollout && status.live == color && full(color, status) == 10'000;
}

std::string text_of(const api::Problem& problem) {
  std::string text = problem.detail;
  if (problem.rollout)
    text += " (rollout " + problem.rollout->id + ", " + problem.rollout->phase + " at " +
            api::percent_text(problem.rollout->weight) + " %)";
  for (const auto& fault : problem.faults) text += "; " + fault.pointer + ": " + fault.detail;
  return text;
}

int rank(ExitCode code) {
  switch (code) {
    case ExitCode::forbidden: return 3;
    case ExitCode::refused: return 2;
    case ExitCode::timed_out: return 1;
    case ExitCode::done:
    case ExitCode::failed:
    case ExitCode::usage:
    case ExitCode::rolled_back:
    case ExitCode::locked:
    case ExitCode::inconclusive:
    case ExitCode::interrupted: return 0;
  }
  return 0;
}

}  // namespace

Failure failure_of(const std::string& proxy, const Answer& answer) {
  const auto problem = api::decode_problem(answer.body);
  const std::string why =
      problem ? text_of(*problem) : "it answered " + std::to_string(answer.status);
  const int status = answer.status;
  if (status == 401 || status == 403)
    return {ExitCode::forbidden, proxy + ": " + why,
            "Set SWITCHYARD_TOKEN to a token of a sufficient role."};
  const bool refused = status == 409 || status == 412;
  return {refused ? ExitCode::refused : ExitCode::failed, proxy + ": " + why};
}

Failure failure_of(const std::string& proxy, const Error& error) {
  if (error.status == 400) return {ExitCode::usage, error.what};
  return {error.status == 504 ? ExitCode::timed_out : ExitCode::failed,
          proxy + " does not answer: " + error.what,
          "Is the proxy running, and can its control API be reached from here?"};
}

Failure joined(const std::vector<Failure>& failures) {
  Failure all;
  for (const auto& failure : failures) {
    if (!all.what.empty()) all.what += "; ";
    all.what += failure.what;
    if (all.next.empty() || rank(failure.code) > rank(all.code)) all.next = failure.next;
    if (&failure == failures.data() || rank(failure.code) > rank(all.code)) all.code = failure.code;
  }
  return all;
}

Edge::Edge(std::vector<std::string> names, Send send)
    : names_{std::move(names)}, send_{std::move(send)} {}

Result<Answer> Edge::send(std::size_t proxy, const Call& call) const { return send_(proxy, call); }

std::vector<Seen> Edge::look() const {
  std::vector<Seen> all;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    Seen seen{names_[i]};
    const auto answer = send_(i, {.target = "/v1/status"});
    if (!answer) {
      seen.status = failure_of(names_[i], answer.error());
    } else if (answer->status != 200) {
      seen.status = failure_of(names_[i], *answer);
    } else if (auto status = api::decode_status(answer->body)) {
      seen.status = std::move(*status);
    } else {
      seen.status = Failure{ExitCode::failed, names_[i] + ": " + status.error().what,
                            "Is that the control API of a switchyard of this version?"};
    }
    all.push_back(std::move(seen));
  }
  return all;
}

Try<std::vector<api::StatusView>> Edge::status() const {
  std::vector<api::StatusView> all;
  std::vector<Failure> failures;
  for (auto& seen : look()) {
    if (seen.status) all.push_back(std::move(*seen.status));
    if (!seen.status) failures.push_back(seen.status.error());
  }
  if (!failures.empty()) return joined(failures);
  return all;
}

Try<Applied> Edge::apply(std::size_t proxy, const Call& call, const std::string& key) const {
  Call keyed = call;
  if (!key.empty()) keyed.fields.emplace_back("Idempotency-Key", key);
  const auto answer = send_(proxy, keyed);
  if (!answer) return failure_of(names_[proxy], answer.error());
  if (answer->status != 200 && answer->status != 202) return failure_of(names_[proxy], *answer);
  auto view = api::decode_applied(answer->body);
  if (!view) return Failure{ExitCode::failed, names_[proxy] + ": " + view.error().what};
  return Applied{names_[proxy], std::move(*view), answer->body};
}

Try<std::vector<Applied>> Edge::change(const Call& call, const std::string& key) const {
  std::vector<Applied> done;
  std::vector<Failure> failures;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    auto applied = apply(i, call, key);
    if (applied) done.push_back(std::move(*applied));
    if (!applied) failures.push_back(applied.error());
  }
  if (failures.empty()) return done;
  Failure all = joined(failures);
  for (const auto& applied : done) all.what += "; done on " + applied.proxy;
  return all;
}

Try<Rollouts> Edge::start(const api::StartBody& body, const std::string& key,
                          Rollouts begun) const {
  const Call call{.method = "POST", .target = "/v1/rollouts", .body = api::encode(body)};
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (begun.contains(names_[i])) continue;
    const auto applied = apply(i, call, key);
    if (applied) {
      begun[names_[i]] = applied->view.rollout;
      continue;
    }
    Failure failure = applied.error();
    if (begun.empty()) return failure;
    const auto ended = abort("the rollout did not begin on " + names_[i]);
    failure.what += ended ? "; aborted where it had begun" : "; " + ended.error().what;
    return failure;
  }
  return begun;
}

Try<> Edge::on_each(const std::function<Try<>(std::size_t)>& act) const {
  std::vector<Failure> failures;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (const auto done = act(i); !done) failures.push_back(done.error());
  if (!failures.empty()) return joined(failures);
  return {};
}

Try<> Edge::abort(const std::string& reason) const {
  return on_each([this, &reason](std::size_t i) -> Try<> {
    const auto now = send_(i, {.target = "/v1/rollout"});
    if (!now) return failure_of(names_[i], now.error());
    if (now->status != 200) return failure_of(names_[i], *now);
    const auto rollouts = api::decode_rollouts(now->body);
    if (!rollouts) return Failure{ExitCode::failed, names_[i] + ": " + rollouts.error().what};
    if (!rollouts->rollout) return {};
    const auto ended = apply(i,
                             {.method = "POST",
                              .target = "/v1/rollout/abort",
                              .body = api::encode(api::ReasonBody{reason})},
                             "");
    if (!ended) return ended.error();
    return {};
  });
}

Try<> Edge::take_back(std::size_t proxy, Color color, const std::string& reason) const {
  // An abort may be overtaken by the rollout's own end, so what is true is asked again.
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto answer = send_(proxy, {.target = "/v1/status"});
    if (!answer) return failure_of(names_[proxy], answer.error());
    if (answer->status != 200) return failure_of(names_[proxy], *answer);
    const auto status = api::decode_status(answer->body);
    if (!status) return Failure{ExitCode::failed, names_[proxy] + ": " + status.error().what};
    if (all_on(color, *status)) return {};
    Call call{.method = "POST", .target = "/v1/rollback"};
    call.body = api::encode(api::ReasonBody{reason});
    if (status->rollout) call.target = "/v1/rollout/abort";
    const bool rollback_leads_there =
        status->previous == color || (!status->previous && status->live == color);
    if (!status->rollout && !rollback_leads_there) {
      api::WeightsBody all{.reason = reason};
      all.weight[color] = 10'000;
      call = {.method = "PUT", .target = "/v1/weights", .body = api::encode(all)};
    }
    const auto applied = apply(proxy, call, "");
    if (!applied && (applied.error().code != ExitCode::refused || attempt == 2))
      return applied.error();
  }
  const auto answer = send_(proxy, {.target = "/v1/status"});
  const auto status = answer && answer->status == 200 ? api::decode_status(answer->body)
                                                      : Result<api::StatusView>{Error{}};
  if (status && all_on(color, *status)) return {};
  return Failure{ExitCode::failed,
                 names_[proxy] + ": traffic is not all on " + std::string(name(color)) + " yet",
                 "Look with switchctl status, then run this again."};
}

Try<> Edge::take_back(Color color, const std::string& reason) const {
  return on_each([&](std::size_t i) { return take_back(i, color, reason); });
}

Try<> Edge::put_upstreams(Color color, const api::Endpoints& endpoints,
                          const std::string& reason) const {
  Call call{.method = "PUT", .target = "/v1/upstreams/" + std::string(name(color))};
  call.body = api::encode(api::UpstreamsBody{.endpoints = endpoints, .reason = reason});
  const auto done = change(call, "");
  if (!done) return done.error();
  return {};
}

}  // namespace sy::control::edge
