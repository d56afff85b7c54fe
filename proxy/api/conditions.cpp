#include "api/conditions.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sy::api {
namespace {

// Fields that mean one thing, so that a second one is a mistake or an attack.
constexpr std::array<std::string_view, 7> single{"authorization",   "content-type", "host",
                                                 "idempotency-key", "if-match",     "origin",
                                                 "last-event-id"};

bool is_key(std::string_view text) {
  return text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

std::string_view field(const Request& request, std::string_view name) {
  for (const auto& [key, value] : request.fields)
    if (key == name) return value;
  return {};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return number;
}

std::optional<std::string_view> repeated_field(const Request& request) {
  for (const auto name : single)
    if (std::count_if(request.fields.begin(), request.fields.end(),
                      [name](const auto& entry) { return entry.first == name; }) > 1)
      return name;
  return std::nullopt;
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const auto equals = part.find('=');
    const auto value = equals == part.npos ? std::string_view{} : part.substr(equals + 1);
    if (!part.empty()) query.emplace_back(part.substr(0, equals), value);
  }
  return query;
}

std::optional<std::string_view> value_of(const Query& query, std::string_view name) {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

Result<> check_query(const Query& query, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : query)
    if (std::find(known.begin(), known.end(), key) == known.end())
      return Error{Blame::client, false, 400,
                   "the query parameter \"" + std::string(key) + "\" means nothing here"};
  return {};
}

Result<director::Intent> intent_of(const Request& request, const Query& query) {
  const auto fault = [](std::string what) {
    return Error{Blame::client, false, 400, std::move(what)};
  };
  director::Intent intent;
  intent.idempotency_key = field(request, "idempotency-key");
  if (!is_key(intent.idempotency_key))
    return fault("Idempotency-Key must be at most 128 visible ASCII characters");
  const auto match = field(request, "if-match");
  if (!match.empty() && match != "*") {
    const bool quoted = match.size() > 2 && match.front() == '"' && match.back() == '"';
    if (quoted) intent.if_generation = parse_number(match.substr(1, match.size() - 2));
    if (!intent.if_generation) return fault("If-Match must be one generation, like \"7\", or *");
  }
  const auto dry_run = value_of(query, "dry_run");
  if (dry_run && *dry_run != "true" && *dry_run != "false")
    return fault("dry_run must be true or false");
  intent.dry_run = dry_run == "true";
  return intent;
}

}  // namespace sy::api
