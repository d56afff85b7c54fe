// Writing: claims that are created once, and a record that is written once for each of them.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "control/aws_failure/aws_failure.h"
#include "control/records/claim_text.h"
#include "control/records/located.h"
#include "control/records/myself.h"
#include "control/records/ssm_ledger.h"
#include "control/records/ssm_names.h"

namespace sy::control::records {
namespace {

constexpr int tries_max = 12;  // SSM takes about three puts a second
constexpr int looks_max = 20;
constexpr Duration between_looks = std::chrono::milliseconds{250};
constexpr int takeover_looks = 5;
constexpr Duration heartbeats_apart = std::chrono::seconds{20};
constexpr std::uint64_t epochs_kept = 20;
constexpr auto claims_kept = std::chrono::hours{24};
constexpr int swept_max = 10;

// SSM is busy or out of order, or another put of this very name is under way.
bool worth_trying(const aws::Error& error) {
  return passes(error) || error.code == "TooManyUpdates";
}

Duration before_try(int tries) {
  return std::min<Duration>(std::chrono::milliseconds{200} * tries, std::chrono::seconds{2});
}

bool only_heartbeat(const Claim& before, Claim now) {
  if (now.heartbeat - before.heartbeat >= heartbeats_apart) return false;
  now.heartbeat = before.heartbeat;
  now.expires = before.expires;
  return now == before;
}

}  // namespace

aws::Result<std::int64_t> SsmLedger::put_once(const Put& put) {
  aws::SsmPut made;
  made.name = put.name;
  made.value = put.value;
  made.overwrite = put.overwrite;
  made.key_id = options_.kms_key_id;
  made.type = options_.kms_key_id.empty() ? "String" : "SecureString";
  return ssm_.put_parameter(made);
}

// For what does no harm when it is done twice.
aws::Result<std::int64_t> SsmLedger::put_patiently(const Put& put) {
  for (int tries = 1;; ++tries) {
    auto done = put_once(put);
    if (done || !worth_trying(done.error()) || tries == tries_max) return done;
    if (!pace_.wait(before_try(tries))) return done;
  }
}

// A read right after a write may not see it yet. Gives up quietly: what was written is written.
void SsmLedger::await_visible(const std::string& name, std::int64_t version) {
  const std::string selected = name + ":" + std::to_string(version);
  for (int looks = 1; looks <= looks_max; ++looks) {
    const auto found = ssm_.get_parameter(selected);
    if (found || found.error().kind != aws::Kind::not_found) return;
    if (!pace_.wait(between_looks)) return;
  }
}

Try<Claim> SsmLedger::acquire(const Seen& seen, Claim wanted) {
  if (seen.claim) return locked_by(*seen.claim, env_, pace_.wall());
  wanted.epoch = (seen.record ? seen.record->epoch : 0) + 1;
  wanted.generation = 1;
  return create(std::move(wanted));
}

Try<Claim> SsmLedger::take_over(const Claim& held, Claim wanted) {
  wanted.epoch = held.epoch;
  wanted.generation = held.generation + 1;
  return create(std::move(wanted));
}

Try<Claim> SsmLedger::create(Claim wanted) {
  if (wanted.nonce.empty()) wanted.nonce = fresh_nonce();
  const auto text = encode_claim(wanted);
  if (!text) return text.error();
  const Put put{claim_name(wanted.epoch, wanted.generation), *text, false};
  for (int tries = 1;; ++tries) {
    const auto done = put_once(put);
    if (!done) {
      const auto ours = created(wanted, done.error());
      if (!ours) return ours.error();
      if (!*ours && tries == tries_max) return explained(done.error(), "claim SSM " + put.name);
      if (!*ours && !pace_.wait(before_try(tries))) return interrupted();
      if (!*ours) continue;
    }
    await_visible(put.name, 1);
    const auto open = still_before(wanted);
    if (!open) return open.error();
    return wanted;
  }
}

// What an error of a create-only put means: it was ours all the same (true), it may be tried again
// (false), or it failed.
Try<bool> SsmLedger::created(const Claim& wanted, const aws::Error& error) {
  const bool conflict = error.kind == aws::Kind::conflict;
  if (!conflict && !passes(error)) {
    return explained(error, "claim SSM " + claim_name(wanted.epoch, wanted.generation));
  }
  if (!conflict && !error.maybe_done) return false;
  // Somebody's parameter is there, even when a read does not show it yet.
  const int looks = error.code == "ParameterAlreadyExists" ? looks_max : 1;
  for (int look = 1; look <= looks; ++look) {
    const auto found = claim_at(wanted.epoch, wanted.generation);
    if (!found) return found.error();
    if (*found && (*found)->nonce == wanted.nonce) return true;
    if (*found) return taken(**found);
    if (look < looks && !pace_.wait(between_looks)) return interrupted();
  }
  return false;
}

// By whom an epoch is held; `seen` is one of its claims.
Failure SsmLedger::taken(const Claim& seen) {
  const auto highest = open_claim(seen.epoch);
  const Claim& holder = highest && *highest ? **highest : seen;
  if (holder.phase != phase_ended) return locked_by(holder, env_, pace_.wall());
  return moved_on();
}

Failure SsmLedger::moved_on() const {
  return {ExitCode::refused, where() + " was changed meanwhile by somebody else",
          "See what is there now, then decide: switchctl status " + env_};
}

// That the epoch we claim has not ended. After a takeover more than once: who held it before may
// have written the record as its last act, and a single read may not show that yet.
Try<> SsmLedger::still_before(const Claim& claim) {
  const int looks = claim.generation > 1 ? takeover_looks : 1;
  for (int look = 1;; ++look) {
    const auto now = stored();
    if (!now) return now.error();
    if (now->record && now->record->epoch >= claim.epoch) return moved_on();
    if (look == looks) return {};
    if (!pace_.wait(between_looks)) return interrupted();
  }
}

Try<> SsmLedger::still_ours(const Claim& claim) {
  const auto next = claim_at(claim.epoch, claim.generation + 1);
  if (!next) return next.error();
  if (*next) return taken(**next);
  return {};
}

Try<> SsmLedger::note(const Claim& claim) {
  const auto ours = still_ours(claim);
  if (!ours) return ours;
  if (noted_ && only_heartbeat(*noted_, claim)) return {};
  const auto text = encode_claim(claim);
  if (!text) return text.error();
  const Put put{claim_name(claim.epoch, claim.generation), *text, true};
  const auto done = put_patiently(put);
  if (!done) return explained(done.error(), "write SSM " + put.name);
  noted_ = claim;
  await_visible(put.name, *done);
  return {};
}

// The record as it is before this claim's own is written. REQUIRES nothing of it but that it is not
// newer; an older one is a read that came too early.
Try<SsmLedger::Stored> SsmLedger::before(const Claim& claim) {
  for (int looks = 1;; ++looks) {
    auto now = stored();
    if (!now) return now;
    const std::uint64_t epoch = now->record ? now->record->epoch : 0;
    if (epoch + 1 >= claim.epoch || (over_foreign_ && !now->record && now->version > 0)) return now;
    if (looks == looks_max) return stale();
    if (!pace_.wait(between_looks)) return interrupted();
  }
}

Try<> SsmLedger::commit(const Claim& claim, const Record& next) {
  SY_CHECK(next.epoch == claim.epoch);
  const auto ours = still_ours(claim);
  if (!ours) return ours;
  Record signed_record = next;
  signed_record.nonce = claim.nonce;
  const auto text = encode(signed_record);
  if (!text) return text.error();
  const auto now = before(claim);
  if (!now) return now.error();
  if (now->record && now->record->epoch >= claim.epoch) {
    // Our own, when an earlier answer was lost.
    if (now->record->nonce != claim.nonce) return conflict(now->version);
  } else {
    // The next epoch is claimed already: what was read is old, or was written over by a late one.
    const auto next_claim = claim_at(claim.epoch + 1, 1);
    if (!next_claim) return next_claim.error();
    if (*next_claim) return moved_on();
    const Put put{record_name(), *text, now->version > 0};
    const auto done = written(claim, now->version, put);
    if (!done) return done;
    await_visible(put.name, now->version + 1);
  }
  end(claim);
  sweep(claim.epoch);
  return {};
}

// Writes the record as the version after `before`, or says who else wrote that.
Try<> SsmLedger::written(const Claim& claim, std::int64_t before, const Put& put) {
  for (int tries = 1;; ++tries) {
    const auto done = put_once(put);
    if (done && *done == before + 1) return {};
    if (!done && done.error().kind != aws::Kind::conflict && !passes(done.error()))
      return explained(done.error(), "write " + where());
    const auto newest = done ? Try<std::int64_t>{*done} : newest_version();
    if (!newest) return newest.error();
    if (*newest > before) {
      put_back(before, *newest);
      return ours_at(claim, before + 1);
    }
    if (tries == tries_max) return explained(done.error(), "write " + where());
    if (!pace_.wait(before_try(tries))) return interrupted();
  }
}

// Of the record, as far as it can be seen; 0: none is.
Try<std::int64_t> SsmLedger::newest_version() {
  const auto found = ssm_.get_parameter(record_name());
  if (!found && (found.error().kind == aws::Kind::not_found || passes(found.error()))) return 0;
  if (!found) return explained(found.error(), "read " + where());
  return found->version;
}

// Of the versions after `before`, up to `newest`: the text of the one that must stand, which has
// the highest epoch, and of several of that epoch is the first. Empty: it is the newest, or not
// known.
std::string SsmLedger::rightful(std::int64_t before, std::int64_t newest) {
  std::uint64_t epoch = 0;
  std::string text;
  std::string newest_text;
  for (std::int64_t version = std::max(before, newest - looks_max) + 1; version <= newest;
       ++version) {
    const auto there = seen_at(version);
    if (!there) return "";
    newest_text = there->value;
    const auto record = decode(there->value);
    if (!record || record->epoch <= epoch) continue;
    epoch = record->epoch;
    text = there->value;
  }
  return text == newest_text ? "" : text;
}

// When others went on while we were held up, what we wrote over may be the record of a later epoch:
// it is made the newest again, once more when we are held up at that. Best effort; who reads
// meanwhile waits, since what is there is older than its claims.
void SsmLedger::put_back(std::int64_t before, std::int64_t newest) {
  for (int tries = 1; tries <= tries_max; ++tries) {
    const std::string text = rightful(before, newest);
    if (text.empty()) return;
    const auto done = put_patiently({record_name(), text, true});
    if (!done || *done == newest + 1) return;
    newest = *done;
  }
}

// A version that must be there, although a read may not show it yet.
aws::Result<aws::SsmParameter> SsmLedger::seen_at(std::int64_t version) {
  const std::string selected = record_name() + ":" + std::to_string(version);
  for (int looks = 1;; ++looks) {
    auto found = ssm_.get_parameter(selected);
    if (found) return found;
    const bool early = found.error().kind == aws::Kind::not_found || passes(found.error());
    if (!early || looks == looks_max || !pace_.wait(between_looks)) return found;
  }
}

Try<> SsmLedger::ours_at(const Claim& claim, std::int64_t version) {
  const auto there = seen_at(version);
  if (!there) {
    return explained(there.error(), "read version " + std::to_string(version) + " of " + where());
  }
  const auto record = decode(there->value);
  if (record && record->nonce == claim.nonce) return {};
  return conflict(version);
}

Failure SsmLedger::conflict(std::int64_t version) const {
  return {ExitCode::refused,
          "CONFLICT: somebody else wrote version " + std::to_string(version) + " of " + where() +
              " while this operation ran",
          "Stop other deploys of this environment, then compare what runs with what is recorded: "
          "switchctl verify " +
              env_};
}

// So that a reader who is shown the record of before knows that it is old. Best effort.
void SsmLedger::end(Claim claim) {
  claim.phase = phase_ended;
  claim.heartbeat = pace_.wall();
  const auto text = encode_claim(claim);
  if (!text) return;
  std::ignore = put_once({claim_name(claim.epoch, claim.generation), *text, true});
}

// Claims of long ago go: so long that no stale read can bring their epoch back. Best effort.
void SsmLedger::sweep(std::uint64_t epoch) {
  if (epoch <= epochs_kept + 1) return;
  const auto all = ssm_.get_parameters_by_path(claims_path());
  if (!all) return;
  int swept = 0;
  for (const aws::SsmParameter& one : *all) {
    const auto name = parse_claim_name(one.name);
    if (!name || name->epoch + epochs_kept >= epoch || !one.modified_at) continue;
    if (pace_.wall() - std::chrono::floor<std::chrono::milliseconds>(*one.modified_at) <
        claims_kept)
      continue;
    std::ignore = ssm_.delete_parameter(one.name);
    if (++swept == swept_max) return;
  }
}

}  // namespace sy::control::records
