#include "control/aws/sts.h"

#include <gtest/gtest.h>

#include "control/aws/xml.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;

constexpr const char* assumed = R"(<?xml version="1.0"?>
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/a/b</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
      <SecretAccessKey>a&amp;b/c+d</SecretAccessKey>
      <SessionToken>T==</SessionToken>
      <Expiration>2026-11-23T18:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</AssumeRoleResponse>)";

constexpr Moment six =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{18};

TEST(Sts, AnAssumedRoleIsCredentials) {
  EXPECT_EQ(read_assumed({200, {}, assumed}).value(),
            (Credentials{"ASIAEXAMPLE", "a&b/c+d", "T==", "111122223333", six}));
}

TEST(Sts, ARoleIsAskedForByName) {
  const Role role{"arn:aws:iam::1:role/pms-deploy", "x y", "", "3600", ""};
  EXPECT_EQ(assume_role(role, "switchctl").body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fpms-"
            "deploy&RoleSessionName=switchctl&DurationSeconds=3600&ExternalId=x%20y");
  const WebIdentity identity{"arn:r", "/token", "me@home"};
  EXPECT_EQ(assume_role(identity, "eyJ.a.b\n", "switchctl").body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Ar&RoleSessionName="
            "me%40home&WebIdentityToken=eyJ.a.b");
  EXPECT_EQ(get_caller_identity().body, "Action=GetCallerIdentity&Version=2011-06-15");
}

TEST(Sts, SaysWhoWeAre) {
  EXPECT_EQ(read_identity({200,
                           {},
                           "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:x</Arn>"
                           "<UserId>U</UserId><Account>111122223333</Account>"
                           "</GetCallerIdentityResult></GetCallerIdentityResponse>"})
                .value(),
            (Identity{"111122223333", "arn:x", "U"}));
}

TEST(Sts, ARefusalHasItsCodeAndRequest) {
  const auto refused = read_assumed(
      {403,
       {},
       "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User is not "
       "authorized to perform: sts:AssumeRole</Message></Error><RequestId>r-1</RequestId>"
       "</ErrorResponse>"});
  EXPECT_EQ(refused.error(),
            (Error{Kind::denied, "AccessDenied",
                   "User is not authorized to perform: sts:AssumeRole", 403, "r-1"}));
}

TEST(Sts, HalfAnAnswerIsNoCredentials) {
  const std::string whole = assumed;
  for (std::size_t size = 0; size + 1 < whole.size(); ++size)
    ASSERT_FALSE(read_assumed({200, {}, whole.substr(0, size)})) << size;
}

TEST(Sts, TheJsonOfContainersInstancesAndCommandsIsCredentials) {
  const Credentials wanted{"A", "s", "t", "", six};
  EXPECT_EQ(read_credentials(R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t",
                                 "Expiration":"2026-11-23T18:00:00Z","Code":"Success"})")
                .value(),
            wanted);
  EXPECT_EQ(read_credentials(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s",
                                 "SessionToken":"t","Expiration":"2026-11-23T19:00:00+01:00"})")
                .value(),
            wanted);
  for (const char* bad :
       {"", "[]", "{}", R"({"AccessKeyId":"A"})", R"({"Code":"Failed","AccessKeyId":"A"})",
        R"({"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"})"})
    EXPECT_FALSE(read_credentials(bad)) << bad;
}

TEST(Sts, SessionNamesAreMadeToFit) {
  EXPECT_EQ(session_name_of("a b/c"), "a-b-c");
  EXPECT_EQ(session_name_of("x"), "x-");
  EXPECT_EQ(session_name_of(std::string(100, 'a')).size(), 64U);
}

TEST(Xml, ReadsWhatStsWrites) {
  const auto root = read_xml(
      "\xEF\xBB\xBF<?xml version='1.0'?><!-- a --><a x='1'>t<b/>u<![CDATA[<&>]]>&#65;&#x20AC;</a "
      ">");
  EXPECT_EQ(root->text, "tu<&>A€");
  EXPECT_EQ(root->children.size(), 1U);
  EXPECT_EQ(text_at(*root, {"b"}), "");
  EXPECT_EQ(text_at(*root, {"b", "c"}), "");
  EXPECT_EQ(child(*root, "c"), nullptr);
}

TEST(Xml, RefusesWhatItCannotBeSureOf) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "<a>";
  for (int i = 0; i < 40; ++i) deep += "</a>";
  std::string many = "<a>";
  for (int i = 0; i < 20'000; ++i) many += "<b/>";
  many += "</a>";
  for (const std::string& bad :
       {std::string{}, std::string{"text"}, std::string{"<a>"}, std::string{"<a></b>"},
        std::string{"<a></ab>"}, std::string{"<a/><b/>"}, std::string{"<a>&unknown;</a>"},
        std::string{"<a>&#0;</a>"}, std::string{"<a>&#xD800;</a>"}, std::string{"<a>& b</a>"},
        std::string{"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, std::string{"<a b></a>"},
        std::string{"<a b='></a>"}, std::string{"<1/>"}, deep, many,
        std::string(xml_bytes_max + 1, ' ')})
    EXPECT_FALSE(read_xml(bad)) << bad.substr(0, 60);
}

}  // namespace
}  // namespace sy::aws
