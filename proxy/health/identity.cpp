#include "health/identity.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <string>

#include "health/words.h"

namespace sy::health {
namespace {

namespace json = boost::json;

Error bad_body(std::string what) { return Error{Blame::upstream, false, 502, std::move(what)}; }

bool printable(char c) { return c >= ' ' && c <= '~'; }

std::string text_of(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  if (text == nullptr || text->size() > identity_text_bytes_max) return {};
  if (!std::all_of(text->begin(), text->end(), printable)) return {};
  return {text->data(), text->size()};
}

}  // namespace

Result<Identity> parse_identity(std::string_view body, std::string_view version_field) {
  if (body.size() > body_bytes_max) return bad_body(body_too_long(body_bytes_max));
  json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code fault;
  const json::value value = json::parse(body, fault, {}, options);
  if (fault) return bad_body(body_is_not_json());
  const auto* object = value.if_object();
  if (object == nullptr) return bad_body(body_is_not_json());
  return Identity{.version = text_of(*object, version_field),
                  .git_sha = text_of(*object, "gitSha"),
                  .environment = text_of(*object, "environment"),
                  .build_time = text_of(*object, "buildTime"),
                  .service = text_of(*object, "service")};
}

}  // namespace sy::health
