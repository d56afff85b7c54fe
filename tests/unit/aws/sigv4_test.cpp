#include "control/aws/sigv4.h"

#include <gtest/gtest.h>

namespace sy::aws {
namespace {

using namespace std::chrono_literals;

constexpr Seconds noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h;
const Credentials somebody{"AKIDEXAMPLE", "wJalr/XUtn+FEMI", "", "", std::nullopt};
const Scope ssm{"us-east-1", "ssm"};

Request call() {
  return {.method = "POST",
          .target = "/",
          .fields = {{"Host", "ssm.us-east-1.amazonaws.com"},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", "AmazonSSM.GetParameter"}},
          .body = R"({"Name":"/pms/staging/current"})"};
}

std::string authorization(const Fields& fields) {
  return std::string{find(fields, "authorization").value()};
}

TEST(SigV4, HostIsWrittenAsItWillBeSent) {
  EXPECT_EQ(host_of("https://ECS.us-east-1.amazonaws.com/").value(), "ecs.us-east-1.amazonaws.com");
  EXPECT_EQ(host_of("https://user:pass@a.example:443/x?y").value(), "a.example");
  EXPECT_EQ(host_of("http://a.example:80").value(), "a.example");
  EXPECT_EQ(host_of("http://a.example:443").value(), "a.example:443");
  EXPECT_EQ(host_of("http://127.0.0.1:4599").value(), "127.0.0.1:4599");
  EXPECT_EQ(host_of("http://[FD00:ec2::254]/latest").value(), "[fd00:ec2::254]");
  EXPECT_EQ(host_of("http://[::1]:8080/").value(), "[::1]:8080");
  EXPECT_FALSE(host_of("ftp://a.example"));
  EXPECT_FALSE(host_of("https:///x"));
  EXPECT_FALSE(host_of("https://a b"));
  EXPECT_FALSE(host_of("https://a\r\nX-Amz-Date: 1"));
  EXPECT_FALSE(host_of(""));
}

TEST(SigV4, AMistakenUrlIsNotRepeatedForItMayHoldAPassword) {
  const auto host = host_of("ftp://user:hunter2@a.example");
  EXPECT_EQ(host.error().what, "a URL must begin with https:// or http://");
}

TEST(SigV4, TheDayOfTheScopeIsThatOfTheTimestampAtMidnight) {
  const Seconds midnight = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24};
  const Signed before = explain(call(), somebody, ssm, midnight - 1s);
  const Signed after = explain(call(), somebody, ssm, midnight);
  EXPECT_NE(before.string_to_sign.find("20261123T235959Z\n20261123/us-east-1"), std::string::npos);
  EXPECT_NE(after.string_to_sign.find("20261124T000000Z\n20261124/us-east-1"), std::string::npos);
}

TEST(SigV4, EveryAmzFieldIsSignedAndNoFieldOfTheHop) {
  Request request = call();
  request.fields.push_back({"Connection", "keep-alive"});
  request.fields.push_back({"User-Agent", "switchctl"});
  request.fields.push_back({"X-Amzn-Trace-Id", "Root=1"});
  request.fields.push_back({"amz-sdk-request", "attempt=1; max=3"});
  EXPECT_NE(authorization(sign(request, somebody, ssm, noon))
                .find("SignedHeaders=amz-sdk-request;content-type;host;x-amz-date;x-amz-target,"),
            std::string::npos);
}

TEST(SigV4, TheSessionTokenIsSignedWhenThereIsOne) {
  Credentials with_token = somebody;
  with_token.session_token = "TOKEN";
  const Fields fields = sign(call(), with_token, ssm, noon);
  EXPECT_EQ(find(fields, "x-amz-security-token"), "TOKEN");
  EXPECT_NE(authorization(fields).find(";x-amz-security-token;"), std::string::npos);
  EXPECT_FALSE(find(sign(call(), somebody, ssm, noon), "x-amz-security-token"));
}

TEST(SigV4, ARetryReplacesWhatTheLastAttemptAdded) {
  Credentials with_token = somebody;
  with_token.session_token = "OLD";
  Request again = call();
  for (const Field& field : sign(call(), with_token, ssm, noon)) again.fields.push_back(field);
  EXPECT_EQ(sign(again, somebody, ssm, noon + 20s), sign(call(), somebody, ssm, noon + 20s));
}

TEST(SigV4, AnotherByteInTheBodyIsAnotherSignature) {
  Request other = call();
  other.body += ' ';
  EXPECT_NE(explain(call(), somebody, ssm, noon).signature,
            explain(other, somebody, ssm, noon).signature);
}

TEST(SigV4, SecretsAreTakenAsTheyAre) {
  Credentials decoded = somebody;
  decoded.secret_access_key = percent_decoded("wJalr%2FXUtn+FEMI");
  EXPECT_EQ(sign(call(), decoded, ssm, noon), sign(call(), somebody, ssm, noon));
  decoded.secret_access_key += ' ';
  EXPECT_NE(sign(call(), decoded, ssm, noon), sign(call(), somebody, ssm, noon));
}

TEST(Dates, AreReadInEveryFormAwsWrites) {
  EXPECT_EQ(read_iso_date("2019-12-16T22:48:18-01:00"), Moment{1576540098s});
  EXPECT_EQ(read_iso_date("2000-01-02T20:34:56.123Z"), Moment{946845296123ms});
  EXPECT_EQ(read_http_date("Tue, 29 Apr 2014 18:30:38 GMT"), Seconds{1398796238s});
  EXPECT_EQ(read_epoch(1.398796238e9), Moment{1398796238s});
  for (const char* bad : {"", "2019-12-16", "2019-13-16T22:48:18Z", "2019-12-16T22:48:18",
                          "2019-12-16T22:48:18Zx", "2019-12-16T22:48:18.Z", "2019-12-16T25:00:00Z"})
    EXPECT_FALSE(read_iso_date(bad)) << bad;
  for (const char* bad :
       {"", "Tue, 29 Apr 2014", "Tue, 29 anF 2014 18:30:38 GMT", "Tue, 2", "a, b"})
    EXPECT_FALSE(read_http_date(bad)) << bad;
  EXPECT_FALSE(read_epoch(1e300));
}

}  // namespace
}  // namespace sy::aws
