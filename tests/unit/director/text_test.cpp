#include "director/text.h"

#include <gtest/gtest.h>

namespace sy::director {
namespace {

TEST(Clean, MakesAnyBytesFitForTheJournal) {
  EXPECT_EQ(clean("a\nb\tc\x7f", 100), "a b c ");
  EXPECT_EQ(clean("gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x9a\x82", 100),
            "gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x9a\x82");
  EXPECT_EQ(clean("a\xff\xc3", 100), "a??");
  EXPECT_EQ(clean("\xc0\x80\xed\xa0\x80\xf5\x80\x80\x80", 100), "?????????");
  EXPECT_EQ(clean("\xc2\x85", 100), " ");
  EXPECT_EQ(clean("ab\xc3\xbc", 3), "ab");
  EXPECT_EQ(clean(std::string(600, 'a'), 500).size(), 500U);
}

TEST(Quote, IsAJsonString) { EXPECT_EQ(quote("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\""); }

TEST(Iso, IsReadBackAsWritten) {
  const WallTime at{std::chrono::milliseconds{1'704'103'200'123}};
  EXPECT_EQ(iso(at), "2024-01-01T10:00:00.123Z");
  EXPECT_EQ(parse_iso("2024-01-01T10:00:00.123Z"), at);
  for (const char* text :
       {"", "2024-01-01T10:00:00Z", "2024-02-30T10:00:00.000Z", "2024-01-01T24:00:00.000Z",
        "2024-01-01 10:00:00.000Z", "2024-01-01T10:00:00.0000"}) {
    EXPECT_FALSE(parse_iso(text)) << text;
  }
}

TEST(Verdict, SaysHowManyOfHowMany) {
  EXPECT_EQ(verdict(0, 0), "no traffic");
  EXPECT_EQ(verdict(1'234, 0), "no errors in 1 234 requests of the last 10 s");
  EXPECT_EQ(verdict(120, 3), "3 errors in 120 requests (2.5 %)");
  EXPECT_EQ(verdict(1, 1), "1 error in 1 request (100 %)");
  EXPECT_EQ(verdict(1'000'000, 1), "1 error in 1 000 000 requests (under 0.1 %)");
}

}  // namespace
}  // namespace sy::director
