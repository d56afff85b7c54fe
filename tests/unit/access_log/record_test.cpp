#include "access_log/record.h"

#include <gtest/gtest.h>

namespace sy::access_log {
namespace {

using namespace std::chrono_literals;

constexpr WallTime ten_o_clock{1'704'103'200'000ms};  // 2024-01-01T10:00:00Z

std::string line(const Record& record) {
  Formatter formatter;
  std::string out;
  formatter.line(out, record);
  return out;
}

TEST(AccessLogRecord, WritesEverythingThatIsKnownOnOneLine) {
  const Record record{.at = ten_o_clock + 7ms,
                      .method = Method::post,
                      .service = "backend",
                      .route = "/api/",
                      .color = Color::green,
                      .version = "v20240101-abc1234",
                      .status = 502,
                      .failure = "reset",
                      .total = 12'345'678ns,
                      .upstream = 11'999'999ns,
                      .bytes_in = 17,
                      .bytes_out = 1'048'576,
                      .request_id = "0123456789abcdef",
                      .retries = 1,
                      .replayed = true,
                      .tls = true,
                      .client_closed = true};
  EXPECT_EQ(
      line(record),
      R"({"time":"2024-01-01T10:00:00.007Z","method":"POST","service":"backend","route":"/api/",)"
      R"("color":"green","version":"v20240101-abc1234","status":502,"failure":"reset",)"
      R"("total_us":12345,"upstream_us":11999,"bytes_in":17,"bytes_out":1048576,)"
      R"("request_id":"0123456789abcdef","retries":1,"replayed":true,"tls":true,)"
      R"("client_closed":true})"
      "\n");
}

TEST(AccessLogRecord, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(line(Record{.at = ten_o_clock, .status = 400}),
            R"({"time":"2024-01-01T10:00:00.000Z","method":"OTHER","status":400,"total_us":0,)"
            R"("bytes_in":0,"bytes_out":0})"
            "\n");
}

TEST(AccessLogRecord, NamesOnlyTheMethodsItKnows) {
  const auto names = [](Method method, std::string_view text) {
    const std::string field = "\"method\":\"" + std::string{text} + "\"";
    return line(Record{.at = ten_o_clock, .method = method, .status = 200}).find(field) !=
           std::string::npos;
  };
  EXPECT_TRUE(names(Method::get, "GET"));
  EXPECT_TRUE(names(Method::delete_, "DELETE"));
  EXPECT_TRUE(names(Method::connect, "CONNECT"));
  EXPECT_TRUE(names(Method::other, "OTHER"));
}

TEST(AccessLogRecord, StaysOneJsonObjectWhateverAVersionHolds) {
  const std::string text = line(Record{.at = ten_o_clock, .version = "a\"b\\c\nd\x7f\xc3\xa9"});
  EXPECT_NE(text.find(R"("version":"a\"b\\c\u000ad???")"), std::string::npos) << text;
}

TEST(AccessLogRecord, CutsAndCleansARequestIdThatIsNotOurs) {
  const std::string text =
      line(Record{.at = ten_o_clock, .request_id = "a b\"\n" + std::string(100, 'x')});
  EXPECT_NE(text.find(R"("request_id":"a?b??)" + std::string(59, 'x') + "\""), std::string::npos)
      << text;
}

TEST(AccessLogRecord, ShowsNoNegativeTimes) {
  const std::string text =
      line(Record{.at = ten_o_clock, .status = -1, .total = -5ms, .upstream = -5ms});
  EXPECT_NE(text.find(R"("status":0,"total_us":0,"bytes_in")"), std::string::npos) << text;
}

TEST(AccessLogRecord, KeepsTheTextOfASecondOnlyForThatSecond) {
  Formatter formatter;
  std::string out;
  for (const auto at :
       {ten_o_clock + 999ms, ten_o_clock + 1'000ms, ten_o_clock + 1'001ms, ten_o_clock}) {
    out.clear();
    formatter.line(out, Record{.at = at});
    Formatter fresh;
    std::string expected;
    fresh.line(expected, Record{.at = at});
    EXPECT_EQ(out, expected);
  }
}

TEST(AccessLogRecord, WritesLeapDaysAndTheEndOfADay) {
  constexpr WallTime last{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + 23h + 59min +
                          59s + 999ms};
  EXPECT_EQ(line(Record{.at = last}).substr(0, 33), R"({"time":"2024-02-29T23:59:59.999Z)");
}

TEST(AccessLogRecord, SaysHowManyLinesAreMissing) {
  Formatter formatter;
  std::string out;
  formatter.gap(out, ten_o_clock, 12);
  EXPECT_EQ(out, "{\"time\":\"2024-01-01T10:00:00.000Z\",\"lines_dropped\":12}\n");
}

}  // namespace
}  // namespace sy::access_log
