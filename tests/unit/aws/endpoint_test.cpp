#include "control/aws/endpoint.h"

#include <array>

#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using vectors::text_of;
using vectors::json::object;
using EndpointVectors = vectors::Suite;

bool flag(const object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_bool() && found->get_bool();
}

const object& member(const object& from, std::string_view key) {
  static const object none;
  const auto* found = from.if_contains(key);
  return found ? found->as_object() : none;
}

struct Expected {
  std::string url;
  std::string signing_region;
};

Expected expected_of(const object& endpoint) {
  Expected out{text_of(endpoint, "url"), ""};
  const auto& properties = member(endpoint, "properties");
  if (const auto* schemes = properties.if_contains("authSchemes"))
    out.signing_region = text_of(schemes->as_array().at(0).as_object(), "signingRegion");
  return out;
}

void expect_endpoint(const Service& service, const object& test) {
  const object& params = member(test, "params");
  const Place place{text_of(params, "Region"), flag(params, "UseFIPS"),
                    flag(params, "UseDualStack"), text_of(params, "Endpoint")};
  const object& expect = member(test, "expect");

  const auto got = endpoint_of(service, place);

  if (expect.contains("error")) {
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().what, text_of(expect, "error"));
    return;
  }
  ASSERT_TRUE(got) << got.error().what;
  const Expected wanted = expected_of(member(expect, "endpoint"));
  EXPECT_EQ(got->url, wanted.url);
  if (wanted.signing_region.empty()) return;
  EXPECT_EQ(got->signing_region, wanted.signing_region);
}

// STS answers in every region; the one global endpoint of before is not offered.
bool asks_for_global(const object& test) {
  const object& params = member(test, "params");
  return flag(params, "UseGlobalEndpoint") && text_of(params, "Endpoint").empty();
}

// The rules of 1.43 say api.ecr-fips where endpoints.json, which is what resolves, says ecr-fips.
bool named_otherwise(const Service& service, const object& test) {
  const object& params = member(test, "params");
  return service.id == "ECR" && flag(params, "UseFIPS") && !flag(params, "UseDualStack") &&
         (text_of(params, "Region") == "us-east-1" || text_of(params, "Region") == "us-gov-west-1");
}

struct Counted {
  const char* name;
  Service service;
  int cases;
  int aside;
};

TEST_F(EndpointVectors, EveryServiceAnswersWhereItsRulesSay) {
  const std::array<Counted, 6> suites{{{"ecs", ecs, 49, 0},
                                       {"ssm", ssm, 49, 0},
                                       {"sts", sts, 52, 17},
                                       {"ecr", ecr, 24, 2},
                                       {"logs", logs, 49, 0},
                                       {"servicediscovery", service_discovery, 26, 0}}};
  for (const Counted& suite : suites) {
    const auto all =
        vectors::read_json(file(std::string{"endpoints/"} + suite.name + "-endpoint-tests-1.json"));
    int cases = 0;
    int aside = 0;
    for (const auto& one : all.at("testCases").as_array()) {
      const object& test = one.as_object();
      SCOPED_TRACE(vectors::json::serialize(one));
      const bool skip = asks_for_global(test) || named_otherwise(suite.service, test);
      skip ? ++aside : ++cases;
      if (!skip) expect_endpoint(suite.service, test);
    }
    EXPECT_EQ(cases, suite.cases) << suite.name;
    EXPECT_EQ(aside, suite.aside) << suite.name;
    report(std::string{"endpoints of "} + suite.name, cases, std::to_string(aside) + " aside");
  }
}

Environment environment_of(const object& from) {
  Environment out;
  for (const auto& [name, value] : from) out[name] = value.as_string();
  return out;
}

Profiles profiles_of(const object& suite) {
  Profiles out;
  for (const auto& [name, profile] : member(suite, "profiles")) {
    for (const auto& [key, value] : profile.as_object())
      out.profiles[name][key] = value.as_string();
  }
  for (const auto& [name, section] : member(suite, "services")) {
    for (const auto& [service, settings] : section.as_object()) {
      std::string& group = out.services[name][service];
      for (const auto& [key, value] : settings.as_object())
        group.append("\n").append(key).append(" = ").append(value.as_string());
    }
  }
  return out;
}

TEST_F(EndpointVectors, ConfiguredEndpointsAreTakenInOrder) {
  const auto all = vectors::read_json(file("endpoints/configured-endpoint-urls-tests.json"));
  const object& suite = all.at("testSuites").as_array().at(0).as_object();
  const Profiles profiles = profiles_of(suite);
  int cases = 0;
  for (const auto& one : suite.at("endpointUrlTests").as_array()) {
    const object& test = one.as_object();
    SCOPED_TRACE(text_of(test, "name"));
    const object& client = member(member(suite, "client_configs"), text_of(test, "client_config"));
    const Environment environment =
        environment_of(member(member(suite, "environments"), text_of(test, "environment")));
    const std::string given = text_of(client, "endpoint_url");
    const std::string profile = text_of(test, "profile");
    const std::string name = text_of(test, "service");
    ++cases;

    const std::string url = configured_endpoint(
        {given, environment, profiles, profile, flag(client, "ignore_configured_endpoint_urls")},
        name);
    const auto got = endpoint_of({name, name, name}, {"fake-region-10", false, false, url});

    EXPECT_EQ(got->url, text_of(member(test, "output"), "endpointUrl"));
  }
  EXPECT_EQ(cases, 39);
  report("configured-endpoint-urls", cases);
}

TEST_F(EndpointVectors, PartitionsAreThoseOfAws) {
  const auto all = vectors::read_json(file("endpoints/partitions.json"));
  int cases = 0;
  for (const auto& one : all.at("partitions").as_array()) {
    const object& partition = one.as_object();
    const object& outputs = member(partition, "outputs");
    for (const auto& [region, ignored] : member(partition, "regions")) {
      const Partition& got = partition_of(region);
      EXPECT_EQ(got.id, text_of(partition, "id")) << region;
      EXPECT_EQ(got.suffix, text_of(outputs, "dnsSuffix"));
      EXPECT_EQ(got.dual_stack_suffix, text_of(outputs, "dualStackDnsSuffix"));
      EXPECT_EQ(got.global_region, text_of(outputs, "implicitGlobalRegion"));
      ++cases;
    }
  }
  EXPECT_GT(cases, 40);
  report("regions of partitions", cases);
}

TEST(Endpoint, TheRegistryIsAskedWhereItsFipsHostResolves) {
  EXPECT_EQ(endpoint_of(ecr, {"us-east-1", true, false, ""})->url,
            "https://ecr-fips.us-east-1.amazonaws.com");
  EXPECT_EQ(endpoint_of(ecr, {"us-gov-west-1", true, false, ""})->url,
            "https://ecr-fips.us-gov-west-1.amazonaws.com");
}

TEST(Endpoint, FipsIsListedInFewRegions) {
  EXPECT_TRUE(fips_listed(ecs, "us-east-1"));
  EXPECT_TRUE(fips_listed(ssm, "ca-central-1"));
  EXPECT_FALSE(fips_listed(ecs, "ca-central-1"));
  EXPECT_FALSE(fips_listed(ssm, "eu-central-1"));
}

TEST(Endpoint, PlainHttpIsForThisMachineOnly) {
  for (const char* url : {"http://127.0.0.1:4599", "http://localhost:4566", "http://[::1]:80/",
                          "http://127.9.9.9", "https://a.example"})
    EXPECT_TRUE(endpoint_allowed(url, false)) << url;
  for (const char* url : {"http://a.example", "http://127.0.0.1.a.example", "http://[::2]",
                          "http://localhost.a.example", "http://127.0.0.1@a.example"})
    EXPECT_FALSE(endpoint_allowed(url, false)) << url;
  EXPECT_TRUE(endpoint_allowed("http://a.example", true));
  EXPECT_EQ(endpoint_allowed("http://u:p@a.example/x", false).error().what,
            "the endpoint a.example is plain http and not on this machine: use https, or "
            "--insecure-endpoint");
}

TEST(Endpoint, NamesOfServicesAreThoseOfTheVariables) {
  const Environment environment{{"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://localhost:1"},
                                {"AWS_ENDPOINT_URL_SERVICEDISCOVERY", "http://localhost:2"},
                                {"AWS_ENDPOINT_URL", "http://localhost:3"}};
  const Configured from{"", environment, {}, "default"};
  EXPECT_EQ(configured_endpoint(from, logs.id), "http://localhost:1");
  EXPECT_EQ(configured_endpoint(from, service_discovery.id), "http://localhost:2");
  EXPECT_EQ(configured_endpoint(from, ecs.id), "http://localhost:3");
}

}  // namespace
}  // namespace sy::aws
