#include "control/aws/endpoint.h"

#include <algorithm>
#include <array>

#include "control/aws/sigv4.h"
#include "control/aws/text.h"

namespace sy::aws {
namespace {

// partitions.json of botocore 1.43; the first is also that of regions nobody knows.
constexpr std::array<Partition, 8> partitions{{
    {"aws", "amazonaws.com", "api.aws", "us-east-1"},
    {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"},
    {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"},
    {"aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"},
    {"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"},
    {"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"},
    {"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"},
    {"aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1"},
}};

struct Beginning {
  std::string_view text;
  std::string_view partition;
};
constexpr std::array<Beginning, 7> beginnings{{{"cn-", "aws-cn"},
                                               {"eusc-", "aws-eusc"},
                                               {"us-iso-", "aws-iso"},
                                               {"us-isob-", "aws-iso-b"},
                                               {"eu-isoe-", "aws-iso-e"},
                                               {"us-isof-", "aws-iso-f"},
                                               {"us-gov-", "aws-us-gov"}}};

// Where the plain host has answered with FIPS modules all along.
bool plain_is_fips(const Service& service, const Partition& partition) {
  return partition.id == "aws-us-gov" &&
         (service.id == "SSM" || service.id == "STS" || service.id == "CloudWatch Logs");
}

std::string host_name(const Service& service, const Place& place, const Partition& partition) {
  std::string name{service.host};
  const bool is_ecr = service.id == "ECR";
  // botocore's rules say api.ecr-fips, its list of endpoints ecr-fips; the list is what resolves.
  const bool listed = partition.id == "aws" || partition.id == "aws-us-gov";
  if (is_ecr && (place.dual_stack || (place.fips && listed))) name = "ecr";
  if (place.fips && (place.dual_stack || !plain_is_fips(service, partition))) name += "-fips";
  return name;
}

std::string upper_id(std::string_view id) {
  std::string out;
  for (const char c : id) {
    const bool letter = to_lower(c) >= 'a' && to_lower(c) <= 'z';
    out += letter ? static_cast<char>(to_lower(c) - 'a' + 'A') : c == ' ' || c == '-' ? '_' : c;
  }
  return out;
}

std::string of_profile(const Profiles& all, std::string_view name, std::string_view service_id) {
  const auto profile = all.profiles.find(name);
  if (profile == all.profiles.end()) return "";
  const Properties& own = profile->second;
  const auto services = own.find("services");
  if (services != own.end()) {
    const auto section = all.services.find(services->second);
    const std::string key = lowered(upper_id(service_id));
    const auto url = section == all.services.end() ? std::nullopt
                                                   : value_of(section->second, key, "endpoint_url");
    if (url && !url->empty()) return *url;
  }
  const auto global = own.find("endpoint_url");
  return global == own.end() ? "" : global->second;
}

bool ignored(const Configured& from) {
  static const Properties none;
  const auto profile = from.profiles.profiles.find(from.profile);
  return from.ignore ||
         switched_on(from.environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                     profile == from.profiles.profiles.end() ? none : profile->second,
                     "ignore_configured_endpoint_urls");
}

}  // namespace

const Partition& partition_of(std::string_view region) {
  std::string_view id = "aws";
  for (const Beginning& beginning : beginnings) {
    if (region.starts_with(beginning.text)) id = beginning.partition;
  }
  if (region.ends_with("-global")) id = region.substr(0, region.size() - 7);
  const auto found = std::find_if(partitions.begin(), partitions.end(),
                                  [&](const Partition& one) { return one.id == id; });
  return found == partitions.end() ? partitions.front() : *found;
}

bool fips_listed(const Service& service, std::string_view region) {
  static constexpr std::array<std::string_view, 6> everywhere{
      "us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"};
  if (std::find(everywhere.begin(), everywhere.end(), region) != everywhere.end()) return true;
  const bool canada = region == "ca-central-1" || region == "ca-west-1";
  return canada && service.id != "ECS" && service.id != "STS" && service.id != "ECR";
}

Result<Endpoint> endpoint_of(const Service& service, const Place& place) {
  if (!place.custom.empty()) {
    if (place.fips)
      return mistake("Invalid Configuration: FIPS and custom endpoint are not supported");
    if (place.dual_stack)
      return mistake("Invalid Configuration: Dualstack and custom endpoint are not supported");
    std::string url = place.custom;
    while (url.ends_with('/')) url.pop_back();
    return Endpoint{url, place.region};
  }
  if (place.region.empty()) return mistake("Invalid Configuration: Missing Region");
  const Partition& partition = partition_of(place.region);
  if (service.id == "STS" && place.region == "aws-global")
    return Endpoint{"https://sts.amazonaws.com", std::string{partition.global_region}};
  const std::string_view suffix = place.dual_stack ? partition.dual_stack_suffix : partition.suffix;
  return Endpoint{"https://" + host_name(service, place, partition) + '.' + place.region + '.' +
                      std::string{suffix},
                  place.region};
}

std::string configured_endpoint(const Configured& from, std::string_view service_id) {
  if (!from.flag.empty()) return std::string{from.flag};
  if (ignored(from)) return "";
  if (const auto url = value_of(from.environment, "AWS_ENDPOINT_URL_" + upper_id(service_id)))
    return *url;
  if (const auto url = value_of(from.environment, "AWS_ENDPOINT_URL")) return *url;
  return of_profile(from.profiles, from.profile, service_id);
}

Result<> endpoint_allowed(std::string_view url, bool insecure) {
  const auto host = host_of(url);
  if (!host) return host.error();
  const bool tls = same_name(url.substr(0, 8), "https://");
  if (tls || insecure || is_loopback(*host)) return {};
  return mistake("the endpoint " + *host +
                 " is plain http and not on this machine: use https, or --insecure-endpoint");
}

bool is_loopback(std::string_view host) {
  if (host.starts_with("[::1]") || host == "::1") return true;
  host = host.substr(0, host.find(':'));
  if (same_name(host, "localhost")) return true;
  if (!host.starts_with("127.")) return false;
  const auto dots = std::count(host.begin(), host.end(), '.');
  return dots == 3 &&
         std::all_of(host.begin(), host.end(), [](char c) { return c == '.' || is_digit(c); });
}

}  // namespace sy::aws
