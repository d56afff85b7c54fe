// Where a service answers: the rules of AWS for the few services used here, with the facts of
// their partitions compiled in, and the endpoints that people configure instead.
#pragma once
#include <string>
#include <string_view>

#include "control/aws/error.h"
#include "control/aws/profile.h"

namespace sy::aws {

struct Service {
  std::string_view host;          // "api.ecr" before ".us-east-1.amazonaws.com"
  std::string_view signing_name;  // "ecr"
  std::string_view id;            // "ECR", as in AWS_ENDPOINT_URL_ECR and `ecr =` in a profile
};

inline constexpr Service ecs{"ecs", "ecs", "ECS"};
inline constexpr Service ssm{"ssm", "ssm", "SSM"};
inline constexpr Service sts{"sts", "sts", "STS"};
inline constexpr Service ecr{"api.ecr", "ecr", "ECR"};
inline constexpr Service logs{"logs", "logs", "CloudWatch Logs"};
inline constexpr Service service_discovery{"servicediscovery", "servicediscovery",
                                           "ServiceDiscovery"};

struct Place {
  std::string region;
  bool fips = false;
  bool dual_stack = false;
  std::string custom;  // a URL that people gave; empty: work it out
};

struct Endpoint {
  std::string url;  // without a slash at its end
  std::string signing_region;
  bool operator==(const Endpoint&) const = default;
};

[[nodiscard]] Result<Endpoint> endpoint_of(const Service& service, const Place& place);

struct Partition {
  std::string_view id;
  std::string_view suffix;
  std::string_view dual_stack_suffix;
  std::string_view global_region;
};

// The partition of a region that matches none is "aws", as in every SDK.
[[nodiscard]] const Partition& partition_of(std::string_view region);

// Whether AWS lists a FIPS endpoint there; the rules would build a name for any region.
[[nodiscard]] bool fips_listed(const Service& service, std::string_view region);

struct Configured {
  std::string_view flag;  // --endpoint-url
  const Environment& environment;
  const Profiles& profiles;
  std::string_view profile;
  bool ignore = false;  // what is configured, not what the flag says
};

// flag → AWS_ENDPOINT_URL_<SERVICE> → AWS_ENDPOINT_URL → the profile's services section → the
// profile's endpoint_url; empty when there is none.
[[nodiscard]] std::string configured_endpoint(const Configured& from, std::string_view service_id);

// Plain http is for this machine only, unless `insecure`.
[[nodiscard]] Result<> endpoint_allowed(std::string_view url, bool insecure);

// localhost, 127.0.0.0/8 and ::1; `host` as in a URL, with or without port and brackets.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace sy::aws
