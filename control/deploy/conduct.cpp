#include "control/deploy/conduct.h"

#include <algorithm>
#include <utility>

#include "control/records/takeover.h"

namespace sy::control::deploy {
namespace {

using namespace std::chrono_literals;

void say(const World& world, Note::Kind kind, std::string what) {
  world.teller.tell({kind, std::string(name(Step::preflight)), std::move(what), -1, {}});
}

std::string minutes(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(duration).count()) +
         " min";
}

Try<> credentials_last(const World& world, const platform::Caller& caller, const Wish& wish) {
  if (!caller.expires || wish.op != "deploy") return {};
  const Duration left = *caller.expires - world.pace.wall();
  const Duration needed = time_needed(world.options);
  if (left >= needed) return {};
  return Failure{ExitCode::forbidden,
                 "the credentials expire in " + minutes(left) + ", the deploy may take " +
                     minutes(needed) + ", and they cannot be renewed",
                 "Get longer ones (role-duration-seconds), or let switchctl ask for its own with "
                 "SWITCHCTL_ROLE_ARN."};
}

Try<> plan_is_one(const Options& options) {
  if (options.plan_json.empty()) return {};
  const auto plan = api::parse_plan(options.plan_json);
  if (plan) return {};
  const auto& fault = plan.error().front();
  return Failure{ExitCode::usage, "the plan is none: " + fault.pointer + ": " + fault.detail};
}

// What proxies would say to the calls to come: a missing role or an unknown plan is better known
// before tasks are started. That the gate is shut now says nothing.
Try<> proxies_would_allow(const World& world, const Asked& asked, const Plan& plan) {
  std::vector<edge::Call> calls;
  if (plan.gradual) {
    api::StartBody body{.color = plan.color, .any_version = true};
    body.plan_name = world.options.plan;
    body.plan = given_plan(world.options);
    calls.push_back(
        {.method = "POST", .target = "/v1/rollouts?dry_run=true", .body = api::encode(body)});
  } else {
    calls.push_back({.method = "POST", .target = "/v1/rollback?dry_run=true", .body = "{}"});
  }
  if (!asked.limits.approve.empty())
    calls.push_back({.method = "POST",
                     .target = "/v1/rollout/approve?dry_run=true",
                     .body = api::encode(api::ApproveBody{asked.limits.approve, ""})});
  for (const auto& call : calls)
    for (std::size_t i = 0; i < world.edge.names().size(); ++i) {
      const auto answer = world.edge.send(i, call);
      if (!answer) return edge::failure_of(world.edge.names()[i], answer.error());
      if (answer->status < 400 || answer->status >= 500 || answer->status == 409) continue;
      Failure failure = edge::failure_of(world.edge.names()[i], *answer);
      if (answer->status == 422) failure.code = ExitCode::usage;  // a plan there is not, say
      return failure;
    }
  return {};
}

void warn_of_other_environments(const World& world, const std::vector<edge::Seen>& proxies) {
  for (const auto& seen : proxies)
    if (seen.status && seen.status->environment != world.environment)
      say(world, Note::Kind::warning,
          seen.proxy + " says that it is of environment " + seen.status->environment + ", not " +
              world.environment);
}

// The journal of an open claim that may be gone on with, or why it may not.
Try<std::optional<Journal>> under_way(const World& world, const Who& who, const Asked& asked,
                                      const records::Seen& seen) {
  if (!seen.claim) return std::optional<Journal>{};
  const records::Self self{who.host, who.pid, who.run};
  if (records::takeover(*seen.claim, self, world.pace.wall(), asked.alive) ==
      records::Takeover::locked) {
    Failure locked = records::locked_by(*seen.claim, world.environment, world.pace.wall());
    if (asked.wish.op == "rollback" && seen.claim->op != "lock")
      locked.next =
          "switchctl abort " + world.environment + " ends its rollout at once. " + locked.next;
    return locked;
  }
  Journal journal{.op = seen.claim->op, .version = seen.claim->version};
  if (seen.claim->op != "deploy" && seen.claim->op != "rollback")
    return std::optional<Journal>{journal};  // restart, scale, lock: nothing of theirs to take back
  auto read = decode_journal(seen.claim->journal);
  if (!read) return read.error();
  return std::optional<Journal>{std::move(*read)};
}

Try<> image_is_there(const World& world, const Plan& plan) {
  if (!plan.start || !plan.definitions.empty()) return {};
  const auto artifact = world.platform.find(plan.version);
  if (!artifact) return artifact.error();
  return {};
}

Try<> plan_anew(const World& world, const Asked& asked, Prepared& prepared) {
  if (const auto sound = plan_is_one(world.options); !sound) return sound.error();
  auto plan = plan_of(asked.wish, prepared.facts, world.options);
  if (!plan) return plan.error();
  prepared.plan = std::move(*plan);
  for (const auto& warning : prepared.plan.warnings) say(world, Note::Kind::warning, warning);
  if (prepared.plan.steps.empty()) return {};
  if (const auto there = image_is_there(world, prepared.plan); !there) return there.error();
  return proxies_would_allow(world, asked, prepared.plan);
}

// The version runs, but the operation that brought it did not live to put the old color away.
bool is_unfinished(const Prepared& prepared, const Options& options) {
  const auto& record = prepared.facts.record;
  const auto& plan = prepared.plan;
  if (!record || record->op != "deploy" || record->result != "succeeded" || !record->current ||
      record->current->version != plan.version || plan.op != "deploy")
    return false;
  return std::any_of(
      prepared.facts.observed.begin(), prepared.facts.observed.end(),
      [&](const auto& each) { return each.second[plan.color].desired > options.idle_tasks; });
}

bool same(const Journal& journal, const Wish& wish) {
  return journal.op == wish.op &&
         (journal.version == wish.version || (wish.op == "rollback" && wish.version.empty()));
}

// A rollback that asks for nothing but the state before the dead operation.
bool content_with_taking_back(const Prepared& prepared, const Wish& wish) {
  if (wish.op != "rollback" || prepared.journal->op != "deploy") return false;
  const auto& record = prepared.facts.record;
  return wish.version.empty() ||
         (record && record->current && record->current->version == wish.version);
}

}  // namespace

std::optional<api::PlanBody> given_plan(const Options& options) {
  if (options.plan_json.empty()) return std::nullopt;
  auto plan = api::parse_plan(options.plan_json);
  if (!plan) return std::nullopt;
  return std::move(*plan);
}

Duration time_needed(const Options& options) {
  Duration holds = 30min;
  if (const auto plan = given_plan(options)) {
    holds = Duration::zero();
    for (const auto& hold : plan->holds) holds += hold.at_least;
  }
  return options.start_timeout / 2 + holds + options.health.for_;
}

Ended refused(const Wish& wish, const Failure& failure) {
  Ended end{failure.code, "failed", failure.what, failure.next, wish.op, wish.version};
  return end;
}

Try<Prepared> prepare(const World& world, Who& who, const Asked& asked) {
  say(world, Note::Kind::begun, "what runs in " + world.environment);
  const auto caller = world.platform.caller();
  if (!caller) return caller.error();
  who.name = caller->name;
  Prepared prepared;
  prepared.facts.environment = world.environment;
  const auto seen = world.ledger.read();
  if (!seen) return seen.error();
  prepared.seen = *seen;
  prepared.facts.record = seen->record;
  auto journal = under_way(world, who, asked, *seen);
  if (!journal) return journal.error();
  prepared.journal = std::move(*journal);
  prepared.facts.proxies = world.edge.look();
  if (const auto lasts = credentials_last(world, *caller, asked.wish); !lasts) return lasts.error();
  if (prepared.journal) return prepared;
  for (const auto& each : prepared.facts.proxies)
    if (!each.status) return each.status.error();
  warn_of_other_environments(world, prepared.facts.proxies);
  auto observed = world.platform.observe();
  if (!observed) return observed.error();
  prepared.facts.observed = std::move(*observed);
  if (const auto planned = plan_anew(world, asked, prepared); !planned) return planned.error();
  say(world, Note::Kind::done, prepared.plan.said);
  return prepared;
}

Ended conduct(const World& world, Who who, const Asked& asked) {
  // Twice at most: a dead operation of before is ended first.
  for (int turn = 0; turn < 2; ++turn) {
    const auto prepared = prepare(world, who, asked);
    if (!prepared) return refused(asked.wish, prepared.error());
    Operation operation{world, who, asked.limits};
    if (!prepared->journal) {
      if (!prepared->plan.steps.empty()) return operation.run(prepared->plan, prepared->seen);
      if (is_unfinished(*prepared, world.options))
        return operation.finish(prepared->plan, *prepared->facts.record);
      Ended nothing{ExitCode::done, "unchanged", prepared->plan.said};
      nothing.op = asked.wish.op;
      nothing.version = prepared->plan.version;
      nothing.color = prepared->plan.live;
      return nothing;
    }
    // Half a rollback is finished, not undone: that would send traffic where it was taken from.
    const bool on = same(*prepared->journal, asked.wish) || prepared->journal->op == "rollback";
    Ended end = on ? operation.carry_on(prepared->seen, *prepared->journal)
                   : operation.take_back(prepared->seen, *prepared->journal);
    if (end.exit != ExitCode::done || same(*prepared->journal, asked.wish)) return end;
    if (content_with_taking_back(*prepared, asked.wish)) {
      end.op = asked.wish.op;
      end.version = end.previous;
      return end;
    }
  }
  return refused(asked.wish, {ExitCode::locked, "another operation has begun meanwhile",
                              "Look with switchctl status, then run this again."});
}

}  // namespace sy::control::deploy
