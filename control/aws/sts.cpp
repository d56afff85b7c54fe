#include "control/aws/sts.h"

#include <boost/json.hpp>

#include "control/aws/xml.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

constexpr std::string_view version = "2011-06-15";

Error unreadable(std::string_view what) {
  return Error{Kind::unavailable, "", std::string{what}, 0, ""};
}

Result<Credentials> complete(Credentials credentials, const std::string& expires) {
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
    return unreadable("an answer without credentials");
  if (expires.empty()) return credentials;
  credentials.expires = read_iso_date(expires);
  if (!credentials.expires) return unreadable("credentials with an expiration that is no date");
  return credentials;
}

// The element <XResult> of <XResponse>.
const Element* result_of(const Element& root) {
  for (const Element& element : root.children) {
    if (element.name.ends_with("Result")) return &element;
  }
  return nullptr;
}

Result<Element> read_result(const Answer& answer) {
  if (!is_success(answer)) return query_error(answer);
  auto root = read_xml(answer.body);
  if (!root) return root;
  const Element* result = result_of(*root);
  if (!result) return unreadable("an answer without a result");
  return *result;
}

// arn:partition:service:region:account:resource
std::string account_of(std::string_view arn) {
  for (int i = 0; i < 4; ++i) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return "";
    arn.remove_prefix(colon + 1);
  }
  return std::string{arn.substr(0, arn.find(':'))};
}

std::string member(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string{found->get_string()} : "";
}

}  // namespace

Request assume_role(const Role& role, std::string_view session_name) {
  const std::string session{role.session_name.empty() ? session_name : role.session_name};
  Parameters parameters{{"RoleArn", role.arn}, {"RoleSessionName", session_name_of(session)}};
  if (!role.duration_seconds.empty())
    parameters.emplace_back("DurationSeconds", role.duration_seconds);
  if (!role.external_id.empty()) parameters.emplace_back("ExternalId", role.external_id);
  return query_request("AssumeRole", version, parameters);
}

Request assume_role(const WebIdentity& identity, std::string_view token,
                    std::string_view session_name) {
  const std::string session{identity.session_name.empty() ? session_name : identity.session_name};
  return query_request("AssumeRoleWithWebIdentity", version,
                       {{"RoleArn", identity.role_arn},
                        {"RoleSessionName", session_name_of(session)},
                        {"WebIdentityToken", std::string{trimmed(token)}}});
}

Request get_caller_identity() { return query_request("GetCallerIdentity", version, {}); }

Result<Credentials> read_assumed(const Answer& answer) {
  const auto result = read_result(answer);
  if (!result) return result.error();
  const Element* keys = child(*result, "Credentials");
  if (!keys) return unreadable("an answer without credentials");
  return complete({.access_key_id = text_at(*keys, {"AccessKeyId"}),
                   .secret_access_key = text_at(*keys, {"SecretAccessKey"}),
                   .session_token = text_at(*keys, {"SessionToken"}),
                   .account_id = account_of(text_at(*result, {"AssumedRoleUser", "Arn"})),
                   .expires = std::nullopt},
                  text_at(*keys, {"Expiration"}));
}

Result<Identity> read_identity(const Answer& answer) {
  const auto result = read_result(answer);
  if (!result) return result.error();
  Identity out{text_at(*result, {"Account"}), text_at(*result, {"Arn"}),
               text_at(*result, {"UserId"})};
  if (out.account.empty()) return unreadable("an answer without an account");
  return out;
}

Result<Identity> get_caller_identity(Caller& caller) {
  const auto answer = caller.query(sts, get_caller_identity());
  if (!answer) return answer.error();
  return read_identity(*answer);
}

Result<Credentials> read_credentials(std::string_view text) {
  boost::system::error_code failed;
  const json::value body = json::parse(text.substr(0, xml_bytes_max), failed);
  if (failed || !body.is_object()) return unreadable("credentials that are not a JSON object");
  const json::object& object = body.get_object();
  const std::string code = member(object, "Code");
  if (!code.empty() && code != "Success")
    return Error{Kind::auth, code, "the source of credentials answered with an error", 0, ""};
  const std::string token = member(object, "SessionToken");
  return complete({.access_key_id = member(object, "AccessKeyId"),
                   .secret_access_key = member(object, "SecretAccessKey"),
                   .session_token = token.empty() ? member(object, "Token") : token,
                   .account_id = member(object, "AccountId"),
                   .expires = std::nullopt},
                  member(object, "Expiration"));
}

std::string session_name_of(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 64)) {
    const bool allowed =
        is_alnum(c) || std::string_view{"_+=,.@-"}.find(c) != std::string_view::npos;
    out += allowed ? c : '-';
  }
  while (out.size() < 2) out += '-';
  return out;
}

}  // namespace sy::aws
