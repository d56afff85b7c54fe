#include "director/journal_text.h"

#include <openssl/evp.h>

#include <array>
#include <boost/json.hpp>
#include <utility>

#include "base/check.h"
#include "director/text.h"

namespace sy::director {
namespace {

namespace json = boost::json;

constexpr std::size_t fields_max = 32;

std::string sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  SY_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) hex += {digits[byte >> 4], digits[byte & 0xf]};
  return hex;
}

// The line up to the hash, an open object.
std::string hashed_text(const Entry& entry) {
  std::string fields;
  for (const auto& [key, value] : entry.fields) {
    fields += (fields.empty() ? "" : ",") + quote(key) + ":" + quote(value);
  }
  return "{\"sequence\":" + std::to_string(entry.sequence) + ",\"at\":" + quote(iso(entry.at)) +
         ",\"actor\":" + quote(entry.actor) + ",\"action\":" + quote(entry.action) +
         ",\"reason\":" + quote(entry.reason) + ",\"detail\":" + quote(entry.detail) +
         ",\"request\":" + quote(entry.request) +
         ",\"generation\":" + std::to_string(entry.generation) + ",\"fields\":{" + fields +
         "},\"previous\":" + quote(entry.previous);
}

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

std::uint64_t number_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_uint64()) return value->get_uint64();
  return value->is_int64() && value->get_int64() >= 0
             ? static_cast<std::uint64_t>(value->get_int64())
             : 0;
}

}  // namespace

std::string first_previous() { return std::string(64, '0'); }

Entry fitted(Entry entry) {
  entry.actor = clean(entry.actor, 100);
  entry.action = clean(entry.action, 32);
  entry.reason = clean(entry.reason, 500);
  entry.detail = clean(entry.detail, 2'000);
  entry.request = clean(entry.request, 200);
  std::map<std::string, std::string> fields;
  for (const auto& [key, value] : entry.fields) {
    if (fields.size() < fields_max) fields.emplace(clean(key, 64), clean(value, 200));
  }
  entry.fields = std::move(fields);
  return entry;
}

std::string hash_of(const Entry& entry) { return sha256(hashed_text(entry)); }

std::string to_line(const Entry& entry) {
  return hashed_text(entry) + ",\"hash\":" + quote(entry.hash) + "}";
}

std::optional<Entry> from_line(std::string_view line) {
  if (line.size() > line_bytes_max) return std::nullopt;
  boost::system::error_code error;
  const json::value parsed = json::parse(line, error);
  if (error || !parsed.is_object()) return std::nullopt;
  const json::object& object = parsed.get_object();
  const auto at = parse_iso(text_of(object, "at"));
  if (!at) return std::nullopt;
  Entry entry{.sequence = number_of(object, "sequence"),
              .at = *at,
              .actor = text_of(object, "actor"),
              .action = text_of(object, "action"),
              .reason = text_of(object, "reason"),
              .detail = text_of(object, "detail"),
              .request = text_of(object, "request"),
              .generation = number_of(object, "generation"),
              .fields = {},
              .previous = text_of(object, "previous"),
              .hash = text_of(object, "hash")};
  if (const auto* fields = object.if_contains("fields"); fields != nullptr && fields->is_object()) {
    for (const auto& [key, value] : fields->get_object()) {
      if (value.is_string()) entry.fields.emplace(key, value.get_string());
    }
  }
  if (to_line(entry) != line) return std::nullopt;
  return entry;
}

std::string Chain::check(std::string_view line, std::optional<Entry>& entry) {
  ++line_;
  entry = from_line(line);
  const std::string here = "line " + std::to_string(line_);
  if (!entry) return here + " is not an entry";
  const std::uint64_t expected = sequence_ + 1;
  const bool follows = entry->previous == hash_;
  const bool counted = entry->sequence == expected;
  sequence_ = entry->sequence;
  hash_ = entry->hash;
  if (hash_of(*entry) != entry->hash) return here + ": hash does not match its entry";
  if (!follows) return here + " does not follow the entry before it";
  if (!counted)
    return here + ": sequence " + std::to_string(entry->sequence) + " where " +
           std::to_string(expected) + " expected";
  return {};
}

}  // namespace sy::director
