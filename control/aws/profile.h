// ~/.aws/config and ~/.aws/credentials: where they are, what they say, merged. Text in, text out;
// the caller reads the files.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "control/aws/error.h"

namespace sy::aws {

// The variables of the environment. One that is blank is not set: some tools export '' to clear.
using Environment = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] std::optional<std::string> value_of(const Environment& environment,
                                                  std::string_view name);

// Keys are lower case; a value that is a group of sub-properties is "\nkey = value\n…".
using Properties = std::map<std::string, std::string, std::less<>>;
using Sections = std::map<std::string, Properties, std::less<>>;

[[nodiscard]] std::optional<std::string> value_of(const Properties& properties,
                                                  std::string_view key, std::string_view sub_key);

struct Profiles {
  Sections profiles;
  Sections sso_sessions;
  Sections services;
  bool operator==(const Profiles&) const = default;
};

// Both files merged, property by property; the credentials file wins. Errors name file and line and
// never a value.
[[nodiscard]] Result<Profiles> read_profiles(std::string_view config, std::string_view credentials);

struct FileLocations {
  std::string config;
  std::string credentials;
};
[[nodiscard]] FileLocations file_locations(const Environment& environment);

// --profile, or AWS_PROFILE, or AWS_DEFAULT_PROFILE, or "default".
[[nodiscard]] std::string selected_profile(std::string_view flag, const Environment& environment);

// --region, or AWS_REGION, or AWS_DEFAULT_REGION, or the profile's; must look like a region.
[[nodiscard]] Result<std::string> selected_region(std::string_view flag,
                                                  const Environment& environment,
                                                  const Properties& profile);

// A switch such as AWS_USE_FIPS_ENDPOINT or use_fips_endpoint; the variable decides when it is set.
[[nodiscard]] bool switched_on(const Environment& environment, std::string_view variable,
                               const Properties& profile, std::string_view key);

}  // namespace sy::aws
