#include "notify/payload.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sy::notify {
namespace {

using director::Notice;

Notice reverted() {
  Notice notice;
  notice.type = "reverted";
  notice.at = WallTime{std::chrono::milliseconds{1'704'103'200'250}};
  notice.app = "pms";
  notice.environment = "production";
  notice.rollout = "r12";
  notice.color = Color::green;
  notice.version = "v20240101-abc1234";
  notice.what = "green fails POST /api/claims 6 of 6";
  notice.actor = "switchyard";
  notice.numbers = {{"requests", "120"}, {"rate", "0.05"}, {"test", "paired"}, {"id", "nan"}};
  return notice;
}

TEST(JsonBody, HasEveryFieldAndNumbersAsNumbers) {
  EXPECT_EQ(json_body(reverted(), "ab-1"),
            R"({"id":"ab-1","type":"reverted","at":"2024-01-01T10:00:00.250Z","app":"pms",)"
            R"("environment":"production","rollout":"r12","color":"green",)"
            R"("version":"v20240101-abc1234","what":"green fails POST /api/claims 6 of 6",)"
            R"("actor":"switchyard","reason":"",)"
            R"("numbers":{"id":"nan","rate":5E-2,"requests":120,"test":"paired"}})");
}

TEST(JsonBody, EscapesWhatPeopleWrote) {
  Notice notice = reverted();
  notice.reason = "a \"quoted\"\nline \x01 & <b>";
  const auto parsed = boost::json::parse(json_body(notice, "1"));
  EXPECT_EQ(parsed.at("reason").as_string(), notice.reason);
}

std::string slack_text(const Notice& notice) {
  const auto parsed = boost::json::parse(slack_body(notice));
  EXPECT_EQ(parsed.as_object().size(), 1U);
  return std::string{parsed.at("text").as_string()};
}

TEST(SlackBody, IsOneSentence) {
  Notice notice = reverted();
  EXPECT_EQ(slack_text(notice),
            "*pms production* green v20240101-abc1234 *reverted*: green fails POST /api/claims 6 "
            "of 6 (switchyard)");
  notice.actor = "ci";
  notice.reason = "release 7";
  notice.type = "approval";
  notice.what = "before 100 %";
  notice.version = "";
  EXPECT_EQ(slack_text(notice),
            "*pms production* green *needs an approver*: before 100 % (ci: release 7)");
}

TEST(SlackBody, CannotMentionAnybody) {
  Notice notice = reverted();
  notice.what = "<!channel> & a\nb";
  EXPECT_NE(slack_text(notice).find("&lt;!channel&gt; &amp; a b"), std::string::npos);
}

TEST(SlackBody, IsCutBetweenCharactersAndEscapes) {
  Notice notice = reverted();
  for (std::size_t shift = 0; shift < 8; ++shift) {
    notice.what = std::string(shift, 'x');
    for (int i = 0; i < 700; ++i) notice.what += "é<";
    const std::string text = slack_text(notice);
    EXPECT_LE(text.size(), 3'003U);
    ASSERT_TRUE(text.ends_with("…"));
    const std::string before = text.substr(0, text.size() - 3);
    EXPECT_TRUE(before.ends_with("é") || before.ends_with("&lt;")) << before.substr(2'950);
  }
}

// What `{ printf '%s.' 1704103200; printf '%s' '{"a":1}'; } | openssl dgst -sha256 -hmac KEY` says.
TEST(Signature, IsWhatOpensslSays) {
  const std::chrono::sys_seconds at{std::chrono::seconds{1'704'103'200}};
  EXPECT_EQ(signature("0123456789abcdef", at, R"({"a":1})"),
            "t=1704103200,v1=abff09ebff69c90114ec034a961e04dc64fa02b9ca0eda0bc8abad63592d5a4b");
}

TEST(Signature, DependsOnTimeBodyAndSecret) {
  const std::chrono::sys_seconds at{std::chrono::seconds{1}};
  const auto one = signature("0123456789abcdef", at, "a");
  const auto digest = [](const std::string& text) { return text.substr(text.find("v1=")); };
  EXPECT_EQ(digest(one).size(), 3U + 64U);
  EXPECT_NE(digest(one), digest(signature("0123456789abcdef", at + std::chrono::seconds{1}, "a")));
  EXPECT_NE(digest(one), digest(signature("0123456789abcdef", at, "b")));
  EXPECT_NE(digest(one), digest(signature("0123456789abcdeg", at, "a")));
}

}  // namespace
}  // namespace sy::notify
