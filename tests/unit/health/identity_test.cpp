#include "health/identity.h"

#include <gtest/gtest.h>

namespace sy::health {
namespace {

std::string refusal(std::string_view body) {
  const auto parsed = parse_identity(body, "version");
  return parsed ? "parsed" : parsed.error().what;
}

TEST(HealthIdentity, ReadsTheBodyOfTheGuide) {
  const auto identity = parse_identity(R"({
    "status": "healthy",
    "service": "pms-backend",
    "version": "v20240101-abc1234",
    "gitSha": "abc1234",
    "environment": "production",
    "buildTime": "2024-01-01T12:00:00Z"
  })",
                                       "version");

  EXPECT_EQ(identity.value(), (Identity{.version = "v20240101-abc1234",
                                        .git_sha = "abc1234",
                                        .environment = "production",
                                        .build_time = "2024-01-01T12:00:00Z",
                                        .service = "pms-backend"}));
}

TEST(HealthIdentity, TakesTheVersionFromTheMemberItIsToldOf) {
  const auto identity = parse_identity(R"({"version": "no", "release": "yes"})", "release");

  EXPECT_EQ(identity->version, "yes");
}

TEST(HealthIdentity, LeavesAbsentAndStrangeMembersEmpty) {
  const auto identity = parse_identity(
      R"({"version": 3, "gitSha": null, "environment": "a\u0000b", "buildTime": "é"})", "version");

  EXPECT_EQ(identity.value(), Identity{});
}

TEST(HealthIdentity, LeavesTextsOverTheLimitEmpty) {
  const auto body = [](std::size_t size) {
    return R"({"version": ")" + std::string(size, 'v') + R"("})";
  };

  EXPECT_EQ(parse_identity(body(identity_text_bytes_max), "version")->version.size(),
            identity_text_bytes_max);
  EXPECT_EQ(parse_identity(body(identity_text_bytes_max + 1), "version")->version, "");
}

TEST(HealthIdentity, RefusesWhatIsNoJsonObject) {
  for (const char* body : {"", "OK", "{", "[]", "\"v1\"", "{} x", "<html>", "{'version': 'v1'}"}) {
    EXPECT_EQ(refusal(body), "body is not JSON") << body;
  }
}

TEST(HealthIdentity, RefusesDeepNests) {
  const auto nest = [](std::size_t depth) {
    return R"({"a": )" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };

  EXPECT_EQ(refusal(nest(15)), "parsed");
  EXPECT_EQ(refusal(nest(16)), "body is not JSON");
}

TEST(HealthIdentity, RefusesBodiesOverTheLimit) {
  const std::string fits = "{}" + std::string(body_bytes_max - 2, ' ');

  EXPECT_EQ(refusal(fits), "parsed");
  EXPECT_EQ(refusal(fits + " "), "body is over 65536 bytes");
}

}  // namespace
}  // namespace sy::health
