#include "control/commands/claiming.h"

#include <utility>

#include "control/platform/here.h"
#include "control/records/myself.h"

namespace sy::control {
namespace {

constexpr auto claim_lasts = std::chrono::minutes{30};

// GITHUB_RUN_ID/attempt, or empty.
std::string run_of(const config::Environment& environment) {
  const auto id = environment("GITHUB_RUN_ID");
  if (!id) return {};
  return *id + "/" + environment("GITHUB_RUN_ATTEMPT").value_or("1");
}

}  // namespace

std::string owner_name(Site& site) {
  const auto platform = site.platform();
  const auto caller = platform ? (*platform)->caller() : Try<platform::Caller>{Failure{}};
  return caller && !caller->name.empty() ? caller->name : platform::user_at_host();
}

records::Claim new_claim(Site& site, const Args& args, const std::string& op) {
  const auto self = self_of(site);
  records::Claim claim;
  claim.nonce = records::fresh_nonce();
  claim.owner = owner_name(site);
  claim.host = self.host;
  claim.pid = self.pid;
  claim.run = self.run;
  claim.op = op;
  claim.phase = op;
  claim.since = claim.heartbeat = site.pace().wall();
  claim.reason = args.reason;
  return claim;
}

records::Self self_of(Site& site) { return records::myself(run_of(site.environment())); }

bool may_take_over(Site& site, const records::Claim& claim) {
  return records::takeover(claim, self_of(site), site.pace().wall(), records::alive) ==
         records::Takeover::free;
}

bool is_one_act(const records::Claim& claim) {
  return claim.op == "restart" || claim.op == "scale" || claim.op == "lock" || claim.op == "import";
}

std::optional<Failure> in_the_way(Site& site, const records::Claim& held) {
  const WallTime now = site.pace().wall();
  if (!may_take_over(site, held)) return records::locked_by(held, site.name(), now);
  if (is_one_act(held)) return std::nullopt;
  const std::string version = held.version.empty() ? "" : " " + held.version;
  return Failure{ExitCode::refused,
                 held.op + version + " stopped half-way and has to be ended first",
                 "carry on: switchctl " + held.op + " " + site.name() + version +
                     ", or go back: switchctl rollback " + site.name()};
}

Claiming::Claiming(Site& site, records::Ledger& ledger, records::Claim claim,
                   records::Record before)
    : site_{site},
      ledger_{ledger},
      claim_{std::move(claim)},
      before_{std::move(before)},
      current_{before_.current} {}

Try<Claiming> Claiming::begin(Site& site, const Args& args, const std::string& op) {
  const auto ledger = site.ledger();
  if (!ledger) return ledger.error();
  const auto seen = (*ledger)->read();
  if (!seen) return seen.error();
  auto wanted = new_claim(site, args, op);
  // Longer than it may wait for tasks: a claim is not taken from who still waits.
  const Duration waits =
      args.at_most ? Duration{*args.at_most} : site.configured().deploy.start_timeout;
  wanted.expires = wanted.since + claim_lasts + std::chrono::ceil<std::chrono::minutes>(waits);
  if (seen->record && seen->record->current) wanted.version = seen->record->current->version;
  if (seen->claim)
    if (auto failure = in_the_way(site, *seen->claim)) return std::move(*failure);
  auto claim =
      seen->claim ? (*ledger)->take_over(*seen->claim, wanted) : (*ledger)->acquire(*seen, wanted);
  if (!claim) return claim.error();
  records::Record before = seen->record.value_or(records::Record{});
  before.env = site.name();
  return Claiming{site, **ledger, std::move(*claim), std::move(before)};
}

Try<Claiming> Claiming::seize(Site& site, const Args& args, const records::Seen& seen) {
  const auto ledger = site.ledger();
  if (!ledger) return ledger.error();
  auto wanted = new_claim(site, args, seen.claim->op);
  wanted.version = seen.claim->version;
  auto claim = (*ledger)->take_over(*seen.claim, wanted);
  if (!claim) return claim.error();
  records::Record before = seen.record.value_or(records::Record{});
  before.env = site.name();
  return Claiming{site, **ledger, std::move(*claim), std::move(before)};
}

Try<> Claiming::end(const std::string& result, const std::string& reason) {
  records::Operation operation;
  operation.version = claim_.version;
  operation.at = std::chrono::floor<std::chrono::seconds>(site_.pace().wall());
  operation.op = claim_.op;
  operation.result = result;
  operation.by = claim_.owner;
  auto next = records::after(before_, operation, current_, before_.previous);
  next.nonce = claim_.nonce;
  next.reason = reason;
  return ledger_.commit(claim_, next);
}

}  // namespace sy::control
