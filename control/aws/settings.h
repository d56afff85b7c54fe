// What the flags, the environment and the profile come to: the decisions a client is made of. Reads
// the two files of profiles through a World; asks nobody.
#pragma once
#include <string>

#include "control/aws/acquire.h"
#include "control/aws/client.h"
#include "control/aws/profile.h"
#include "control/aws/source.h"

namespace sy::aws {

struct Settings {
  ClientOptions options;
  Profiles profiles;
  std::string profile;  // the selected one; it need not exist
  std::string region;
  bool fips = false;
  bool dual_stack = false;
  std::string ca_bundle;
  int attempts_max = 3;
  Plan plan;
  std::string source;  // in words

  // Where a service is asked, or why it may not be.
  [[nodiscard]] Result<Endpoint> endpoint(const Service& service) const;
  [[nodiscard]] Place place(const Service& service) const;
  // The credentials can be fetched again when they expire.
  [[nodiscard]] bool renewable() const;
};

[[nodiscard]] Result<Settings> settle(const ClientOptions& options, World& world);

}  // namespace sy::aws
