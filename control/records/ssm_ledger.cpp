// Reading: what stands in SSM, and whether it is older than what must be there by now.
#include "control/records/ssm_ledger.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "control/aws_failure/aws_failure.h"
#include "control/records/claim_text.h"
#include "control/records/located.h"
#include "control/records/ssm_names.h"

namespace sy::control::records {
namespace {

constexpr int generations_max = 100;
constexpr int looks_max = 20;
// Claims without a record: after so many looks there is none, unless an older claim proves one.
constexpr int looks_enough = 4;
constexpr Duration between_looks = std::chrono::milliseconds{250};

}  // namespace

std::optional<ClaimName> parse_claim_name(std::string_view name) {
  ClaimName found;
  name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));
  const char* end = name.data() + name.size();
  auto [stop, error] = std::from_chars(name.data(), end, found.epoch);
  if (error != std::errc{}) return std::nullopt;
  if (stop == end) return found;
  if (std::string_view{stop, end}.substr(0, 2) != ".t") return std::nullopt;
  const auto tail = std::from_chars(stop + 2, end, found.generation);
  if (tail.ec != std::errc{} || tail.ptr != end || found.generation < 2) return std::nullopt;
  return found;
}

SsmLedger::SsmLedger(aws::Caller& caller, const Options& options, std::string env, Pace& pace)
    : ssm_{caller}, options_{options}, env_{std::move(env)}, pace_{pace} {}

std::string SsmLedger::record_name() const { return options_.path + "/deployment-metadata"; }
std::string SsmLedger::claims_path() const { return options_.path + "/deploy-claims"; }
std::string SsmLedger::claim_name(std::uint64_t epoch, int generation) const {
  std::string name = claims_path() + "/" + std::to_string(epoch);
  if (generation > 1) name += ".t" + std::to_string(generation);
  return name;
}
std::string SsmLedger::where() const { return "SSM " + record_name(); }

Failure SsmLedger::interrupted() const {
  return {ExitCode::interrupted, "interrupted while waiting for " + where(),
          "Give the same command again to carry on."};
}

Try<SsmLedger::Stored> SsmLedger::stored() {
  const auto found = ssm_.get_parameter(record_name());
  if (!found && found.error().kind == aws::Kind::not_found) return Stored{};
  if (!found) return explained(found.error(), "read " + where());
  if (over_foreign_ && is_foreign(found->value)) return Stored{std::nullopt, found->version};
  auto record = decode(found->value);
  if (!record) return located(record.error(), where(), env_);
  return Stored{std::move(*record), found->version};
}

Try<std::optional<Claim>> SsmLedger::claim_at(std::uint64_t epoch, int generation) {
  const std::string name = claim_name(epoch, generation);
  const auto found = ssm_.get_parameter(name);
  if (!found && found.error().kind == aws::Kind::not_found) return std::optional<Claim>{};
  if (!found) return explained(found.error(), "read SSM " + name);
  auto claim = decode_claim(found->value);
  if (!claim) return located(claim.error(), "SSM " + name, env_);
  claim->epoch = epoch;
  claim->generation = generation;
  return std::optional<Claim>{std::move(*claim)};
}

Try<std::optional<Claim>> SsmLedger::open_claim(std::uint64_t epoch) {
  std::optional<Claim> highest;
  for (int generation = 1; generation <= generations_max; ++generation) {
    auto found = claim_at(epoch, generation);
    if (!found) return found;
    if (!*found) break;
    highest = std::move(*found);
  }
  return highest;
}

Try<std::uint64_t> SsmLedger::newest_claim() {
  const auto all = ssm_.get_parameters_by_path(claims_path());
  if (!all) return explained(all.error(), "list SSM " + claims_path());
  std::uint64_t newest = 0;
  for (const aws::SsmParameter& one : *all) {
    if (const auto name = parse_claim_name(one.name)) newest = std::max(newest, name->epoch);
  }
  return newest;
}

Try<bool> SsmLedger::lags(const Stored& now, const std::optional<Claim>& claim, int looks) {
  if (claim && claim->phase == phase_ended) return true;
  if (now.version > 0) return false;
  const auto newest = newest_claim();
  if (!newest) return newest.error();
  if (looks >= looks_enough) return *newest > 1;
  return claim.has_value() || *newest > 0;
}

Try<Seen> SsmLedger::look() {
  for (int looks = 1;; ++looks) {
    auto now = stored();
    if (!now) return now.error();
    auto claim = open_claim((now->record ? now->record->epoch : 0) + 1);
    if (!claim) return claim.error();
    const auto late = lags(*now, *claim, looks);
    if (!late) return late.error();
    if (!*late) return Seen{std::move(now->record), std::move(*claim)};
    if (looks == looks_max) return stale();
    if (!pace_.wait(between_looks)) return interrupted();
  }
}

Failure SsmLedger::stale() const {
  return {ExitCode::failed,
          where() +
              " is older than the claims beside it, or missing: SSM shows an old state, or "
              "somebody deleted or restored the parameter",
          "Try again in a minute; if it stays so, put the newest version of it back."};
}

Try<Seen> SsmLedger::read() {
  over_foreign_ = false;
  return look();
}

Try<std::optional<Record>> SsmLedger::newest_of_ours() {
  const auto past = history(1);
  if (!past) return past.error();
  return past->empty() ? std::optional<Record>{} : past->front();
}

Try<Seen> SsmLedger::read_for_import() {
  over_foreign_ = true;
  const auto now = stored();
  if (!now) return now.error();
  if (now->record || now->version == 0) return read();
  const auto ours = newest_of_ours();
  if (!ours) return ours.error();
  const auto newest = newest_claim();
  if (!newest) return newest.error();
  Record base = ours->value_or(Record{});
  if (*newest > base.epoch + 1) base.epoch = *newest - 1;
  auto claim = open_claim(base.epoch + 1);
  if (!claim) return claim.error();
  if (*claim && (*claim)->phase == phase_ended) {
    ++base.epoch;
    claim->reset();
  }
  Seen seen{std::nullopt, std::move(*claim)};
  if (base.epoch > 0) seen.record = std::move(base);
  return seen;
}

Try<std::vector<Record>> SsmLedger::history(std::size_t most) {
  const auto all = ssm_.get_parameter_history(record_name());
  std::vector<Record> records;
  if (!all && all.error().kind == aws::Kind::not_found) return records;
  if (!all) return explained(all.error(), "read the history of " + where());
  for (const aws::SsmParameter& one : *all) {
    auto record = decode(one.value);
    if (!record) continue;  // What stood there before switchctl came.
    // What an owner wrote long after it had been taken over, and was put right behind it.
    if (!records.empty() && record->epoch < records.back().epoch) continue;
    // Twice of one epoch: an answer was lost, or a conflict was put right. The later one stands.
    if (!records.empty() && record->epoch == records.back().epoch) records.pop_back();
    records.push_back(std::move(*record));
  }
  std::reverse(records.begin(), records.end());
  if (records.size() > most) records.resize(most);
  return records;
}

}  // namespace sy::control::records
