#include "control/deploy/operation.h"

#include <algorithm>
#include <utility>

#include "control/deploy/notice.h"

namespace sy::control::deploy {
namespace {

using namespace std::chrono_literals;

constexpr Duration heartbeat_every = 5min;
constexpr Duration claim_lives = 20min;  // past its last note, and what a step may take without one

std::string word(Color color) { return std::string(name(color)); }

std::uint32_t bit(Step step) { return 1U << static_cast<unsigned>(step); }

}  // namespace

void Operation::tell(Note::Kind kind, std::string what, double share) const {
  world_.teller.tell({kind, std::string(name(journal_.step)), std::move(what), share, {}});
}

Ended Operation::ended(ExitCode exit, std::string outcome, std::string what) const {
  Ended end{exit, std::move(outcome), std::move(what)};
  end.op = journal_.op;
  end.version = journal_.version;
  end.previous = previous_;
  end.color = exit == ExitCode::done ? journal_.color : journal_.live;
  end.epoch = claim_.epoch;
  for (const auto& [service, started] : journal_.started.services)
    if (!started.deployment.empty()) end.deployments[service] = started.deployment;
  end.took = took_;
  return end;
}

WallTime Operation::expiry() const {
  Duration lives = claim_lives + world_.options.health.for_;
  for (const auto& program : world_.options.smoke.programs) lives += program.timeout;
  return world_.pace.wall() + std::chrono::duration_cast<std::chrono::milliseconds>(lives);
}

Ended Operation::run(const Plan& plan, const records::Seen& seen) {
  begun_ = world_.pace.now();
  journal_ = {who_.nonce, plan.op, plan.version, plan.git_sha, plan.color, plan.live};
  journal_.gradual = plan.gradual;
  journal_.counts = plan.counts;
  definitions_ = plan.definitions;
  before_ = seen.record;
  if (plan.before) previous_ = plan.before->version;
  for (const Planned& each : plan.steps) journal_.planned |= bit(each.step);
  const WallTime now = world_.pace.wall();
  records::Claim wanted{.nonce = who_.nonce, .owner = who_.name, .host = who_.host};
  wanted.pid = who_.pid;
  wanted.run = who_.run;
  wanted.op = plan.op;
  wanted.version = plan.version;
  wanted.phase = name(Step::claim);
  wanted.since = wanted.heartbeat = now;
  wanted.expires = expiry();
  wanted.reason = limits_.reason;
  wanted.journal = encode(journal_);
  tell(Note::Kind::begun, "claim " + world_.environment + " in " + world_.ledger.where());
  const auto claim = world_.ledger.acquire(seen, wanted);
  if (!claim) {
    Ended end = ended(claim.error().code, "failed", claim.error().what);
    end.next = claim.error().next;
    return end;
  }
  claim_ = *claim;
  noted_ = world_.pace.now();
  tell(Note::Kind::done, "epoch " + std::to_string(claim_.epoch) + " is ours");
  return perform_from(Step::start);
}

Operation::Stopped Operation::take_over(const records::Seen& seen, const Journal& journal) {
  begun_ = world_.pace.now();
  journal_ = journal;
  before_ = seen.record;
  if (before_ && before_->current) previous_ = before_->current->version;
  for (const auto& [service, started] : journal_.started.services)
    if (!started.definition.empty()) definitions_[service] = started.definition;
  records::Claim wanted = *seen.claim;
  wanted.nonce = who_.nonce;
  wanted.owner = who_.name;
  wanted.host = who_.host;
  wanted.pid = who_.pid;
  wanted.run = who_.run;
  wanted.phase = name(journal.step);
  wanted.heartbeat = world_.pace.wall();
  wanted.expires = expiry();
  const auto claim = world_.ledger.take_over(*seen.claim, wanted);
  if (!claim) return Stop{claim.error(), false, true};
  claim_ = *claim;
  noted_ = world_.pace.now();
  return {};
}

Ended Operation::carry_on(const records::Seen& seen, const Journal& journal) {
  if (const auto stop = take_over(seen, journal)) return give_up(*stop);
  tell(Note::Kind::begun, "carrying on the " + journal.op + " of " + journal.version +
                              " that stopped at step " + std::string(name(journal.step)));
  return perform_from(journal.step == Step::claim ? Step::start : journal.step);
}

Ended Operation::take_back(const records::Seen& seen, const Journal& journal) {
  if (const auto stop = take_over(seen, journal)) return give_up(*stop);
  const std::string what = journal.op + " of " + journal.version + ", stopped at step " +
                           std::string(name(journal.step));
  tell(Note::Kind::begun, "taking back the " + what);
  Ended end = give_up({{ExitCode::rolled_back, "the " + what + " was taken back"}});
  if (end.exit == ExitCode::rolled_back) end.exit = recorded_ ? ExitCode::done : ExitCode::failed;
  return end;
}

Ended Operation::perform_from(Step first) {
  for (int i = static_cast<int>(first); i <= static_cast<int>(Step::record); ++i) {
    const auto step = static_cast<Step>(i);
    if ((journal_.planned & bit(step)) == 0) continue;
    journal_.step = step;
    const Instant began = world_.pace.now();
    if (const auto stop = note()) return give_up(*stop);
    if (const auto stop = perform(step)) return give_up(*stop);
    took_.emplace_back(name(step), world_.pace.now() - began);
    if (limits_.stop_after == step && step != Step::record)
      return give_up(
          {{ExitCode::done, "stopped after step " + std::string(name(step)) + ", as asked"}, true});
  }
  Ended end =
      ended(ExitCode::done, "succeeded", journal_.version + " answers in " + word(journal_.color));
  if (doubt_) {
    end.exit = doubt_->code == ExitCode::interrupted ? doubt_->code : ExitCode::failed;
    end.what += ", but its health is not known to be good: " + doubt_->what;
  }
  notify(end);
  if (journal_.op == "deploy" && limits_.stop_after != Step::record) retire(end);
  return end;
}

Operation::Stopped Operation::note() {
  claim_.phase = name(journal_.step);
  claim_.heartbeat = world_.pace.wall();
  claim_.expires = expiry();
  claim_.journal = encode(journal_);
  const auto noted = world_.ledger.note(claim_);
  // Refused: who took it over has ended it already.
  const auto code = noted ? ExitCode::done : noted.error().code;
  if (!noted)
    return Stop{noted.error(), false, code == ExitCode::locked || code == ExitCode::refused};
  noted_ = world_.pace.now();
  return {};
}

Operation::Stopped Operation::heartbeat() {
  if (world_.pace.now() - noted_ < heartbeat_every) return {};
  auto stop = note();
  if (!stop || stop->lost) return stop;
  noted_ = world_.pace.now();
  tell(Note::Kind::warning, "the claim could not be renewed: " + stop->failure.what);
  return {};
}

Operation::Stopped Operation::wait(Duration duration, bool may_leave) {
  if (!world_.pace.wait(duration)) return Stop{{ExitCode::interrupted, "interrupted by a signal"}};
  if (may_leave && limits_.until && world_.pace.now() >= *limits_.until)
    return Stop{{inconclusive_ ? ExitCode::inconclusive : ExitCode::timed_out,
                 "the time given has passed at step " + std::string(name(journal_.step))},
                true};
  return heartbeat();
}

Try<> Operation::undo_traffic(const std::string& reason) {
  const Instant began = world_.pace.now();
  for (;;) {
    const auto back = world_.edge.take_back(journal_.live, reason);
    if (back) {
      tell(Note::Kind::undone, "all traffic is on " + word(journal_.live));
      return {};
    }
    const Duration patience = proxy_lost_ ? Duration::zero() : world_.edge_options.patience;
    if (world_.pace.now() - began >= patience) return back;
    tell(Note::Kind::warning, "traffic is not back yet: " + back.error().what);
    if (!world_.pace.wait(1s)) world_.pace.forgive();
  }
}

// Nothing: all is as it was, as far as that could be had.
std::optional<Ended> Operation::undo(const Stop& stop) {
  if (journal_.traffic) {
    if (const auto back = undo_traffic(stop.failure.what); !back) {
      Ended end =
          leave({{ExitCode::failed, "traffic could not be taken back: " + back.error().what +
                                        "; it began with: " + stop.failure.what}});
      end.next = "Look at the proxies with switchctl status " + world_.environment +
                 ", then run switchctl rollback " + world_.environment + ".";
      return end;
    }
    journal_.traffic = false;
  }
  if (journal_.started.services.empty()) return {};
  // The tasks may be another's by now, or clients'.
  if (const auto noted = note(); noted && noted->lost) return lost(*noted);
  if (const auto used = in_use()) {
    Ended end =
        leave({{ExitCode::refused,
                *used + ", so its tasks stay as they are; it began with: " + stop.failure.what}});
    end.next = "Move it first: switchctl switch " + world_.environment + " " + word(journal_.live) +
               "; then run switchctl rollback " + world_.environment + ".";
    return end;
  }
  if (const auto restored = world_.platform.restore(journal_.started); !restored)
    tell(Note::Kind::warning,
         word(journal_.color) + " could not be put back as it was: " + restored.error().what);
  else
    tell(Note::Kind::undone, word(journal_.color) + " is as it was");
  return {};
}

// Where clients are sent to the new color, or may be, in words.
std::optional<std::string> Operation::in_use() const {
  for (const auto& seen : world_.edge.look()) {
    if (!seen.status) continue;
    const auto& status = *seen.status;
    if (status.rollout || status.live == journal_.color || status.colors[journal_.color].weight > 0)
      return word(journal_.color) + " has traffic at " + seen.proxy;
  }
  return {};
}

// Half a rollback is finished, not undone: back to what is being left would be no help.
bool Operation::is_half_a_rollback() const {
  if (journal_.op != "rollback" || !journal_.traffic) return false;
  const auto all = world_.edge.look();
  return in_use() ||
         std::any_of(all.begin(), all.end(), [](const auto& seen) { return !seen.status; });
}

Ended Operation::lost(const Stop& stop) const {
  Ended end = ended(stop.failure.code, "failed", stop.failure.what);
  end.next = stop.failure.next;
  if (journal_.step > Step::rollout) end.color = journal_.color;
  return end;
}

Ended Operation::leave(const Stop& stop) {
  claim_.phase = "released";
  claim_.journal = encode(journal_);
  claim_.heartbeat = world_.pace.wall();
  claim_.expires = claim_.heartbeat;
  const auto released = world_.ledger.note(claim_);
  Ended end = ended(stop.failure.code, "left", stop.failure.what);
  end.next = "The same command carries on";
  end.next += journal_.op == "rollback"
                  ? "."
                  : "; switchctl rollback " + world_.environment + " takes it back.";
  if (!released) end.what += "; the claim could not be released: " + released.error().what;
  return end;
}

// What is there is journaled before it changes; that something changed, deployments tell.
bool Operation::has_started() const {
  const auto& services = journal_.started.services;
  if (journal_.step > Step::start) return !services.empty();
  return std::any_of(services.begin(), services.end(),
                     [](const auto& each) { return !each.second.deployment.empty(); });
}

Ended Operation::give_up(const Stop& stop) {
  if (stop.lost) return lost(stop);
  if (stop.leave) return leave(stop);
  world_.pace.forgive();
  if (is_half_a_rollback()) {
    Ended end = leave(stop);
    if (journal_.step > Step::rollout) end.color = journal_.color;
    return end;
  }
  tell(Note::Kind::warning, stop.failure.what);
  // Stopped for so long that another may have gone on with it.
  if (claim_.expires && world_.pace.wall() > *claim_.expires)
    if (const auto noted = note(); noted && noted->lost) return lost(*noted);
  const bool begun = journal_.traffic || has_started();
  if (auto end = undo(stop)) return std::move(*end);
  const bool interrupted = stop.failure.code == ExitCode::interrupted;
  const ExitCode exit = interrupted ? ExitCode::interrupted
                        : begun     ? ExitCode::rolled_back
                                    : stop.failure.code;
  Ended end = ended(exit,
                    interrupted ? "interrupted"
                    : begun     ? "rolled_back"
                                : "failed",
                    stop.failure.what);
  end.next = stop.failure.next;
  const records::Record empty{.env = world_.environment};
  records::Record next = records::after(
      before_ ? *before_ : empty, operation_of(begun ? "rolled_back" : "failed"),
      before_ ? before_->current : std::nullopt, before_ ? before_->previous : std::nullopt);
  next.nonce = who_.nonce;
  next.reason = stop.failure.what;
  const auto written = world_.ledger.commit(claim_, next);
  recorded_ = written.has_value();
  if (!written) {
    tell(Note::Kind::warning, "the record could not be written: " + written.error().what);
    end.what += "; the record could not be written, and the environment stays claimed";
    end.next = "Run switchctl rollback " + world_.environment + " once that is mended.";
  }
  notify(end);
  return end;
}

void Operation::notify(const Ended& end) {
  if (world_.options.notify.empty()) return;
  journal_.step = Step::notify;
  Ending ending{journal_.key, end.op, end.outcome, world_.pace.wall(), world_.app};
  ending.environment = world_.environment;
  ending.color = word(journal_.color);
  ending.version = end.version;
  ending.previous = end.previous;
  ending.what = end.what;
  ending.actor = who_.name;
  ending.reason = limits_.reason;
  ending.exit = end.exit;
  for (const auto& told : tell_all(world_.options.notify, ending, world_.pace, world_.teller))
    if (told.delivered) tell(Note::Kind::done, told.name + " was told");
}

}  // namespace sy::control::deploy
