// From a profile to the credentials it means, as a plan: where they begin, and which roles are
// assumed one after another. Nothing is read and nobody is asked.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control/aws/credentials.h"
#include "control/aws/error.h"
#include "control/aws/profile.h"

namespace sy::aws {

// "Environment", "EcsContainer" or "Ec2InstanceMetadata".
struct NamedSource {
  std::string name;
  bool operator==(const NamedSource&) const = default;
};
struct WebIdentity {
  std::string role_arn;
  std::string token_file;
  std::string session_name;  // empty: ours to choose
  bool operator==(const WebIdentity&) const = default;
};
struct SingleSignOn {
  std::string session;  // empty: the older form, all of it in the profile
  std::string account_id;
  std::string role_name;
  std::string region;
  std::string start_url;
  bool operator==(const SingleSignOn&) const = default;
};
struct Command {
  std::string line;
  std::string account_id;  // for an answer that names none
  bool operator==(const Command&) const = default;
};
using Source = std::variant<Credentials, NamedSource, WebIdentity, SingleSignOn, Command>;

struct Role {
  std::string arn;
  std::string external_id;
  std::string session_name;
  std::string duration_seconds;
  std::string mfa_serial;
  bool operator==(const Role&) const = default;
};

struct Chain {
  Source source;
  std::vector<Role> roles;  // in the order they are assumed
};

// An error of the kind not_found: the profile says nothing of credentials, so others may.
[[nodiscard]] Result<Chain> plan_chain(const Profiles& all, std::string_view profile);

}  // namespace sy::aws
