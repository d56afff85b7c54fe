// Where credentials come from on this machine, decided from its environment and profiles alone;
// nobody is asked yet.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control/aws/chain.h"
#include "control/aws/credentials.h"
#include "control/aws/error.h"
#include "control/aws/profile.h"

namespace sy::aws {

// The endpoint that ECS, or EKS, gives a container.
struct Container {
  std::string url;
  std::string token_file;  // wins over `token`; read anew each time
  std::string token;
  bool operator==(const Container&) const = default;
};

// The metadata service of an EC2 instance, version 2 only.
struct Instance {
  std::string endpoint = "http://169.254.169.254";
  bool operator==(const Instance&) const = default;
};

// A token of the workflow that runs us, asked for anew each time.
struct Workflow {
  std::string url;
  std::string bearer;
  std::string role_arn;
  bool operator==(const Workflow&) const = default;
};

using Origin = std::variant<Credentials, WebIdentity, Command, Workflow, Container, Instance>;

struct Plan {
  Origin origin;
  std::vector<Role> roles;  // assumed one after another, from the origin on
};

struct Asked {
  std::string_view profile;   // --profile; given, the keys of the environment do not count
  std::string_view role_arn;  // the role that a workflow's token may assume
  const Environment& environment;
  const Profiles& profiles;
};

// The environment's keys → the profile → a web identity → a workflow's token → the container → the
// instance.
[[nodiscard]] Result<Plan> choose_source(const Asked& asked);

// What may be sent as Authorization to a container's endpoint. The error does not repeat it.
[[nodiscard]] Result<std::string> container_token(std::string_view text);

}  // namespace sy::aws
