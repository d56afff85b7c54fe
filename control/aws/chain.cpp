#include "control/aws/chain.h"

#include <algorithm>
#include <optional>

namespace sy::aws {
namespace {

std::string get(const Properties& profile, std::string_view key) {
  const auto found = profile.find(key);
  return found == profile.end() ? "" : found->second;
}

bool has(const Properties& profile, std::string_view key) { return profile.count(key) > 0; }

struct Named {
  std::string name;
  const Properties& properties;
};

Result<Source> access_key(const Named& profile) {
  const bool id = has(profile.properties, "aws_access_key_id");
  const bool secret = has(profile.properties, "aws_secret_access_key");
  if (!id && !secret)
    return Error{Kind::not_found, "",
                 "profile `" + profile.name + "` did not contain credential information", 0, ""};
  if (!id) return mistake("profile missing aws_access_key_id");
  if (!secret) return mistake("profile missing aws_secret_access_key");
  return Source{Credentials{.access_key_id = get(profile.properties, "aws_access_key_id"),
                            .secret_access_key = get(profile.properties, "aws_secret_access_key"),
                            .session_token = get(profile.properties, "aws_session_token"),
                            .account_id = get(profile.properties, "aws_account_id"),
                            .expires = std::nullopt}};
}

Result<Source> web_identity(const Properties& profile) {
  if (!has(profile, "role_arn"))
    return mistake("`role_arn` was missing beside web_identity_token_file");
  return Source{WebIdentity{get(profile, "role_arn"), get(profile, "web_identity_token_file"),
                            get(profile, "role_session_name")}};
}

Result<Source> sso_session(const Profiles& all, const Named& profile) {
  const std::string session = get(profile.properties, "sso_session");
  for (const char* key : {"sso_region", "sso_start_url"}) {
    if (has(profile.properties, key))
      return mistake(std::string{"`"} + key +
                     "` can only be specified in the [sso-session] config when a session name is "
                     "given");
  }
  const auto found = all.sso_sessions.find(session);
  if (found == all.sso_sessions.end())
    return mistake("sso-session named `" + session + "` (referenced by profile `" + profile.name +
                   "`) was not found");
  return Source{SingleSignOn{
      session, get(profile.properties, "sso_account_id"), get(profile.properties, "sso_role_name"),
      get(found->second, "sso_region"), get(found->second, "sso_start_url")}};
}

std::optional<Result<Source>> single_sign_on(const Profiles& all, const Named& profile) {
  const bool account = has(profile.properties, "sso_account_id");
  const bool role = has(profile.properties, "sso_role_name");
  const bool session = has(profile.properties, "sso_session");
  if (!account && !role && !session) return std::nullopt;
  if (role && !account)
    return mistake("if `sso_role_name` is set, then `sso_account_id` must also be set");
  if (account && !role)
    return mistake("if `sso_account_id` is set, then `sso_role_name` must also be set");
  if (session) return sso_session(all, profile);
  for (const char* key : {"sso_region", "sso_start_url"}) {
    if (!has(profile.properties, key)) return mistake("profile missing " + std::string{key});
  }
  return Source{SingleSignOn{
      "", get(profile.properties, "sso_account_id"), get(profile.properties, "sso_role_name"),
      get(profile.properties, "sso_region"), get(profile.properties, "sso_start_url")}};
}

Result<Source> source_of(const Profiles& all, const Named& profile) {
  if (has(profile.properties, "credential_source"))
    return Source{NamedSource{get(profile.properties, "credential_source")}};
  if (has(profile.properties, "web_identity_token_file")) return web_identity(profile.properties);
  if (auto sso = single_sign_on(all, profile)) return *sso;
  if (has(profile.properties, "credential_process"))
    return Source{Command{get(profile.properties, "credential_process"),
                          get(profile.properties, "aws_account_id")}};
  return access_key(profile);
}

// A token of a web identity is where credentials begin, not a role taken on top of others.
bool assumes_role(const Properties& profile) {
  return has(profile, "role_arn") && !has(profile, "web_identity_token_file");
}

// The profile whose credentials assume this one's role; this one itself when they are its own.
Result<std::string> next_profile(const Named& profile) {
  const bool source = has(profile.properties, "source_profile");
  const bool named = has(profile.properties, "credential_source");
  if (source && named)
    return mistake(
        "profile contained both source_profile and credential_source; only one can be defined");
  if (!source && !named)
    return mistake(
        "profile must contain `source_profile` or `credential_source` but neither were defined");
  return source ? get(profile.properties, "source_profile") : profile.name;
}

Role role_of(const Properties& profile) {
  return {get(profile, "role_arn"), get(profile, "external_id"), get(profile, "role_session_name"),
          get(profile, "duration_seconds"), get(profile, "mfa_serial")};
}

Result<Chain> finish(const Result<Source>& source, std::vector<Role> roles) {
  if (!source) {
    Error error = source.error();
    if (!roles.empty()) error.kind = Kind::invalid;
    return error;
  }
  std::reverse(roles.begin(), roles.end());
  return Chain{*source, std::move(roles)};
}

}  // namespace

Result<Chain> plan_chain(const Profiles& all, std::string_view profile) {
  if (all.profiles.empty()) return mistake("No profiles were defined");
  std::vector<std::string> visited;
  std::vector<Role> roles;
  std::string name{profile};
  for (;;) {
    const auto found = all.profiles.find(name);
    if (found == all.profiles.end() && visited.empty())
      return mistake("profile `" + name + "` was not defined");
    if (found == all.profiles.end())
      return mistake("could not find source profile " + name + " referenced from " +
                     visited.back());
    if (std::find(visited.begin(), visited.end(), name) != visited.end())
      return mistake("profile formed an infinite loop: " + name + " leads back to itself");
    const Named here{name, found->second};
    visited.push_back(name);
    // Keys that stand in a source profile are meant; those in the selected one are not, if it
    // names a role.
    if (visited.size() > 1) {
      if (const auto keys = access_key(here)) return finish(keys, std::move(roles));
    }
    if (!assumes_role(here.properties)) return finish(source_of(all, here), std::move(roles));
    const auto next = next_profile(here);
    if (!next) return next.error();
    roles.push_back(role_of(here.properties));
    if (*next == name) return finish(source_of(all, here), std::move(roles));
    name = *next;
  }
}

}  // namespace sy::aws
