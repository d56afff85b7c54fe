#include "api/auth.h"

#include <gtest/gtest.h>

namespace sy::api {
namespace {

using namespace std::chrono_literals;

constexpr Instant t0{1h};
// SHA-256 of "secret" and of "look".
constexpr auto secret = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
constexpr auto look = "17cc10d99afab3db6d3207a4c2ec74fd28cc1cd7be24fe6ad30f8aafbe0fe6e3";

Options with_tokens() {
  Options options;
  options.tokens = {{"ci", Role::operator_, secret}};
  return options;
}

Credentials bearer(std::string_view authorization) {
  return {.address = "192.0.2.1", .authorization = authorization, .host = "proxy:9900"};
}

int refused(Auth& auth, const Credentials& credentials, Role needed, Instant now = t0) {
  const auto actor = auth.admit(credentials, needed, now);
  return actor ? 0 : actor.error().problem.status;
}

TEST(ApiAuth, ATokenIsItsNameAndRole) {
  Auth auth{with_tokens()};

  EXPECT_EQ(*auth.admit(bearer("Bearer secret"), Role::operator_, t0),
            (Actor{"ci", Role::operator_}));
  EXPECT_EQ(*auth.admit(bearer("bearer secret"), Role::viewer, t0), (Actor{"ci", Role::operator_}));
  EXPECT_EQ(refused(auth, bearer("Bearer secret"), Role::approver), 403);
  EXPECT_EQ(refused(auth, bearer("Bearer secrets"), Role::viewer), 401);
  EXPECT_EQ(refused(auth, bearer("Basic secret"), Role::viewer), 401);
  EXPECT_EQ(refused(auth, bearer(""), Role::viewer), 401);
}

TEST(ApiAuth, SaysWhichRoleIsMissing) {
  Auth auth{with_tokens()};

  const auto actor = auth.admit(bearer("Bearer secret"), Role::admin, t0);

  EXPECT_EQ(actor.error().problem.detail, "ci has the role operator, this call needs admin");
}

TEST(ApiAuth, ATokenStoredBadlyOpensNothing) {
  Options options;
  options.tokens = {{"bad", Role::admin, "zz"}, {"empty", Role::admin, ""}};
  Auth auth{options};

  EXPECT_EQ(refused(auth, bearer("Bearer "), Role::viewer), 401);
  EXPECT_EQ(refused(auth, bearer("Bearer x"), Role::viewer), 401);
}

TEST(ApiAuth, TheEleventhFailureOfAnAddressWaits) {
  Auth auth{with_tokens()};
  for (int i = 0; i < 10; ++i) ASSERT_EQ(refused(auth, bearer("Bearer no"), Role::viewer), 401);

  const auto eleventh = auth.admit(bearer("Bearer secret"), Role::viewer, t0);

  EXPECT_EQ(eleventh.error().problem.status, 429);
  EXPECT_EQ(eleventh.error().retry_after, 6);
  EXPECT_EQ(refused(auth, bearer("Bearer secret"), Role::viewer, t0 + 5s), 429);
  EXPECT_EQ(refused(auth, bearer("Bearer secret"), Role::viewer, t0 + 6s), 0);
}

TEST(ApiAuth, AFailureElsewhereCostsNobodyElse) {
  Auth auth{with_tokens()};
  for (int i = 0; i < 20; ++i) std::ignore = auth.admit(bearer("Bearer no"), Role::viewer, t0);
  Credentials other = bearer("Bearer secret");
  other.address = "192.0.2.2";

  EXPECT_EQ(refused(auth, other, Role::viewer), 0);
}

TEST(ApiAuth, ARequestWithoutATokenIsNoGuess) {
  Auth auth{with_tokens()};
  for (int i = 0; i < 20; ++i) std::ignore = auth.admit(bearer(""), Role::viewer, t0);

  EXPECT_EQ(refused(auth, bearer("Bearer secret"), Role::viewer), 0);
}

TEST(ApiFailureLimit, CountsANetworkOfIpv6AsOne) {
  FailureLimit limit;
  for (int i = 0; i < 10; ++i) limit.failed("2001:db8::" + std::to_string(i + 1), t0);

  EXPECT_TRUE(limit.wait("2001:db8::ffff", t0));
  EXPECT_FALSE(limit.wait("2001:db8:0:1::1", t0));
}

TEST(ApiFailureLimit, StaysBoundedHoweverManyAddressesFail) {
  FailureLimit limit;
  for (int i = 0; i < 10'000; ++i)
    limit.failed("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250), t0);

  EXPECT_LE(limit.size(), FailureLimit::addresses_max);
  EXPECT_TRUE(limit.wait("10.9.9.9", t0));  // the strangers share one bucket
  limit.failed("10.9.9.9", t0 + 1h);
  EXPECT_EQ(limit.size(), 1u);
}

TEST(ApiAuth, WithoutTokensLoopbackIsAdmin) {
  Auth auth{Options{}};
  const Credentials local{.address = "127.0.0.1", .host = "localhost:9900"};

  EXPECT_EQ(*auth.admit(local, Role::admin, t0), (Actor{"local", Role::admin}));
}

TEST(ApiAuth, WithoutTokensAReboundNameIsRefused) {
  Auth auth{Options{}};
  for (const auto host : {"evil.example:9900", "127.0.0.1.evil.example", "", "[::2]:9900"})
    EXPECT_EQ(refused(auth, {.address = "127.0.0.1", .host = host}, Role::viewer), 403) << host;
  for (const auto host : {"127.0.0.1:9900", "LOCALHOST", "[::1]:9900", "127.8.9.1"})
    EXPECT_EQ(refused(auth, {.address = "127.0.0.1", .host = host}, Role::viewer), 0) << host;
}

TEST(ApiAuth, APageOfAnotherOriginChangesNothing) {
  Auth auth{Options{}};
  Credentials page{.address = "127.0.0.1",
                   .host = "127.0.0.1:9900",
                   .origin = "http://evil.example",
                   .content_type = "application/json",
                   .mutating = true,
                   .has_body = true};

  EXPECT_EQ(refused(auth, page, Role::operator_), 403);
  page.origin = "null";
  EXPECT_EQ(refused(auth, page, Role::operator_), 403);
  page.origin = "http://127.0.0.1:9900";
  EXPECT_EQ(refused(auth, page, Role::operator_), 0);
  page.content_type = "text/plain";
  EXPECT_EQ(refused(auth, page, Role::operator_), 415);
  page.content_type = "application/json; charset=utf-8";
  EXPECT_EQ(refused(auth, page, Role::operator_), 0);
}

TEST(ApiAuth, ATokenMayRollBackWithoutABodyOrItsType) {
  Auth auth{with_tokens()};
  Credentials bare = bearer("Bearer secret");
  bare.mutating = true;

  EXPECT_EQ(refused(auth, bare, Role::operator_), 0);
  bare.has_body = true;
  EXPECT_EQ(refused(auth, bare, Role::operator_), 415);
}

TEST(ApiAuth, AClientCertificateIsAnActor) {
  Options options;
  options.client_ca = "ca.pem";
  options.client_role = Role::approver;
  Auth auth{options};

  EXPECT_EQ(*auth.admit({.address = "192.0.2.1", .client_name = "deployer"}, Role::approver, t0),
            (Actor{"deployer", Role::approver}));
  EXPECT_EQ(refused(auth, {.address = "127.0.0.1", .host = "localhost"}, Role::viewer), 401);
}

TEST(ApiAuth, AReloadReplacesTheTokens) {
  Auth auth{with_tokens()};
  Options next;
  next.tokens = {{"eyes", Role::viewer, look}};

  auth.replace(next);

  EXPECT_EQ(refused(auth, bearer("Bearer secret"), Role::viewer), 401);
}

TEST(ApiAuth, OnlyLoopbackIsBoundWithoutTlsAndAToken) {
  Options options;
  EXPECT_TRUE(bindable(options));
  options.address = "0.0.0.0";
  EXPECT_FALSE(bindable(options));
  options.tokens = with_tokens().tokens;
  EXPECT_FALSE(bindable(options));
  options.tls = {{"cert.pem", "key.pem"}};
  EXPECT_TRUE(bindable(options));
  options.tokens.clear();
  EXPECT_FALSE(bindable(options));
  options.client_ca = "ca.pem";
  EXPECT_TRUE(bindable(options));
  options.client_ca.clear();
  options.tls.clear();
  options.insecure = true;
  EXPECT_TRUE(bindable(options));
}

}  // namespace
}  // namespace sy::api
