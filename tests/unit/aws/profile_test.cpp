#include "control/aws/profile.h"

#include <gtest/gtest.h>

#include "control/aws/chain.h"

namespace sy::aws {
namespace {

TEST(Profile, ABlankVariableIsNotSet) {
  const Environment environment{{"AWS_SESSION_TOKEN", ""}, {"AWS_REGION", " \t"}, {"A", " b "}};
  EXPECT_FALSE(value_of(environment, "AWS_SESSION_TOKEN"));
  EXPECT_FALSE(value_of(environment, "AWS_REGION"));
  EXPECT_FALSE(value_of(environment, "AWS_PROFILE"));
  EXPECT_EQ(value_of(environment, "A"), " b ");
}

TEST(Profile, SectionsOfServicesHaveSubProperties) {
  const auto read = read_profiles(
      "[services mine]\necs =\n  endpoint_url = http://localhost:1\n  "
      "other = 2\nssm = 3\n[profile a]\nservices = mine\n",
      "");
  const Properties& mine = read->services.at("mine");
  EXPECT_EQ(value_of(mine, "ecs", "endpoint_url"), "http://localhost:1");
  EXPECT_EQ(value_of(mine, "ecs", "other"), "2");
  EXPECT_FALSE(value_of(mine, "ecs", "missing"));
  EXPECT_FALSE(value_of(mine, "ssm", "endpoint_url"));
  EXPECT_FALSE(value_of(mine, "ecr", "endpoint_url"));
}

TEST(Profile, AnErrorNamesTheFileAndTheLineAndNoValue) {
  const auto read = read_profiles("[profile a]\n", "[a]\n\nwJalrXUtnFEMI\n");
  EXPECT_EQ(read.error().what,
            "credentials file, line 3: Expected an '=' sign defining a property");
}

TEST(Profile, TheRegionIsTakenFromTheNearest) {
  const Properties profile{{"region", "eu-west-1"}};
  const Environment both{{"AWS_REGION", "us-east-2"}, {"AWS_DEFAULT_REGION", "us-west-1"}};
  const Environment old{{"AWS_DEFAULT_REGION", "us-west-1"}};
  EXPECT_EQ(selected_region("ca-west-1", both, profile).value(), "ca-west-1");
  EXPECT_EQ(selected_region("", both, profile).value(), "us-east-2");
  EXPECT_EQ(selected_region("", old, profile).value(), "us-west-1");
  EXPECT_EQ(selected_region("", {}, profile).value(), "eu-west-1");
  EXPECT_EQ(selected_region("", {}, {}).error().what,
            "no region: give --region, AWS_REGION or a region in the profile");
  EXPECT_EQ(selected_region("evil.example/", {}, {}).error().what,
            "\"evil.example/\" is not a region");
}

TEST(Profile, TheFlagAndThenTheVariablesNameTheProfile) {
  const Environment both{{"AWS_PROFILE", "one"}, {"AWS_DEFAULT_PROFILE", "two"}};
  EXPECT_EQ(selected_profile("flag", both), "flag");
  EXPECT_EQ(selected_profile("", both), "one");
  EXPECT_EQ(selected_profile("", {{"AWS_DEFAULT_PROFILE", "two"}}), "two");
  EXPECT_EQ(selected_profile("", {}), "default");
}

TEST(Chain, ACommandIsWhereCredentialsBegin) {
  Profiles all;
  all.profiles["a"] = {{"credential_process", "/opt/keys --for 'me'"}};
  EXPECT_EQ(std::get<Command>(plan_chain(all, "a")->source).line, "/opt/keys --for 'me'");
  EXPECT_EQ(plan_chain(all, "b").error().what, "profile `b` was not defined");
}

TEST(Chain, ErrorsHoldNoSecret) {
  Profiles all;
  all.profiles["a"] = {{"role_arn", "arn"}, {"source_profile", "b"}};
  all.profiles["b"] = {{"aws_secret_access_key", "hunter2"}};
  EXPECT_EQ(plan_chain(all, "a").error().what, "profile missing aws_access_key_id");
}

}  // namespace
}  // namespace sy::aws
