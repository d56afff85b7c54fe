#include "control/records/record.h"

#include <gtest/gtest.h>

#include "support/records_world.h"

namespace sy::control::records {
namespace {

Record round_trip(const Record& record) {
  const auto text = encode(record);
  EXPECT_TRUE(text.has_value());
  const auto again = decode(text.value());
  EXPECT_TRUE(again.has_value()) << (again ? "" : again.error().what);
  return again.value();
}

std::size_t size_of(const Record& record) { return encode(record).value().size(); }

TEST(ARecord, IsTheSameAfterItWasStored) {
  for (const int services : {0, 1, 2, 6}) {
    Record record = full_record(services);
    if (services == 6) record.recent.resize(6);
    EXPECT_EQ(round_trip(record), record) << services;
  }
}

TEST(ARecord, OfANewEnvironmentIsTheSameAfterItWasStored) {
  const Record record{.epoch = 1, .env = "staging", .nonce = "n"};
  EXPECT_EQ(round_trip(record), record);
}

TEST(ARecord, IsWrittenAsTheDocumentationSays) {
  Record record;
  record.epoch = 7;
  record.env = "staging";
  record.nonce = "ab12";
  record.op = "deploy";
  record.result = "succeeded";
  record.current = release_of("v20261123-0123456789ab", Color::green, 1);
  record.current->git_sha = "0123456789ab";
  record.current->services["backend"].digest = "sha256:00";
  record.recent.push_back({"v20261123-0123456789ab",
                           wall_of(7, 12, 14),
                           "deploy",
                           "succeeded",
                           "me@desk",
                           {{"backend", "pms-backend-production:1234"}}});
  EXPECT_EQ(encode(record).value(),
            R"({"schema":1,"env":"staging","epoch":7,"nonce":"ab12","op":"deploy",)"
            R"("result":"succeeded","reason":"","current":{"version":"v20261123-0123456789ab",)"
            R"("git_sha":"0123456789ab","deployed_at":"2026-11-23T07:12:14Z",)"
            R"("by":"arn:aws:sts::111122223333:assumed-role/pms-deploy/GitHubActions",)"
            R"("run":"https://github.com/your-org/pms/actions/runs/8123456789",)"
            R"("color":"green","services":{"backend":{"td":"pms-backend-production:1234",)"
            R"("digest":"sha256:00","color":"green","count":4}}},)"
            R"("names":["me@desk","backend","pms-backend-production:"],)"
            R"("recent":[{"v":"v20261123-0123456789ab","at":1795417934,"op":"d","ok":1,)"
            R"("by":0,"td":[1,2,1234]}]})");
}

TEST(ARecord, OfTwoServicesFitsWithAllItsHistory) {
  const Record record = full_record(2);
  EXPECT_LE(size_of(record), record_bytes_max);
  EXPECT_EQ(round_trip(record).recent.size(), recent_max);
}

TEST(ARecord, OfSixServicesKeepsTheNewestOfItsHistoryThatFit) {
  const Record record = full_record(6);
  EXPECT_LE(size_of(record), record_bytes_max);
  const Record again = round_trip(record);
  EXPECT_GE(again.recent.size(), 6U);
  EXPECT_LT(again.recent.size(), recent_max);
  for (std::size_t i = 0; i < again.recent.size(); ++i)
    EXPECT_EQ(again.recent[i], record.recent[i]);
  EXPECT_EQ(again.current, record.current);
  EXPECT_EQ(again.previous, record.previous);
}

TEST(ARecord, ThatCannotFitIsRefusedWithWhatToDo) {
  const auto text = encode(full_record(20));
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error(),
            (Failure{ExitCode::refused,
                     "the record does not fit into 3900 bytes even without its history",
                     "Use shorter names of services, definitions or runs, or fewer services."}));
}

TEST(ARecord, IsAsciiWithoutDoubleBrackets) {
  Record record = full_record(2);
  record.reason = "{{secret}} \"Müller\" \\ \xf0\x9f\x9a\x80 \x01\x7f broken \xff\xc3";
  const std::string text = encode(record).value();
  for (const char c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c);
  EXPECT_EQ(text.find("{{"), std::string::npos);
  EXPECT_EQ(round_trip(record).reason, "{{secret}} \"Müller\" \\ \xf0\x9f\x9a\x80 ?? broken ??");
}

TEST(ARecord, KeepsDefinitionsOfEveryKind) {
  Record record{.epoch = 3, .env = "local", .nonce = "n"};
  Operation operation{"v20261123-abc1234", wall_of(1, 0), "cleanup", "half done", "", {}};
  for (const char* definition :
       {"", "plain", "app:v20261123-abc1234", "registry:5000/app", "app:007", "app:7", "app:0",
        "app:", ":7", "app@sha256:9f", "app:99999999999999999999"})
    operation.definitions["s" + std::string{definition}] = definition;
  record.recent.push_back(operation);
  EXPECT_EQ(round_trip(record), record);
}

TEST(ARecord, CutsALongReasonAndNothingElse) {
  Record record = full_record(2);
  record.reason = std::string(299, 'x') + "\xc3\xbc and more";
  EXPECT_EQ(round_trip(record).reason, std::string(299, 'x'));
}

TEST(ForeignText, IsRefusedWithHowToImport) {
  const Failure expected{ExitCode::refused,
                         "what stands in place of the record was not written by switchctl",
                         "To begin a record here, which keeps that text only in the store's own "
                         "history: switchctl versions ENV --import"};
  for (const char* text :
       {"", "v20240101-abc1234", "{}", "[1]", R"({"version":"v20240101-abc1234"})",
        R"({"schema":"1"})", R"({"schema":null})", R"({"schema":1.5,"epoch":1})", "{\"schema\":1",
        R"({"schema":0,"epoch":1})"}) {
    EXPECT_TRUE(is_foreign(text)) << text;
    const auto record = decode(text);
    ASSERT_FALSE(record.has_value()) << text;
    EXPECT_EQ(record.error(), expected) << text;
  }
}

TEST(AnotherSchema, IsRefusedAndNotTakenForForeign) {
  for (const char* text : {R"({"schema":2})", R"({"schema":99,"epoch":"x"})", R"({"schema":-1})"}) {
    EXPECT_FALSE(is_foreign(text));
    const auto record = decode(text);
    ASSERT_FALSE(record.has_value());
    EXPECT_EQ(record.error(),
              (Failure{ExitCode::refused,
                       "the record has a schema that this switchctl does not know (it knows 1)",
                       "Use the switchctl that wrote it, or a newer one; nothing was changed."}));
  }
}

TEST(ADamagedRecord, IsRefusedByTheMemberThatMakesNoSense) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"schema":1})", "epoch"},
      {R"({"schema":1,"epoch":-1})", "epoch"},
      {R"({"schema":1,"epoch":1e300})", "epoch"},
      {R"({"schema":1,"epoch":18446744073709551615})", "epoch"},
      {R"({"schema":1,"epoch":1,"env":7})", "env"},
      {R"({"schema":1,"epoch":1,"current":[]})", "current"},
      {R"({"schema":1,"epoch":1,"current":{"version":"v"}})", "color"},
      {R"({"schema":1,"epoch":1,"current":{"color":"red"}})", "color"},
      {R"({"schema":1,"epoch":1,"current":{"color":"blue","deployed_at":"today"}})", "deployed_at"},
      {R"({"schema":1,"epoch":1,"current":{"color":"blue","services":{"b":{"count":-1}}}})",
       "count"},
      {R"({"schema":1,"epoch":1,"recent":[{"by":3}]})", "recent"},
      {R"({"schema":1,"epoch":1,"names":["a"],"recent":[{"td":[0,0]}]})", "recent"},
      {R"({"schema":1,"epoch":1,"names":["a"],"recent":[{"td":[0,1,2]}]})", "recent"},
      {R"({"schema":1,"epoch":1,"recent":[{"ok":9}]})", "recent"},
      {R"({"schema":1,"epoch":1,"names":[1]})", "names"},
  };
  for (const auto& [text, member] : cases) {
    const auto record = decode(text);
    ASSERT_FALSE(record.has_value()) << text;
    EXPECT_EQ(record.error().what,
              "the record cannot be read: \"" + std::string{member} + "\" in it makes no sense");
    EXPECT_EQ(record.error().next,
              "Put the last good version of it back, from the store's history; nothing was "
              "changed.");
  }
}

TEST(ARecord, ToleratesMembersItDoesNotKnowAndLeavesThemOut) {
  const auto record =
      decode(R"({"schema":1,"epoch":4,"env":"staging","future":{"a":[1]},"reason":null,)"
             R"("current":{"color":"blue","version":"v","more":1}})");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->epoch, 4U);
  EXPECT_EQ(record->current->version, "v");
  EXPECT_EQ(encode(*record)->find("future"), std::string::npos);
}

TEST(ARecord, TakesTheColorFromAServiceWhenTheReleaseSaysNone) {
  const auto record = decode(
      R"({"schema":1,"epoch":4,"current":{"services":{"backend":{"td":"a:1","color":"green"}}}})");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->current->color, Color::green);
}

TEST(ARecord, ShowsNoControlCharactersAndNothingWithoutEnd) {
  const auto record = decode(R"({"schema":1,"epoch":4,"reason":")" + std::string(4'000, 'x') +
                             R"(","env":"a\u001b[2Jb\u009bc"})");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->reason.size(), 512U);
  EXPECT_EQ(record->env, "a?[2Jb?c");
}

TEST(TextOfAnyDepthAndSize, IsForeign) {
  EXPECT_TRUE(is_foreign(std::string(100'000, '[')));
  EXPECT_TRUE(is_foreign(R"({"schema":1,"a":)" + std::string(4'000, '[')));
  EXPECT_TRUE(is_foreign("{\"schema\":1,\"epoch\":1}" + std::string(10'000, ' ')));
}

TEST(AfterAnOperation, TheEpochAndTheHistoryGrow) {
  Record before = full_record(2);
  before.reason = "old";
  const Operation operation{"v20261124-abc1234", wall_of(8, 0), "deploy", "failed", "me", {}};
  const Record next = after(before, operation, before.current, before.previous);
  EXPECT_EQ(next.epoch, 1235U);
  EXPECT_EQ(next.env, "production");
  EXPECT_EQ(next.op, "deploy");
  EXPECT_EQ(next.result, "failed");
  EXPECT_EQ(next.reason, "");
  EXPECT_EQ(next.nonce, "");
  EXPECT_EQ(next.current, before.current);
  EXPECT_EQ(next.recent.size(), recent_max);
  EXPECT_EQ(next.recent[0], operation);
  EXPECT_EQ(next.recent[1], before.recent[0]);
}

}  // namespace
}  // namespace sy::control::records
