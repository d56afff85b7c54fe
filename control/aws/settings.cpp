#include "control/aws/settings.h"

#include <charconv>

#include "control/aws/text.h"

namespace sy::aws {
namespace {

constexpr int attempts_most = 20;

// A file that is not there says nothing.
Result<std::string> read_or_nothing(World& world, const std::string& path) {
  auto text = world.read(path);
  if (!text && text.error().kind == Kind::not_found) return std::string{};
  return text;
}

Result<Profiles> profiles_of(const Environment& environment, World& world) {
  const FileLocations at = file_locations(environment);
  const auto config = read_or_nothing(world, at.config);
  if (!config) return config.error();
  const auto credentials = read_or_nothing(world, at.credentials);
  if (!credentials) return credentials.error();
  return read_profiles(*config, *credentials);
}

std::string property(const Properties& profile, std::string_view key) {
  const auto found = profile.find(key);
  return found == profile.end() ? "" : found->second;
}

Result<int> attempts_of(const ClientOptions& options, const Properties& profile) {
  if (options.attempts_max > 0) return std::min(options.attempts_max, attempts_most);
  const auto variable = value_of(options.environment, "AWS_MAX_ATTEMPTS");
  const std::string text = variable ? *variable : property(profile, "max_attempts");
  if (text.empty()) return RetryOptions{}.attempts_max;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1)
    return mistake("AWS_MAX_ATTEMPTS (max_attempts) must be a number from 1 on");
  return std::min(value, attempts_most);
}

bool of_environment(const ClientOptions& options, const Plan& plan) {
  const auto* keys = std::get_if<Credentials>(&plan.origin);
  return keys && options.profile.empty() &&
         value_of(options.environment, "AWS_ACCESS_KEY_ID") == keys->access_key_id;
}

struct InWords {
  const Settings& settings;
  std::string operator()(const Credentials&) const {
    if (of_environment(settings.options, settings.plan)) return "the environment";
    return "profile " + settings.profile;
  }
  std::string operator()(const WebIdentity& identity) const {
    return "the web identity in " + identity.token_file;
  }
  std::string operator()(const Command&) const {
    return "the credential_process of profile " + settings.profile;
  }
  std::string operator()(const Workflow& workflow) const {
    return "this workflow's identity as " + workflow.role_arn;
  }
  std::string operator()(const Container&) const { return "the container's endpoint"; }
  std::string operator()(const Instance&) const { return "the instance's metadata"; }
};

std::string in_words(const Settings& settings) {
  std::string out = std::visit(InWords{settings}, settings.plan.origin);
  for (const Role& role : settings.plan.roles) out += ", then " + role.arn;
  return out;
}

// Keys that came without a date of their end, which somebody else knows.
Result<> add_expiry(const ClientOptions& options, Plan& plan) {
  auto* keys = std::get_if<Credentials>(&plan.origin);
  if (!keys || keys->expires || options.keys_expire.empty() || !of_environment(options, plan))
    return {};
  keys->expires = read_iso_date(trimmed(options.keys_expire));
  if (!keys->expires)
    return mistake(
        "the expiration of the environment's credentials is not a date such as "
        "2026-01-31T12:00:00Z");
  return {};
}

}  // namespace

Place Settings::place(const Service& service) const {
  const Configured from{options.endpoint_url, options.environment, profiles, profile};
  return {.region = region,
          .fips = fips,
          .dual_stack = dual_stack,
          .custom = configured_endpoint(from, service.id)};
}

Result<Endpoint> Settings::endpoint(const Service& service) const {
  const Place at = place(service);
  if (at.fips && at.custom.empty() && !fips_listed(service, region))
    return mistake("there is no FIPS endpoint for " + std::string{service.id} + " in " + region +
                   ": choose a region that has one, or do without FIPS");
  auto out = endpoint_of(service, at);
  if (!out) return out;
  if (const auto allowed = endpoint_allowed(out->url, options.insecure_endpoint); !allowed)
    return allowed.error();
  return out;
}

bool Settings::renewable() const {
  return !std::holds_alternative<Credentials>(plan.origin) || !plan.roles.empty();
}

Result<Settings> settle(const ClientOptions& options, World& world) {
  Settings out;
  out.options = options;
  auto profiles = profiles_of(options.environment, world);
  if (!profiles) return profiles.error();
  out.profiles = std::move(*profiles);
  out.profile = selected_profile(options.profile, options.environment);
  const auto found = out.profiles.profiles.find(out.profile);
  const Properties profile = found == out.profiles.profiles.end() ? Properties{} : found->second;
  auto region = selected_region(options.region, options.environment, profile);
  if (!region) return region.error();
  out.region = std::move(*region);
  const Environment& environment = options.environment;
  out.fips = options.fips ||
             switched_on(environment, "AWS_USE_FIPS_ENDPOINT", profile, "use_fips_endpoint");
  out.dual_stack =
      switched_on(environment, "AWS_USE_DUALSTACK_ENDPOINT", profile, "use_dualstack_endpoint");
  out.ca_bundle = options.ca_bundle;
  if (out.ca_bundle.empty())
    out.ca_bundle = value_of(environment, "AWS_CA_BUNDLE").value_or(property(profile, "ca_bundle"));
  const auto attempts = attempts_of(options, profile);
  if (!attempts) return attempts.error();
  out.attempts_max = *attempts;
  auto plan = choose_source({options.profile, options.role_arn, environment, out.profiles});
  if (!plan) return plan.error();
  out.plan = std::move(*plan);
  if (const auto added = add_expiry(options, out.plan); !added) return added.error();
  out.source = in_words(out);
  return out;
}

}  // namespace sy::aws
