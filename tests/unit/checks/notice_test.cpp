#include "control/deploy/notice.h"

#include <gtest/gtest.h>

namespace sy::control::deploy {
namespace {

using std::chrono::seconds;

Ending ending() {
  return {.id = "op-7",
          .operation = "deploy",
          .outcome = "rolled_back",
          .at = WallTime{seconds{1'704'103'200}},
          .app = "pms",
          .environment = "staging",
          .color = "green",
          .version = "v20240115-def5678",
          .previous = "v20240101-abc1234",
          .what = "green fails GET /api <5 & more>\nof all",
          .actor = "ada",
          .reason = "ticket 12",
          .exit = ExitCode::rolled_back};
}

TEST(Notice, JsonHasEveryField) {
  EXPECT_EQ(json_body(ending()),
            R"({"id":"op-7","type":"rolled_back","operation":"deploy",)"
            R"("at":"2024-01-01T10:00:00.000Z","app":"pms","environment":"staging",)"
            R"("color":"green","version":"v20240115-def5678","previous":"v20240101-abc1234",)"
            R"("what":"green fails GET /api <5 & more>\nof all","actor":"ada",)"
            R"("reason":"ticket 12","exit":3})");
}

TEST(Notice, SlackIsOneLineOfText) {
  EXPECT_EQ(slack_body(ending()),
            R"({"text":"*pms staging* deploy of v20240115-def5678 in green *rolled back*: )"
            R"-(green fails GET /api &lt;5 &amp; more&gt; of all (ada: ticket 12)"})-");
  EXPECT_EQ(slack_body({.operation = "rollback", .outcome = "failed", .environment = "x"}),
            R"({"text":"* x* rollback *failed*"})");
}

TEST(Notice, SlackIsCutBetweenCharacters) {
  Ending one = ending();
  one.what.clear();
  for (int i = 0; i < 1'000; ++i) one.what += "ä";
  const std::string body = slack_body(one);
  EXPECT_LT(body.size(), 2'000U);
  EXPECT_NE(body.find("ä… (ada"), std::string::npos);
}

TEST(Notice, IsSignedAsTheProxySigns) {
  // printf '1704103200.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
  EXPECT_EQ(signature("0123456789abcdef", std::chrono::sys_seconds{seconds{1'704'103'200}}, "{}"),
            "t=1704103200,v1=720c2ed933c7d20d3e6f1ef25fd9e86cd13623063782e4541779aad3ea995c1a");
}

}  // namespace
}  // namespace sy::control::deploy
