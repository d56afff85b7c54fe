#include "control/aws/wire.h"

#include <gtest/gtest.h>

#include "control/aws/redact.h"

namespace sy::aws {
namespace {

Answer refused(int status, std::string body, Fields fields = {}) {
  return {status, std::move(fields), std::move(body)};
}

TEST(Wire, AnErrorIsPrintedWithItsRequest) {
  const Error error = json_error(refused(
      400,
      R"({"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."})",
      {{"x-amzn-requestid", "8b5e"}}));
  EXPECT_EQ(error, (Error{Kind::not_found, "ClusterNotFoundException", "Cluster not found.", 400,
                          "8b5e"}));
}

TEST(Wire, APageOfALoadBalancerIsAnErrorToo) {
  const Error error = json_error(refused(
      502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<h1>nginx</h1></html>"));
  EXPECT_EQ(error.code, "Bad Gateway");
  EXPECT_EQ(error.kind, Kind::unavailable);
  EXPECT_EQ(error.what, "502 Bad Gateway nginx");
  EXPECT_EQ(query_error(refused(503, "")).code, "Service Unavailable");
  EXPECT_EQ(query_error(refused(418, "<a>")).code, "HTTP 418");
  EXPECT_EQ(json_error(refused(403, "[1]")).kind, Kind::denied);
  EXPECT_LE(json_error(refused(500, std::string(100'000, 'x'))).what.size(), 203U);
}

TEST(Wire, KindsAreDecidedByCode) {
  EXPECT_EQ(kind_of("ExpiredTokenException", 403), Kind::auth);
  EXPECT_EQ(kind_of("ExpiredToken", 400), Kind::auth);
  EXPECT_EQ(kind_of("AccessDeniedException", 400), Kind::denied);
  EXPECT_EQ(kind_of("AccessDenied", 403), Kind::denied);
  EXPECT_EQ(kind_of("ParameterNotFound", 400), Kind::not_found);
  EXPECT_EQ(kind_of("ImageNotFoundException", 400), Kind::not_found);
  EXPECT_EQ(kind_of("ParameterAlreadyExists", 400), Kind::conflict);
  EXPECT_EQ(kind_of("ThrottlingException", 400), Kind::unavailable);
  EXPECT_EQ(kind_of("ServerException", 500), Kind::unavailable);
  EXPECT_EQ(kind_of("Whatever", 500), Kind::unavailable);
  EXPECT_EQ(kind_of("RequestTimeTooSkewed", 403), Kind::skewed);
  EXPECT_EQ(kind_of("ValidationException", 400), Kind::invalid);
  EXPECT_EQ(kind_of("ClientException", 400), Kind::invalid);
}

TEST(Wire, AMessageThatRepeatsTheRequestLosesItsToken) {
  const std::string token = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ";
  const std::string message =
      "The Canonical String should have been\\n'POST\\n/\\n\\nhost:a\\nx-amz-security-token:" +
      token + "\\n\\nhost;x-amz-security-token\\ne3b0'";
  const Error error = json_error(
      refused(403, R"({"__type":"InvalidSignatureException","message":")" + message + R"("})"));
  EXPECT_EQ(error.what.find(token), std::string::npos);
  EXPECT_EQ(error.what,
            "The Canonical String should have been 'POST / host:a x-amz-security-token:[redacted] "
            "host;x-amz-security-token e3b0'");
}

TEST(Wire, ADeniedActionIsNamedAsAwsNamesIt) {
  const std::string denied =
      "User: arn:aws:sts::111122223333:assumed-role/pms-deploy/GitHubActions is not authorized to "
      "perform: ecs:UpdateService on resource: "
      "arn:aws:ecs:us-east-1:111122223333:service/pms/pms-backend-staging";
  EXPECT_EQ(json_error(
                refused(400, R"({"__type":"AccessDeniedException","Message":")" + denied + R"("})"))
                .what,
            denied);
}

TEST(Redact, SecretsGoWhereverTheyStand) {
  EXPECT_EQ(redacted(R"({"SecretAccessKey" : "abc/def", "AccessKeyId":"AKIDEXAMPLE"})"),
            R"({"SecretAccessKey" : "[redacted]", "AccessKeyId":"AKIDEXAMPLE"})");
  EXPECT_EQ(redacted("<SessionToken>abc</SessionToken>"),
            "<SessionToken>[redacted]</SessionToken>");
  EXPECT_EQ(redacted("Authorization: AWS4-HMAC-SHA256 Credential=A, Signature=b\nHost: c"),
            "Authorization: [redacted]\nHost: c");
  EXPECT_EQ(redacted("WebIdentityToken=eyJ0.eyJz.sig&Version=1"),
            "WebIdentityToken=[redacted]&Version=1");
  EXPECT_EQ(redacted("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIi.c2ln was refused"),
            "token [redacted] was refused");
  EXPECT_EQ(redacted(std::string(200, 'A') + " x"), "[redacted] x");
  EXPECT_EQ(redacted("no secret here, x-amz-security-token;host"),
            "no secret here, x-amz-security-token;host");
  const Credentials ours{"AKID", "wJalrXUtn/FEMI", "short+token", "", std::nullopt};
  EXPECT_EQ(redacted("a wJalrXUtn/FEMI b short+token", ours), "a [redacted] b [redacted]");
}

TEST(Redact, NoControlCharacterReachesATerminal) {
  EXPECT_EQ(one_line(" a\r\n\t b\x1b[31mc\x7f", 100), "a b [31mc ");
  EXPECT_EQ(one_line("abcdef", 3), "abc…");
  EXPECT_EQ(one_line("ab\xC3\xA9", 3), "ab…");
}

}  // namespace
}  // namespace sy::aws
