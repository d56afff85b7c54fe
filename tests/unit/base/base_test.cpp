#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/color.h"
#include "base/error.h"
#include "base/time.h"
#include "base/version.h"
#include "support/manual_time.h"

namespace sy {
namespace {

using namespace std::chrono_literals;

TEST(Version, IsADateAndSevenToFortyHexDigits) {
  EXPECT_TRUE(is_version("v20240101-abc1234"));
  EXPECT_TRUE(is_version("v20241231-0123456789abcdef0123456789abcdef01234567"));
}

TEST(Version, IsRefusedWhenTheShaIsShorterThanSevenOrLongerThanForty) {
  EXPECT_FALSE(is_version("v20240101-abc123"));
  EXPECT_FALSE(is_version("v20240101-0123456789abcdef0123456789abcdef012345678"));
}

TEST(Version, IsRefusedWhenTheDateCannotBe) {
  EXPECT_FALSE(is_version("v20240001-abc1234"));
  EXPECT_FALSE(is_version("v20241301-abc1234"));
  EXPECT_FALSE(is_version("v20240100-abc1234"));
  EXPECT_FALSE(is_version("v20240132-abc1234"));
  EXPECT_FALSE(is_version("v2024010a-abc1234"));
}

TEST(Version, IsRefusedInAnyOtherShape) {
  for (const char* text : {"", "v", "latest", "20240101-abc1234x", "V20240101-abc1234",
                           "v20240101_abc1234", "v20240101-ABC1234", "v20240101-abc123g",
                           " v20240101-abc1234", "v20240101-abc1234 ", "v20240101-abc1234\n"})
    EXPECT_FALSE(is_version(text)) << text;
}

TEST(Color, IsReadBackFromItsName) {
  for (const Color color : colors) EXPECT_EQ(parse_color(name(color)), color);
}

TEST(Color, IsNotReadFromAnythingElse) {
  for (const char* text : {"", "Blue", "GREEN", "red", "blue ", "b"})
    EXPECT_EQ(parse_color(text), std::nullopt) << text;
}

TEST(Color, HasExactlyOneOther) {
  EXPECT_EQ(other(Color::blue), Color::green);
  EXPECT_EQ(other(Color::green), Color::blue);
}

TEST(PerColor, KeepsTheTwoApart) {
  PerColor<int> weights{9'000, 1'000};

  weights[Color::green] = 2'000;

  EXPECT_EQ(weights, (PerColor<int>{.blue = 9'000, .green = 2'000}));
  EXPECT_EQ(std::as_const(weights)[Color::blue], 9'000);
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error{Blame::client, false, 400, "odd"};
  return number / 2;
}

TEST(Error, ComesBackWithEverythingThatWasPutIn) {
  const auto result = half(3);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (Error{.blame = Blame::client, .status = 400, .what = "odd"}));
}

TEST(Error, BlamesUsAndIsNotRetriedUnlessItSaysSo) {
  EXPECT_EQ(Error{}, (Error{Blame::self, false, 500, ""}));
}

TEST(Error, IsThrownInItsOwnWordsWhenAValueIsDemanded) {
  EXPECT_EQ(half(4).value(), 2);
  try {
    std::ignore = half(3).value();
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "odd");
  }
}

TEST(CheckDeathTest, EndsTheProcessAndSaysWhere) {
  EXPECT_DEATH(SY_CHECK(1 + 1 == 3), "base_test\\.cpp:[0-9]+: check failed: 1 \\+ 1 == 3");
}

TEST(Check, EvaluatesItsConditionOnceInEveryBuild) {
  int evaluated = 0;

  SY_CHECK(++evaluated == 1);

  EXPECT_EQ(evaluated, 1);
}

TEST(SystemTime, NeverGoesBack) {
  const SystemTime time;

  const Instant first = time.now();

  EXPECT_LE(first, time.now());
  EXPECT_GT(time.wall().time_since_epoch(), 0ms);
}

TEST(ManualTime, MovesBothClocksAndOnlyWhenTold) {
  testing::ManualTime time;
  const Instant start = time.now();
  const WallTime wall = time.wall();

  time.advance(1'500ms);

  EXPECT_EQ(time.now() - start, 1'500ms);
  EXPECT_EQ(time.wall() - wall, 1'500ms);
}

}  // namespace
}  // namespace sy
