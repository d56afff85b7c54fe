// What a request says beside its body: fields, query, and the conditions a change is under.
#pragma once
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes.h"

namespace sy::api {

// Empty: absent.
[[nodiscard]] std::string_view field(const Request& request, std::string_view name);
// A field that may be there once only and is there twice.
[[nodiscard]] std::optional<std::string_view> repeated_field(const Request& request);
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

using Query = std::vector<std::pair<std::string_view, std::string_view>>;
[[nodiscard]] Query parse_query(std::string_view text);
[[nodiscard]] std::optional<std::string_view> value_of(const Query& query, std::string_view name);
// A name nobody asks for is refused: ?dryrun=true must not become the real thing.
[[nodiscard]] Result<> check_query(const Query& query,
                                   std::initializer_list<std::string_view> known);

// The conditions a change is under: Idempotency-Key, If-Match, dry_run.
[[nodiscard]] Result<director::Intent> intent_of(const Request& request, const Query& query);

}  // namespace sy::api
