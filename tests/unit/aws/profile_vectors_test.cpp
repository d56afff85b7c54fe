#include "control/aws/chain.h"
#include "control/aws/profile.h"
#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using vectors::text_of;
using vectors::json::object;
using ProfileVectors = vectors::Suite;

Properties properties_of(const object& from) {
  Properties out;
  for (const auto& [key, value] : from) out[key] = value.as_string();
  return out;
}

Sections sections_of(const object& parent, std::string_view key) {
  Sections out;
  const auto* sections = parent.if_contains(key);
  if (!sections) return out;
  for (const auto& [name, section] : sections->as_object())
    out[name] = properties_of(section.as_object());
  return out;
}

TEST_F(ProfileVectors, EveryPublishedFileIsReadOrRefused) {
  const auto suite = vectors::read_json(file("credentials/profile-parser-tests.json"));
  int cases = 0;
  for (const auto& one : suite.at("tests").as_array()) {
    SCOPED_TRACE(vectors::json::serialize(one));
    const auto& input = one.at("input").as_object();
    const auto& output = one.at("output").as_object();
    ++cases;

    const auto read =
        read_profiles(text_of(input, "configFile"), text_of(input, "credentialsFile"));

    if (output.contains("errorContaining")) {
      ASSERT_FALSE(read);
      EXPECT_NE(read.error().what.find(text_of(output, "errorContaining")), std::string::npos)
          << read.error().what;
      continue;
    }
    ASSERT_TRUE(read) << read.error().what;
    const auto& wanted = output.at("config").as_object();
    EXPECT_EQ(read->profiles, sections_of(wanted, "profiles"));
    EXPECT_EQ(read->sso_sessions, sections_of(wanted, "sso_sessions"));
  }
  EXPECT_EQ(cases, 65);
  report("profile-parser", cases);
}

TEST_F(ProfileVectors, FilesAreLookedForWhereTheyAreSaidToBe) {
  const auto suite = vectors::read_json(file("credentials/file-location-tests.json"));
  int cases = 0;
  int aside = 0;
  for (const auto& one : suite.at("tests").as_array()) {
    const auto& test = one.as_object();
    SCOPED_TRACE(text_of(test, "name"));
    if (text_of(test, "platform") == "windows") {
      ++aside;
      continue;
    }
    ++cases;
    Environment environment;
    for (const auto& [name, value] : test.at("environment").as_object())
      environment[name] = value.as_string();

    const FileLocations files = file_locations(environment);

    EXPECT_EQ(files.config, text_of(test, "configLocation"));
    EXPECT_EQ(files.credentials, text_of(test, "credentialsLocation"));
    const std::string profile = text_of(test, "profile");
    EXPECT_EQ(selected_profile("", environment), profile.empty() ? "default" : profile);
  }
  EXPECT_EQ(cases + aside, 9);
  report("file-location", cases, std::to_string(aside) + " are of Windows");
}

// The chain in the words of the suite.
struct Words {
  object operator()(const Credentials& keys) const {
    object out{{"access_key_id", keys.access_key_id},
               {"secret_access_key", keys.secret_access_key}};
    if (!keys.account_id.empty()) out["account_id"] = keys.account_id;
    return {{"AccessKey", out}};
  }
  object operator()(const NamedSource& source) const { return {{"NamedSource", source.name}}; }
  object operator()(const WebIdentity& source) const {
    object out{{"role_arn", source.role_arn}, {"web_identity_token_file", source.token_file}};
    if (!source.session_name.empty()) out["role_session_name"] = source.session_name;
    return {{"WebIdentityToken", out}};
  }
  object operator()(const SingleSignOn& source) const {
    object out{{"sso_region", source.region}, {"sso_start_url", source.start_url}};
    if (!source.session.empty()) out["sso_session"] = source.session;
    if (!source.account_id.empty()) out["sso_account_id"] = source.account_id;
    if (!source.role_name.empty()) out["sso_role_name"] = source.role_name;
    return {{"Sso", out}};
  }
  object operator()(const Command& source) const { return {{"CredentialProcess", source.line}}; }
  object operator()(const Role& role) const {
    object out{{"role_arn", role.arn}};
    if (!role.external_id.empty()) out["external_id"] = role.external_id;
    if (!role.session_name.empty()) out["role_session_name"] = role.session_name;
    return {{"AssumeRole", out}};
  }
};

TEST_F(ProfileVectors, EveryPublishedChainOfRolesIsPlannedOrRefused) {
  const auto suite = vectors::read_json(file("credentials/assume-role-tests.json"));
  int cases = 0;
  for (const auto& one : suite.as_array()) {
    SCOPED_TRACE(vectors::json::serialize(one));
    const auto& input = one.at("input").as_object();
    const auto& output = one.at("output").as_object();
    const Profiles all{sections_of(input, "profiles"), sections_of(input, "sso_sessions"), {}};
    ++cases;

    const auto chain = plan_chain(all, text_of(input, "selected_profile"));

    if (output.contains("Error")) {
      ASSERT_FALSE(chain);
      EXPECT_NE(chain.error().what.find(text_of(output, "Error")), std::string::npos)
          << chain.error().what;
      continue;
    }
    ASSERT_TRUE(chain) << chain.error().what;
    vectors::json::array words{std::visit(Words{}, chain->source)};
    for (const Role& role : chain->roles) words.push_back(Words{}(role));
    EXPECT_EQ(vectors::json::value(words), output.at("ProfileChain"))
        << vectors::json::serialize(words);
  }
  EXPECT_EQ(cases, 28);
  report("assume-role", cases);
}

}  // namespace
}  // namespace sy::aws
