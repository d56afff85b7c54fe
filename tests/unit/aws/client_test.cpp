#include "control/aws/client.h"

#include <gtest/gtest.h>

#include <set>

#include "control/aws/settings.h"
#include "unit/aws/scripted_world.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;

constexpr Operation get{ssm, "AmazonSSM.GetParameter"};
constexpr Operation force{.service = ecs, .target = "ECS.UpdateService", .once = true};

struct ClientTest : testing::Test {
  ScriptedWorld::Script script;
  std::vector<std::string> told;
  ClientOptions options = options_with_keys();

  std::unique_ptr<Client> open() {
    auto client = Client::open(options, std::make_unique<ScriptedWorld>(script),
                               [this](const Notice& notice) { told.push_back(notice.error.code); });
    EXPECT_TRUE(client) << client.error().what;
    return std::move(*client);
  }
  std::string why_not() {
    const auto client = Client::open(options, std::make_unique<ScriptedWorld>(script));
    return client ? "" : client.error().what;
  }
  std::string sent(std::size_t call, std::string_view field) {
    return std::string{find(script.calls.at(call).request.fields, field).value_or("")};
  }
};

TEST_F(ClientTest, EveryAttemptIsSignedAnewAndNumbered) {
  script.answers = {refusal("ThrottlingException"), refusal("ThrottlingException"),
                    success(R"({"a":1})")};
  const auto got = open()->call(get, {{"Name", "x"}});
  ASSERT_TRUE(got) << got.error().what;
  ASSERT_EQ(script.calls.size(), 3U);
  std::set<std::string> signatures;
  for (std::size_t i = 0; i < 3; ++i) {
    signatures.insert(sent(i, "Authorization"));
    EXPECT_EQ(sent(i, "amz-sdk-invocation-id"), sent(0, "amz-sdk-invocation-id"));
    EXPECT_EQ(script.calls[i].request.body, R"({"Name":"x"})");
    EXPECT_EQ(script.calls[i].base, "https://ssm.us-east-1.amazonaws.com");
    EXPECT_EQ(sent(i, "Host"), "ssm.us-east-1.amazonaws.com");
    EXPECT_FALSE(script.calls[i].direct);
  }
  EXPECT_EQ(signatures.size(), 3U);
  EXPECT_EQ(sent(2, "amz-sdk-request"), "attempt=3; max=3");
  EXPECT_EQ(script.waits, (std::vector<double>{0.5, 1.0}));
  EXPECT_EQ(told, (std::vector<std::string>{"ThrottlingException", "ThrottlingException"}));
}

TEST_F(ClientTest, TheQuotaOfRetriesBelongsToTheClient) {
  const auto client = open();
  for (int i = 0; i < 60; ++i) {
    for (int attempt = 0; attempt < 3; ++attempt)
      script.answers.push_back(refusal("ThrottlingException"));
    EXPECT_FALSE(client->call(get, {}));
    script.answers.clear();
  }
  // 500 tokens at 5 a retry: a hundred retries, and then each call has one attempt.
  EXPECT_EQ(script.calls.size(), 60U + 100U);
}

TEST_F(ClientTest, AnInterruptedWaitIsToldApart) {
  script.waits_most = 0;
  script.answers = {refusal("ThrottlingException", "Rate exceeded")};
  const auto got = open()->call(get, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::interrupted);
  EXPECT_EQ(got.error().what, "interrupted before another attempt: Rate exceeded");
  EXPECT_EQ(script.calls.size(), 1U);
}

TEST_F(ClientTest, WhatMustNotBeDoneTwiceIsNotTriedAgainInTheDark) {
  Error lost{Kind::unavailable, "", "no answer", 0, ""};
  lost.maybe_done = true;
  script.answers = {refusal("ThrottlingException"), lost, success()};
  const auto got = open()->call(force, {});
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().maybe_done);
  EXPECT_EQ(script.calls.size(), 2U);
}

TEST_F(ClientTest, WhatCameAfterALostAnswerMayBeItsEcho) {
  Error lost{Kind::unavailable, "", "no answer", 0, ""};
  lost.maybe_done = true;
  script.answers = {lost, refusal("ParameterAlreadyExists")};
  const auto got = open()->call(get, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::conflict);
  EXPECT_TRUE(got.error().maybe_done);
  EXPECT_EQ(got.error().request_id, "1-2");
}

TEST_F(ClientTest, ASuccessThatIsNoJsonIsTriedAgain) {
  script.answers = {success(R"({"cut)"), success(R"({"whole":true})")};
  const auto got = open()->call(get, {});
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_TRUE(got->contains("whole"));
  script.answers = {success("[]"), success("<html>"), success("1")};
  const auto never = open()->call(get, {});
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().kind, Kind::unavailable);
  EXPECT_TRUE(never.error().maybe_done);
}

TEST_F(ClientTest, WhatNobodyWasAskedIsNotAskedAgain) {
  script.answers = {mistake("the certificate is not believed"), success()};
  const auto got = open()->call(get, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(script.calls.size(), 1U);
  EXPECT_TRUE(script.waits.empty());
}

TEST_F(ClientTest, AMachineWithoutAnyKeysIsToldSoAndNotToTryAgain) {
  options.environment = {{"AWS_REGION", "us-east-1"}, {"HOME", "/home"}};
  const auto got = open()->call(get, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::auth);
  EXPECT_EQ(got.error().what,
            "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or "
            "run where a role is given");
  EXPECT_EQ(script.calls.size(), 1U);
}

TEST_F(ClientTest, SecretsInAMessageOfAwsAreTakenOut) {
  options.environment["AWS_SESSION_TOKEN"] = "short-token-of-ours";
  script.answers = {refusal("InvalidSignatureException",
                            "canonical: x-amz-security-token:short-token-of-ours; "
                            "short-token-of-ours wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};
  const auto got = open()->call(get, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::auth);
  EXPECT_EQ(got.error().what.find("short-token"), std::string::npos) << got.error().what;
  EXPECT_EQ(got.error().what.find("wJalr"), std::string::npos) << got.error().what;
}

struct Renewed : ClientTest {
  Renewed() {
    options.environment = {{"AWS_REGION", "us-east-1"},
                           {"AWS_CONFIG_FILE", "/config"},
                           {"AWS_EC2_METADATA_DISABLED", "true"},
                           {"AWS_PROFILE", "p"},
                           {"HOME", "/home"}};
    script.files["/config"] = "[profile p]\ncredential_process = /bin/keys\nregion = eu-west-1\n";
    for (const char* id : {"FIRST", "SECOND", "THIRD"}) script.printed.emplace_back(keys(id));
  }
  static std::string keys(std::string_view id, std::string_view expires = "2999-01-01T00:00:00Z") {
    return R"({"Version":1,"AccessKeyId":")" + std::string{id} +
           R"(","SecretAccessKey":"secretsecret","Expiration":")" + std::string{expires} + "\"}";
  }
  bool signed_by(std::size_t call, std::string_view id) {
    return sent(call, "Authorization").find("Credential=" + std::string{id} + "/") !=
           std::string::npos;
  }
};

TEST_F(Renewed, ExpiredKeysAreReplacedOnceAndWithoutWaiting) {
  script.answers = {refusal("ExpiredTokenException"), success()};
  EXPECT_TRUE(open()->call(get, {}));
  ASSERT_EQ(script.calls.size(), 2U);
  EXPECT_TRUE(signed_by(0, "FIRST"));
  EXPECT_TRUE(signed_by(1, "SECOND"));
  EXPECT_TRUE(script.waits.empty());
  EXPECT_EQ(told, (std::vector<std::string>{"ExpiredTokenException"}));
}

TEST_F(Renewed, KeysThatExpireEachTimeAreTheEnd) {
  script.answers = {refusal("ExpiredTokenException"), refusal("ExpiredTokenException"), success()};
  const auto got = open()->call(get, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::auth);
  EXPECT_EQ(script.calls.size(), 2U);
}

TEST_F(Renewed, ASourceThatRefusedIsNotAskedAgainForAMoment) {
  script.printed.clear();
  const auto client = open();
  for (int i = 0; i < 3; ++i) {
    const auto got = client->call(get, {});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().what,
              "no credentials from the credential_process of profile p: the command failed");
  }
  script.printed.emplace_back(keys("LATER"));
  EXPECT_FALSE(client->call(get, {}));
  script.now += 6s;
  script.answers = {success()};
  EXPECT_TRUE(client->call(get, {}));
}

TEST_F(Renewed, StandingSaysFromWhereAndUntilWhen) {
  const auto client = open();
  EXPECT_FALSE(client->expires());
  const auto standing = client->standing();
  ASSERT_TRUE(standing);
  EXPECT_EQ(standing->source, "the credential_process of profile p");
  EXPECT_TRUE(standing->renewable && standing->expiry_known);
  EXPECT_EQ(client->expires(), read_iso_date("2999-01-01T00:00:00Z"));
  EXPECT_TRUE(script.calls.empty());
}

TEST_F(ClientTest, AVariableWinsOverTheProfileAndAFlagOverBoth) {
  options.environment.erase("AWS_REGION");
  script.files["/home/.aws/config"] = "[default]\nregion = eu-west-1\nmax_attempts = 1\n";
  EXPECT_EQ(open()->region(), "eu-west-1");
  script.answers = {refusal("ThrottlingException"), success()};
  EXPECT_FALSE(open()->call(get, {}));
  options.environment["AWS_REGION"] = "eu-north-1";
  EXPECT_EQ(open()->region(), "eu-north-1");
  options.region = "eu-south-1";
  EXPECT_EQ(open()->region(), "eu-south-1");
}

TEST_F(ClientTest, EndpointsAreThoseOfTheServiceOrNone) {
  options.environment["AWS_ENDPOINT_URL_SSM"] = "http://127.0.0.1:4599/";
  const auto client = open();
  EXPECT_EQ(client->endpoint(ssm)->url, "http://127.0.0.1:4599");
  EXPECT_EQ(client->endpoint(ecs)->url, "https://ecs.us-east-1.amazonaws.com");
  options.environment["AWS_USE_FIPS_ENDPOINT"] = "true";
  options.environment.erase("AWS_ENDPOINT_URL_SSM");
  EXPECT_EQ(open()->endpoint(ecr)->url, "https://ecr-fips.us-east-1.amazonaws.com");
  options.region = "eu-central-1";
  EXPECT_EQ(open()->endpoint(ecs).error().what,
            "there is no FIPS endpoint for ECS in eu-central-1: choose a region that has one, or "
            "do without FIPS");
  const auto got = open()->call(get, {});
  ASSERT_FALSE(got);
  EXPECT_TRUE(script.calls.empty());
}

TEST_F(ClientTest, SettingsThatMakeNoSenseAreRefusedBeforeAnybodyIsAsked) {
  options.environment["AWS_MAX_ATTEMPTS"] = "many";
  EXPECT_EQ(why_not(), "AWS_MAX_ATTEMPTS (max_attempts) must be a number from 1 on");
  options.environment.erase("AWS_MAX_ATTEMPTS");
  options.keys_expire = "tomorrow";
  EXPECT_EQ(why_not(),
            "the expiration of the environment's credentials is not a date such as "
            "2026-01-31T12:00:00Z");
  options.keys_expire.clear();
  options.profile = "absent";
  EXPECT_EQ(why_not(), "profile `absent` is in neither the config nor the credentials file");
}

TEST_F(ClientTest, KeysKnowTheirEndFromEitherPlace) {
  options.keys_expire = "2030-01-01T00:00:00Z";
  EXPECT_EQ(open()->standing()->expires, read_iso_date("2030-01-01T00:00:00Z"));
  options.environment["AWS_CREDENTIAL_EXPIRATION"] = "2031-01-01T00:00:00Z";
  EXPECT_EQ(open()->standing()->expires, read_iso_date("2031-01-01T00:00:00Z"));
  options.environment["AWS_CREDENTIAL_EXPIRATION"] = "2001-01-01T00:00:00Z";
  const auto over = open()->standing();
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, Kind::auth);
}

TEST_F(ClientTest, ACertificateFileIsThatOfTheFlagThenTheVariableThenTheProfile) {
  script.files["/home/.aws/config"] = "[default]\nca_bundle = /profile.pem\n";
  ScriptedWorld world{script};
  EXPECT_EQ(settle(options, world)->ca_bundle, "/profile.pem");
  options.environment["AWS_CA_BUNDLE"] = "/variable.pem";
  EXPECT_EQ(settle(options, world)->ca_bundle, "/variable.pem");
  options.ca_bundle = "/flag.pem";
  EXPECT_EQ(settle(options, world)->ca_bundle, "/flag.pem");
}

}  // namespace
}  // namespace sy::aws
