#include "control/aws/source.h"

#include <algorithm>
#include <optional>

#include "control/aws/endpoint.h"
#include "control/aws/sigv4.h"
#include "control/aws/text.h"

namespace sy::aws {
namespace {

using Choice = std::optional<Result<Plan>>;

Error refuse(std::string what) { return Error{Kind::auth, "", std::move(what), 0, ""}; }

std::string or_nothing(const Environment& environment, std::string_view name) {
  return value_of(environment, name).value_or("");
}

Choice keys_of(const Environment& environment) {
  const auto id = value_of(environment, "AWS_ACCESS_KEY_ID");
  if (!id) return std::nullopt;
  const auto secret = value_of(environment, "AWS_SECRET_ACCESS_KEY");
  if (!secret) return refuse("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
  Credentials keys{.access_key_id = *id,
                   .secret_access_key = *secret,
                   .session_token = or_nothing(environment, "AWS_SESSION_TOKEN"),
                   .account_id = or_nothing(environment, "AWS_ACCOUNT_ID"),
                   .expires = std::nullopt};
  if (keys.session_token.empty())
    keys.session_token = or_nothing(environment, "AWS_SECURITY_TOKEN");
  if (const auto until = value_of(environment, "AWS_CREDENTIAL_EXPIRATION")) {
    keys.expires = read_iso_date(trimmed(*until));
    if (!keys.expires)
      return refuse(
          "AWS_CREDENTIAL_EXPIRATION is not a date such as "
          "2026-01-31T12:00:00Z");
  }
  return Plan{keys, {}};
}

Choice identity_of(const Environment& environment) {
  const auto file = value_of(environment, "AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!file) return std::nullopt;
  const auto role = value_of(environment, "AWS_ROLE_ARN");
  if (!role) return refuse("AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
  return Plan{WebIdentity{*role, *file, or_nothing(environment, "AWS_ROLE_SESSION_NAME")}, {}};
}

Choice workflow_of(const Asked& asked) {
  const auto url = value_of(asked.environment, "ACTIONS_ID_TOKEN_REQUEST_URL");
  const auto bearer = value_of(asked.environment, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (!url || !bearer || asked.role_arn.empty()) return std::nullopt;
  return Plan{Workflow{*url, *bearer, std::string{asked.role_arn}}, {}};
}

// A secret is sent there, so plain http only to where no network lies between.
bool container_host_allowed(std::string_view host) {
  const std::string_view bare =
      host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return is_loopback(host) || bare == "169.254.170.2" || bare == "169.254.170.23" ||
         bare == "[fd00:ec2::23]";
}

Choice container_of(const Environment& environment) {
  Container out;
  out.token_file = or_nothing(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  out.token = or_nothing(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto path = value_of(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    if (!path->starts_with('/'))
      return refuse("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must begin with /");
    out.url = "http://169.254.170.2" + *path;
    return Plan{out, {}};
  }
  const auto url = value_of(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!url) return std::nullopt;
  const auto host = host_of(*url);
  const bool tls = same_name(url->substr(0, 8), "https://");
  if (!host || (!tls && !container_host_allowed(*host)))
    return refuse(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or an address of this "
        "machine or of its container agent");
  out.url = *url;
  return Plan{out, {}};
}

Choice instance_of(const Environment& environment) {
  if (same_name(or_nothing(environment, "AWS_EC2_METADATA_DISABLED"), "true")) return std::nullopt;
  Instance out;
  if (auto endpoint = value_of(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    while (endpoint->ends_with('/')) endpoint->pop_back();
    out.endpoint = *endpoint;
  } else if (same_name(or_nothing(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "ipv6")) {
    out.endpoint = "http://[fd00:ec2::254]";
  }
  return Plan{out, {}};
}

Choice by_name(std::string_view name, const Environment& environment) {
  if (name == "Environment") return keys_of(environment);
  if (name == "EcsContainer") return container_of(environment);
  if (name == "Ec2InstanceMetadata") return instance_of(environment);
  return refuse("credential_source \"" + std::string{name} +
                "\" is none of Environment, EcsContainer and Ec2InstanceMetadata");
}

Result<Plan> named(const NamedSource& source, const Environment& environment) {
  if (const auto choice = by_name(source.name, environment)) return *choice;
  return refuse("the profile's credential_source " + source.name + " is not to be had here");
}

struct ToPlan {
  const Environment& environment;

  Result<Plan> operator()(const Credentials& keys) const { return Plan{keys, {}}; }
  Result<Plan> operator()(const NamedSource& source) const { return named(source, environment); }
  Result<Plan> operator()(const WebIdentity& identity) const { return Plan{identity, {}}; }
  Result<Plan> operator()(const Command& command) const { return Plan{command, {}}; }
  Result<Plan> operator()(const SingleSignOn&) const {
    return refuse(
        "the profile signs in with SSO, which is not supported: run `eval \"$(aws configure "
        "export-credentials --format env)\"` first");
  }
};

Choice profile_of(const Asked& asked) {
  const std::string name = selected_profile(asked.profile, asked.environment);
  const bool meant = !asked.profile.empty() || value_of(asked.environment, "AWS_PROFILE") ||
                     value_of(asked.environment, "AWS_DEFAULT_PROFILE");
  if (asked.profiles.profiles.count(name) == 0) {
    if (!meant) return std::nullopt;
    return refuse("profile `" + name + "` is in neither the config nor the credentials file");
  }
  const auto chain = plan_chain(asked.profiles, name);
  if (!chain && chain.error().kind == Kind::not_found) return std::nullopt;
  if (!chain) return refuse(chain.error().what);
  auto plan = std::visit(ToPlan{asked.environment}, chain->source);
  if (plan) plan->roles = chain->roles;
  return plan;
}

}  // namespace

Result<Plan> choose_source(const Asked& asked) {
  const bool by_flag = !asked.profile.empty();
  Choice choice;
  if (!by_flag) choice = keys_of(asked.environment);
  if (!choice) choice = profile_of(asked);
  if (!choice && !by_flag) choice = identity_of(asked.environment);
  if (!choice) choice = workflow_of(asked);
  if (!choice) choice = container_of(asked.environment);
  if (!choice) choice = instance_of(asked.environment);
  if (choice) return *choice;
  return refuse(
      "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run "
      "where a role is given");
}

Result<std::string> container_token(std::string_view text) {
  const bool broken = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (broken) return refuse("the container's authorization token has a line end in it");
  return std::string{text};
}

}  // namespace sy::aws
