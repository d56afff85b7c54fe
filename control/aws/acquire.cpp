#include "control/aws/acquire.h"

#include <boost/json.hpp>

#include "control/aws/clock_skew.h"
#include "control/aws/sigv4.h"
#include "control/aws/sts.h"
#include "control/aws/text.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;

Error failed(Kind kind, std::string what) { return Error{kind, "", std::move(what), 0, ""}; }

Error stopped() { return failed(Kind::interrupted, "interrupted"); }

// A URL as the base and the target of a call.
Call get(std::string_view url) {
  const auto path = url.find('/', url.find("://") + 3);
  Call out;
  out.base = url.substr(0, path);
  out.request.method = "GET";
  out.request.target = path == std::string_view::npos ? "/" : std::string{url.substr(path)};
  return out;
}

// Signed anew for each attempt when `keys` are given.
Call sts_call(Call call, const Endpoint& endpoint, const Credentials* keys, Moment now) {
  if (!keys) return call;
  const auto when = std::chrono::floor<std::chrono::seconds>(now);
  const Scope scope{endpoint.signing_region, std::string{sts.signing_name}};
  const Fields extra = sign(call.request, *keys, scope, when);
  call.request.fields.insert(call.request.fields.end(), extra.begin(), extra.end());
  return call;
}

// `asked`: the time it was signed with, so that what the answer says of it is what is wrong with
// it.
Attempt attempt_of(const Answer& answer, Moment asked) {
  Attempt out;
  out.status = answer.status;
  if (is_success(answer)) return out;
  out.code = query_error(answer).code;
  out.skewed = explained_by_skew(out.code, ClockSkew{}.learn(asked, asked, answer.fields));
  out.retry_after = std::string{find(answer.fields, "x-amz-retry-after").value_or("")};
  return out;
}

Result<Credentials> ask_sts(Request request, const StsAccess& access, const Credentials* keys,
                            World& world) {
  const auto endpoint = endpoint_of(sts, access.place);
  if (!endpoint) return endpoint.error();
  const auto host = host_of(endpoint->url);
  if (!host) return host.error();
  Call call = get(endpoint->url);
  request.target = call.request.target;
  request.fields.push_back({"Host", *host});
  call.request = std::move(request);
  RetryQuota quota;
  Retry retry{{}, quota};
  for (;;) {
    const Moment now = world.now();
    const auto answer = world.fetch(sts_call(call, *endpoint, keys, now));
    if (!answer && answer.error().kind != Kind::unavailable) return answer.error();
    const auto attempt = answer ? attempt_of(*answer, now) : Attempt{};
    const auto delay = retry.after(attempt, world.chance());
    if (!delay && !answer) return answer.error();
    if (!delay) return read_assumed(*answer);
    if (!world.wait(*delay)) return stopped();
  }
}

// Of an endpoint on this machine. Three tries for one that answers badly; one that does not answer
// is not there.
Result<std::string> ask_locally(Call call, World& world) {
  call.direct = true;
  for (int attempt = 1;; ++attempt) {
    const auto answer = world.fetch(call);
    if (!answer) return answer.error();
    if (is_success(*answer)) return answer->body;
    if (answer->status < 500 || attempt == 3) return json_error(*answer);
    if (!world.wait(1s)) return stopped();
  }
}

struct Begin {
  const StsAccess& access;
  World& world;

  Result<Credentials> operator()(const Credentials& keys) const { return keys; }

  Result<Credentials> operator()(const WebIdentity& identity) const {
    const auto token = world.read(identity.token_file);
    if (!token) return token.error();
    return ask_sts(assume_role(identity, *token, access.session_name), access, nullptr, world);
  }

  Result<Credentials> operator()(const Command& command) const {
    const auto printed = world.run(command.line);
    if (!printed) return printed.error();
    auto keys = read_credentials(*printed);
    if (keys && keys->account_id.empty()) keys->account_id = command.account_id;
    return keys;
  }

  Result<Credentials> operator()(const Workflow& workflow) const {
    if (const auto safe = endpoint_allowed(workflow.url, false); !safe) return safe.error();
    const char separator = workflow.url.find('?') == std::string::npos ? '?' : '&';
    const bool china = partition_of(access.place.region).id == "aws-cn";
    Call call = get(workflow.url + separator + "audience=sts.amazonaws.com" + (china ? ".cn" : ""));
    call.request.fields.push_back({"Authorization", "bearer " + workflow.bearer});
    const auto answer = world.fetch(call);
    if (!answer) return answer.error();
    if (!is_success(*answer)) return json_error(*answer);
    const auto token = workflow_token(answer->body);
    if (!token) return token.error();
    const WebIdentity identity{workflow.role_arn, "", ""};
    return ask_sts(assume_role(identity, *token, access.session_name), access, nullptr, world);
  }

  Result<Credentials> operator()(const Container& container) const {
    Call call = get(container.url);
    call.timeout = 2s;
    call.request.fields.push_back({"Accept", "application/json"});
    std::string token = container.token;
    if (!container.token_file.empty()) {
      auto read = world.read(container.token_file);
      if (!read) return read.error();
      token = std::move(*read);
    }
    const auto allowed = container_token(token);
    if (!allowed) return allowed.error();
    if (!allowed->empty()) call.request.fields.push_back({"Authorization", *allowed});
    const auto body = ask_locally(call, world);
    if (!body) return body.error();
    return read_credentials(*body);
  }

  Result<Credentials> operator()(const Instance& instance) const {
    Call call = get(instance.endpoint + "/latest/api/token");
    call.timeout = 1s;
    call.request.method = "PUT";
    call.request.fields = {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    const auto token = ask_locally(call, world);
    if (!token) return token.error();
    call.request.method = "GET";
    call.request.target = "/latest/meta-data/iam/security-credentials/";
    call.request.fields = {{"x-aws-ec2-metadata-token", std::string{trimmed(*token)}}};
    const auto role = ask_locally(call, world);
    if (!role) return role.error();
    call.request.target += percent_encoded(trimmed(role->substr(0, role->find('\n'))));
    const auto body = ask_locally(call, world);
    if (!body) return body.error();
    return read_credentials(*body);
  }

 private:
  static Result<std::string> workflow_token(std::string_view body) {
    boost::system::error_code error;
    const auto read = boost::json::parse(body, error);
    const auto* object = error ? nullptr : read.if_object();
    const auto* token = object ? object->if_contains("value") : nullptr;
    if (!token || !token->is_string())
      return failed(Kind::auth, "the workflow's token was not in the answer");
    return std::string{token->get_string()};
  }
};

}  // namespace

Result<Credentials> acquire(const Plan& plan, const StsAccess& access, World& world) {
  auto keys = std::visit(Begin{access, world}, plan.origin);
  for (const Role& role : plan.roles) {
    if (!keys) return keys;
    if (!role.mfa_serial.empty())
      return failed(Kind::auth, "the role " + role.arn + " wants a code of " + role.mfa_serial +
                                    ", which cannot be typed here");
    const Credentials base = *keys;
    keys = ask_sts(assume_role(role, access.session_name), access, &base, world);
  }
  return keys;
}

}  // namespace sy::aws
