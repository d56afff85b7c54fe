// How an operation ends: what is recorded, and what becomes of the old color.
#include <algorithm>
#include <utility>

#include "control/deploy/operation.h"

namespace sy::control::deploy {
namespace {

std::string word(Color color) { return std::string(name(color)); }

std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

}  // namespace

records::Operation Operation::operation_of(const std::string& result) const {
  records::Operation operation{journal_.version, world_.pace.wall(), journal_.op, result,
                               who_.name};
  for (const auto& [service, started] : journal_.started.services)
    operation.definitions[service] = started.definition;
  return operation;
}

records::Release Operation::release_of(const platform::Observation& observed, Color color) const {
  records::Release release{.color = color};
  for (const auto& [service, colors] : observed) {
    const auto& running = colors[color];
    release.services[service] = {running.definition, running.digest, running.desired};
    if (!running.version.empty()) release.version = running.version;
  }
  return release;
}

// What answered before: the record's word, else what runs where traffic was.
records::Release Operation::left(const platform::Observation& observed) const {
  if (before_ && before_->current) return *before_->current;
  return release_of(observed, journal_.live);
}

// A proxy that is out of reach here says nothing: it was asked when traffic had moved.
Operation::Stopped Operation::moved_by_others() const {
  for (const auto& seen : world_.edge.look()) {
    if (!seen.status) continue;
    const auto& status = *seen.status;
    if (status.live != journal_.color || status.colors[journal_.color].weight != 10'000)
      return Stop{{ExitCode::refused, seen.proxy + " does not send everything to " +
                                          word(journal_.color) + ": somebody moved traffic"}};
  }
  return {};
}

Operation::Stopped Operation::commit() {
  tell(Note::Kind::begun, "record " + journal_.version);
  if (auto elsewhere = moved_by_others()) return elsewhere;
  const auto observed = world_.platform.observe();
  if (!observed) return Stop{observed.error()};
  records::Release current = release_of(*observed, journal_.color);
  current.version = journal_.version;
  current.git_sha = journal_.git_sha;
  current.deployed_at = world_.pace.wall();
  current.by = who_.name;
  current.run = who_.run_url;
  const records::Release before = left(*observed);
  previous_ = before.version;
  records::Operation operation = operation_of("succeeded");
  for (const auto& [service, each] : current.services)
    operation.definitions[service] = each.definition;
  const records::Record empty{.env = world_.environment};
  auto next = records::after(before_ ? *before_ : empty, operation, current,
                             before.version.empty() ? std::nullopt : std::optional{before});
  next.nonce = who_.nonce;
  next.reason = limits_.reason;
  // One that does not fit is refused like another's, but is no reason to leave traffic there.
  if (const auto text = records::encode(next); !text)
    return Stop{{ExitCode::failed, text.error().what, text.error().next}};
  const auto written = world_.ledger.commit(claim_, next);
  const auto code = written ? ExitCode::done : written.error().code;
  if (!written)
    return Stop{written.error(), false, code == ExitCode::refused || code == ExitCode::locked};
  tell(Note::Kind::done, "epoch " + std::to_string(next.epoch) + " in " + world_.ledger.where());
  return {};
}

// Whether nobody has begun anything since: only then may the old color lose its tasks.
Try<> Operation::still_ours(std::uint64_t epoch) {
  const auto seen = world_.ledger.read();
  if (!seen) return seen.error();
  if (!seen->record || seen->record->epoch != epoch || seen->claim)
    return Failure{ExitCode::refused, "another operation has begun since"};
  const auto live = agreed_live(world_.edge.look());
  if (!live) return live.error();
  if (*live != journal_.color)
    return Failure{ExitCode::refused, "traffic is on " + word(*live) + " again"};
  return {};
}

Ended Operation::finish(const Plan& plan, const records::Record& record) {
  journal_.op = plan.op;
  journal_.version = plan.version;
  journal_.color = plan.live;  // where it runs already
  journal_.live = plan.color;
  journal_.counts = plan.counts;
  claim_.epoch = record.epoch;
  if (record.previous) previous_ = record.previous->version;
  const Duration warm = limits_.keep_warm.value_or(world_.options.keep_warm);
  const Duration passed = world_.pace.wall() - record.current->deployed_at;
  limits_.keep_warm = std::max<Duration>(warm - passed, Duration::zero());
  Ended end = ended(ExitCode::done, "succeeded", plan.said);
  retire(end);
  return end;
}

void Operation::retire(Ended& end) {
  const std::string old = word(journal_.live);
  const Duration warm = limits_.keep_warm.value_or(world_.options.keep_warm);
  journal_.step = Step::warm;
  tell(Note::Kind::begun, "keep " + old + " warm for " + seconds_text(warm));
  const std::string stays = old + " keeps its tasks";
  const Instant now = world_.pace.now();
  const bool late = limits_.until && *limits_.until < now + warm;
  if (!world_.pace.wait(late ? std::max<Duration>(*limits_.until - now, Duration::zero()) : warm)) {
    end.exit = ExitCode::interrupted;
    end.what += "; interrupted while " + old + " was kept warm: " + stays;
    return;
  }
  if (late) {
    end.exit = ExitCode::timed_out;
    end.what += "; the time given has passed while " + old + " was kept warm: " + stays;
    end.next = "The same command ends it.";
    return;
  }
  journal_.step = Step::retire;
  if (const auto ours = still_ours(claim_.epoch); !ours)
    return tell(Note::Kind::warning, stays + ": " + ours.error().what);
  tell(Note::Kind::begun, "scale " + old + " to " + std::to_string(world_.options.idle_tasks));
  for (const auto& [service, unused] : journal_.counts)
    if (const auto scaled =
            world_.platform.scale(service, journal_.live, world_.options.idle_tasks);
        !scaled)
      tell(Note::Kind::warning, service + " in " + stays + ": " + scaled.error().what);
  tell(Note::Kind::done, old + " is at " + std::to_string(world_.options.idle_tasks) + " tasks");
}

}  // namespace sy::control::deploy
