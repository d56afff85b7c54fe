#include "control/records/claim_text.h"

#include "control/records/text.h"

namespace sy::control::records {
namespace {

constexpr std::size_t owner_bytes_max = 256;
constexpr std::size_t word_bytes_max = 128;
constexpr std::size_t reason_bytes_max = 200;
constexpr std::int64_t generation_max = 1'000'000;

std::string with_swapped_quotes(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c == '"') {
      c = '\'';
    } else if (c == '\'') {
      c = '"';
    }
  }
  return out;
}

std::string member(std::string_view name, std::string_view value, std::size_t bytes_max) {
  if (value.empty()) return "";
  return ",\"" + std::string{name} + "\":" + quoted(cleaned(value, bytes_max));
}

Failure unreadable(std::string_view why) {
  return {ExitCode::refused, "an open claim cannot be read: " + std::string{why},
          "Find out who wrote it; nothing was changed."};
}

}  // namespace

Try<std::string> encode_claim(const Claim& claim) {
  std::string out = "{\"schema\":1,\"epoch\":" + std::to_string(claim.epoch);
  out += ",\"generation\":" + std::to_string(claim.generation);
  out += member("nonce", claim.nonce, word_bytes_max);
  out += member("owner", claim.owner, owner_bytes_max);
  out += member("host", claim.host, word_bytes_max) + ",\"pid\":" + std::to_string(claim.pid);
  out += member("run", claim.run, word_bytes_max) + member("op", claim.op, word_bytes_max);
  out += member("version", claim.version, word_bytes_max);
  out += member("phase", claim.phase, word_bytes_max);
  out += ",\"since\":\"" + time_text(claim.since) + "\",\"hb\":\"" + time_text(claim.heartbeat);
  out += "\"";
  if (claim.expires) out += ",\"expires\":\"" + time_text(*claim.expires) + "\"";
  out += member("reason", claim.reason, reason_bytes_max);
  if (!claim.journal.empty()) out += ",\"journal\":" + quoted(with_swapped_quotes(claim.journal));
  out += "}";
  if (claim.journal.size() > journal_bytes_max || out.size() > claim_bytes_max) {
    return Failure{ExitCode::failed,
                   "the journal of this operation is larger than a claim can hold (" +
                       std::to_string(claim.journal.size()) + " bytes)",
                   "Deploy fewer services at once, or give them shorter names."};
  }
  return out;
}

Try<Claim> decode_claim(std::string_view text) {
  const auto object = parse_object(text);
  if (!object) return unreadable("switchctl did not write it");
  Members members{*object};
  std::int64_t schema = 0;
  std::int64_t epoch = -1;
  std::int64_t generation = 1;
  members.number("schema", 1, whole_max, schema);
  if (!members.complaint().empty() || schema == 0) return unreadable("switchctl did not write it");
  if (schema != 1) return unreadable("it has a schema that this switchctl does not know");
  Claim claim;
  members.number("epoch", 0, whole_max, epoch);
  members.number("generation", 1, generation_max, generation);
  members.number("pid", 0, whole_max, claim.pid);
  members.text("nonce", claim.nonce);
  members.text("owner", claim.owner);
  members.text("host", claim.host);
  members.text("run", claim.run);
  members.text("op", claim.op);
  members.text("version", claim.version);
  members.text("phase", claim.phase);
  members.time("since", claim.since);
  members.time("hb", claim.heartbeat);
  members.text("reason", claim.reason);
  members.text("journal", claim.journal, journal_bytes_max);
  claim.journal = with_swapped_quotes(claim.journal);
  if (members.has("expires")) members.time("expires", claim.expires.emplace());
  if (epoch < 0) members.complain("epoch");
  if (!members.complaint().empty())
    return unreadable("\"" + members.complaint() + "\" in it makes no sense");
  claim.epoch = static_cast<std::uint64_t>(epoch);
  claim.generation = static_cast<int>(generation);
  return claim;
}

}  // namespace sy::control::records
