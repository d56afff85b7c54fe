#include "control/aws/wire.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "control/aws/redact.h"
#include "control/aws/retry.h"
#include "control/aws/xml.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

constexpr std::size_t message_bytes_max = 2000;
constexpr std::size_t page_bytes_max = 200;

struct Known {
  std::string_view code;  // without "Exception" at its end
  Kind kind;
};
constexpr std::array<Known, 29> known{{
    {"ExpiredToken", Kind::auth},
    {"UnrecognizedClient", Kind::auth},
    {"InvalidClientTokenId", Kind::auth},
    {"IncompleteSignature", Kind::auth},
    {"InvalidSignature", Kind::auth},
    {"SignatureDoesNotMatch", Kind::auth},
    {"MissingAuthenticationToken", Kind::auth},
    {"RequestExpired", Kind::auth},
    {"AuthFailure", Kind::auth},
    {"InvalidIdentityToken", Kind::auth},
    {"IDPRejectedClaim", Kind::auth},
    {"RequestTimeTooSkewed", Kind::skewed},
    {"AccessDenied", Kind::denied},
    {"UnauthorizedOperation", Kind::denied},
    {"Unauthorized", Kind::denied},
    {"NotAuthorized", Kind::denied},
    {"OptInRequired", Kind::denied},
    {"RegionDisabled", Kind::denied},
    {"Conflict", Kind::conflict},
    {"ParameterAlreadyExists", Kind::conflict},
    {"TooManyUpdates", Kind::conflict},
    {"ServiceNotActive", Kind::conflict},
    {"ResourceInUse", Kind::conflict},
    {"UpdateInProgress", Kind::conflict},
    {"InternalFailure", Kind::unavailable},
    {"InternalServerError", Kind::unavailable},
    {"InternalError", Kind::unavailable},
    {"ServiceUnavailable", Kind::unavailable},
    {"Server", Kind::unavailable},
}};

struct Status {
  int status;
  std::string_view text;
  Kind kind;
};
constexpr std::array<Status, 12> statuses{{
    {401, "Unauthorized", Kind::auth},
    {403, "Forbidden", Kind::denied},
    {404, "Not Found", Kind::not_found},
    {407, "Proxy Authentication Required", Kind::auth},
    {409, "Conflict", Kind::conflict},
    {413, "Content Too Large", Kind::invalid},
    {429, "Too Many Requests", Kind::unavailable},
    {500, "Internal Server Error", Kind::unavailable},
    {502, "Bad Gateway", Kind::unavailable},
    {503, "Service Unavailable", Kind::unavailable},
    {504, "Gateway Timeout", Kind::unavailable},
    {400, "Bad Request", Kind::invalid},
}};

// "aws.protocoltests#FooError:http://internal.amazon.com/" is FooError.
std::string bare_code(std::string_view code) {
  code = code.substr(0, code.find(':'));
  if (const auto hash = code.rfind('#'); hash != std::string_view::npos)
    code.remove_prefix(hash + 1);
  return one_line(code, page_bytes_max);
}

std::string status_text(int status) {
  for (const Status& one : statuses) {
    if (one.status == status) return std::string{one.text};
  }
  return "HTTP " + std::to_string(status);
}

// What a page says, without its tags.
std::string page_text(std::string_view body) {
  std::string out;
  bool inside = false;
  for (const char c : body.substr(0, 4096)) {
    if (c == '<') inside = true;
    if (!inside) out += c;
    if (c != '>') continue;
    inside = false;
    out += ' ';
  }
  return one_line(redacted(out), page_bytes_max);
}

std::string member(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string{found->get_string()} : "";
}

std::string request_id(const Answer& answer) {
  for (const char* name : {"x-amzn-RequestId", "x-amz-request-id"}) {
    if (const auto id = find(answer.fields, name)) return one_line(*id, page_bytes_max);
  }
  return "";
}

Error error_of(const Answer& answer, std::string code, std::string_view message) {
  Error out;
  out.status = answer.status;
  out.request_id = request_id(answer);
  out.code = code.empty() ? status_text(answer.status) : std::move(code);
  out.kind = kind_of(out.code, answer.status);
  out.what = one_line(redacted(message), message_bytes_max);
  return out;
}

Error page_error(const Answer& answer) {
  const auto header = find(answer.fields, "X-Amzn-Errortype");
  return error_of(answer, header ? bare_code(*header) : "", page_text(answer.body));
}

std::string first_of(std::initializer_list<std::string> all) {
  for (const std::string& one : all) {
    if (!one.empty()) return one;
  }
  return "";
}

}  // namespace

Request json_request(std::string_view target, std::string body) {
  return {.method = "POST",
          .target = "/",
          .fields = {{"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", std::string{target}}},
          .body = body.empty() ? "{}" : std::move(body)};
}

Request query_request(std::string_view action, std::string_view version,
                      const Parameters& parameters) {
  std::string body = "Action=" + percent_encoded(action) + "&Version=" + percent_encoded(version);
  for (const auto& [name, value] : parameters)
    body += '&' + percent_encoded(name) + '=' + percent_encoded(value);
  return {.method = "POST",
          .target = "/",
          .fields = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
          .body = std::move(body)};
}

bool is_success(const Answer& answer) { return answer.status >= 200 && answer.status < 300; }

Error json_error(const Answer& answer) {
  boost::system::error_code failed;
  const json::value body =
      answer.body.size() > xml_bytes_max ? json::value{} : json::parse(answer.body, failed);
  if (failed || !body.is_object()) return page_error(answer);
  const json::object& object = body.get_object();
  const auto header = find(answer.fields, "X-Amzn-Errortype").value_or("");
  return error_of(
      answer,
      bare_code(first_of({std::string{header}, member(object, "__type"), member(object, "code")})),
      first_of({member(object, "message"), member(object, "Message")}));
}

Error query_error(const Answer& answer) {
  const auto root = read_xml(answer.body);
  const Element* error = root ? child(*root, "Error") : nullptr;
  if (!error) return page_error(answer);
  Error out = error_of(answer, bare_code(text_at(*error, {"Code"})), text_at(*error, {"Message"}));
  if (out.request_id.empty())
    out.request_id = one_line(text_at(*root, {"RequestId"}), page_bytes_max);
  return out;
}

Kind kind_of(std::string_view code, int status) {
  if (throttled({.status = status, .code = std::string{code}})) return Kind::unavailable;
  std::string_view bare = code;
  if (bare.ends_with("Exception")) bare.remove_suffix(9);
  for (const Known& one : known) {
    if (one.code == bare) return one.kind;
  }
  if (bare.find("NotFound") != std::string_view::npos) return Kind::not_found;
  if (bare.find("AlreadyExists") != std::string_view::npos) return Kind::conflict;
  const auto found = std::find_if(statuses.begin(), statuses.end(), [&](const Status& one) {
    return one.status == status && one.text == code;
  });
  if (found != statuses.end()) return found->kind;
  return status >= 500 || status == 0 ? Kind::unavailable : Kind::invalid;
}

}  // namespace sy::aws
