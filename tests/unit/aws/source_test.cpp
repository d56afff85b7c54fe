#include "control/aws/source.h"

#include <gtest/gtest.h>

#include "control/aws/proxy.h"

namespace sy::aws {
namespace {

const Environment keys{{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}};

Environment with(Environment environment, const Environment& more) {
  environment.insert(more.begin(), more.end());
  return environment;
}

Result<Plan> choose(const Environment& environment, std::string_view profile = "",
                    const Profiles& profiles = {}) {
  return choose_source({profile, "arn:role", environment, profiles});
}

template <class Wanted>
bool is(const Result<Plan>& plan) {
  return plan && std::holds_alternative<Wanted>(plan->origin);
}

TEST(Source, KeysOfTheEnvironmentComeFirstUnlessAProfileIsNamed) {
  Profiles profiles;
  profiles.profiles["p"] = {{"aws_access_key_id", "B"}, {"aws_secret_access_key", "t"}};
  const Environment both = with(keys, {{"AWS_PROFILE", "p"}});
  EXPECT_EQ(std::get<Credentials>(choose(both, "", profiles)->origin).access_key_id, "A");
  EXPECT_EQ(std::get<Credentials>(choose(both, "p", profiles)->origin).access_key_id, "B");
}

TEST(Source, HalfOfAPairIsAMistakeAndNotAReasonToLookElsewhere) {
  EXPECT_EQ(choose({{"AWS_ACCESS_KEY_ID", "A"}}).error().what,
            "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
  EXPECT_EQ(choose({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}).error().what,
            "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
}

TEST(Source, AnEmptyTokenIsNoTokenAndAnEndMayBeKnown) {
  const auto plan = choose(with(
      keys, {{"AWS_SESSION_TOKEN", ""}, {"AWS_CREDENTIAL_EXPIRATION", "1970-01-01T00:01:00Z"}}));
  const auto& got = std::get<Credentials>(plan->origin);
  EXPECT_EQ(got.session_token, "");
  EXPECT_EQ(got.expires, Moment{std::chrono::seconds{60}});
  EXPECT_FALSE(choose(with(keys, {{"AWS_CREDENTIAL_EXPIRATION", "soon"}})));
  const auto old = choose(with(keys, {{"AWS_SECURITY_TOKEN", "legacy"}}));
  EXPECT_EQ(std::get<Credentials>(old->origin).session_token, "legacy");
}

TEST(Source, AProfileThatIsNamedMustExist) {
  EXPECT_EQ(choose({{"AWS_PROFILE", "x"}}).error().what,
            "profile `x` is in neither the config nor the credentials file");
  EXPECT_TRUE(is<Instance>(choose({})));
}

TEST(Source, SingleSignOnSaysWhatToDoInstead) {
  Profiles profiles;
  profiles.profiles["default"] = {{"sso_account_id", "1"},
                                  {"sso_role_name", "r"},
                                  {"sso_region", "us-east-1"},
                                  {"sso_start_url", "https://x"}};
  const auto refused = choose({}, "", profiles);
  EXPECT_EQ(refused.error().kind, Kind::auth);
  EXPECT_NE(refused.error().what.find("aws configure export-credentials"), std::string::npos);
}

TEST(Source, AWorkflowIsAskedWhenARoleIsGiven) {
  const Environment actions{{"ACTIONS_ID_TOKEN_REQUEST_URL", "https://t"},
                            {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "b"}};
  EXPECT_TRUE(is<Workflow>(choose(actions)));
  EXPECT_TRUE(is<Credentials>(choose(with(actions, keys))));
  EXPECT_TRUE(is<Instance>(choose_source({"", "", actions, {}})));
}

TEST(Source, AContainersEndpointIsNearOrOverTls) {
  const auto full = [](const char* url) {
    return choose({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}});
  };
  for (const char* url :
       {"http://127.0.0.1:90/c", "http://localhost/c", "http://[::1]/c", "http://169.254.170.2/c",
        "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1", "https://a.example/c"})
    EXPECT_TRUE(is<Container>(full(url))) << url;
  for (const char* url : {"http://a.example/c", "http://169.254.169.254/c", "http://[fd00:ec2::2]/",
                          "http://169.254.170.2.a.example/", "ftp://127.0.0.1/", "/c"})
    EXPECT_FALSE(full(url)) << url;
}

TEST(Source, TheRelativePathOfAContainerWinsOverTheFullOne) {
  const auto plan = choose({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"},
                            {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://a.example/"}});
  EXPECT_EQ(std::get<Container>(plan->origin).url, "http://169.254.170.2/v2/x");
  EXPECT_FALSE(choose({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/"}}));
}

TEST(Source, TheInstanceIsAskedLastAndOnlyWhenItMay) {
  EXPECT_EQ(std::get<Instance>(choose({})->origin).endpoint, "http://169.254.169.254");
  EXPECT_EQ(std::get<Instance>(choose({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}})->origin)
                .endpoint,
            "http://[fd00:ec2::254]");
  EXPECT_EQ(choose({{"AWS_EC2_METADATA_DISABLED", "True"}}).error().what,
            "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or "
            "run where a role is given");
}

TEST(Source, ASourceThatIsNotHereIsNotReplaced) {
  Profiles profiles;
  profiles.profiles["default"] = {{"role_arn", "arn"}, {"credential_source", "EcsContainer"}};
  EXPECT_EQ(choose({}, "", profiles).error().what,
            "the profile's credential_source EcsContainer is not to be had here");
  profiles.profiles["default"]["credential_source"] = "Elsewhere";
  EXPECT_FALSE(choose({}, "", profiles));
}

std::optional<Proxy> proxy(std::string_view url, const Environment& environment) {
  return proxy_for(url, environment).value();
}

TEST(Proxy, IsTheOneOfTheScheme) {
  const Environment both{{"HTTPS_PROXY", "http://me:a%2Fb@proxy.example:3128"},
                         {"http_proxy", "plain.example"}};
  EXPECT_EQ(proxy("https://ecs.us-east-1.amazonaws.com", both),
            (Proxy{"proxy.example", "3128", "Basic bWU6YS9i"}));
  EXPECT_EQ(proxy("http://a.example", both), (Proxy{"plain.example", "80", ""}));
  EXPECT_EQ(proxy("https://a.example", {}), std::nullopt);
  EXPECT_FALSE(proxy_for("https://a.example", {{"HTTPS_PROXY", "https://tls.example"}}));
  EXPECT_FALSE(proxy_for("https://a.example", {{"HTTPS_PROXY", "http://"}}));
}

TEST(Proxy, IsNotAskedForWhatIsNear) {
  const Environment both{{"HTTPS_PROXY", "http://p"}, {"HTTP_PROXY", "http://p"}};
  for (const char* url :
       {"http://169.254.169.254/latest", "http://[fd00:ec2::254]/", "http://127.0.0.1:4599",
        "https://localhost", "http://[::1]:1", "http://169.254.170.2/v2"})
    EXPECT_EQ(proxy(url, both), std::nullopt) << url;
}

TEST(Proxy, HasItsExceptions) {
  const Environment some{{"HTTPS_PROXY", "http://p"},
                         {"NO_PROXY", "a.example, .b.example,c.example:8443,,10.0.0.1"}};
  for (const char* url : {"https://a.example", "https://x.A.example", "https://b.example",
                          "https://x.b.example/", "https://c.example:8443", "https://10.0.0.1"})
    EXPECT_EQ(proxy(url, some), std::nullopt) << url;
  for (const char* url :
       {"https://xa.example", "https://c.example", "https://example", "https://a.example.org"})
    EXPECT_NE(proxy(url, some), std::nullopt) << url;
  EXPECT_EQ(proxy("https://z", {{"HTTPS_PROXY", "http://p"}, {"NO_PROXY", "*"}}), std::nullopt);
}

}  // namespace
}  // namespace sy::aws
