#include "control/facts/words.h"

#include <gtest/gtest.h>

namespace sy::control {
namespace {

using namespace std::chrono_literals;

TEST(Words, SpansHaveAtMostTwoUnits) {
  EXPECT_EQ(span_text(-5s), "0 ms");
  EXPECT_EQ(span_text(350ms), "350 ms");
  EXPECT_EQ(span_text(1999ms), "1 s");
  EXPECT_EQ(span_text(59s), "59 s");
  EXPECT_EQ(span_text(60s), "1 min");
  EXPECT_EQ(span_text(200s), "3 min 20 s");
  EXPECT_EQ(span_text(2h), "2 h");
  EXPECT_EQ(span_text(2h + 5min + 59s), "2 h 5 min");
  EXPECT_EQ(span_text(99h), "4 d 3 h");
  EXPECT_EQ(span_text(0.25), "250 ms");
  EXPECT_EQ(span_text(90.0), "1 min 30 s");
  EXPECT_EQ(span_text(1e300), "11574 d 1 h");
}

TEST(Words, TimesAreInUtc) {
  const WallTime at{std::chrono::milliseconds{1'704'103'327'045}};
  EXPECT_EQ(date_text(at), "2024-01-01 10:02 UTC");
  EXPECT_EQ(minute_text(at), "2024-01-01 10:02");
  EXPECT_EQ(clock_text(at), "10:02:07.045");
  EXPECT_EQ(since_text(at, at + 8min), "since 2024-01-01 10:02 UTC (8 min)");
  EXPECT_EQ(date_text(WallTime{}), "1970-01-01 00:00 UTC");
}

TEST(Words, CountsAndListsAreAsPeopleSayThem) {
  EXPECT_EQ(counted(0, "task"), "0 tasks");
  EXPECT_EQ(counted(1, "task"), "1 task");
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b"}), "a and b");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(version_text(""), "unknown");
}

}  // namespace
}  // namespace sy::control
