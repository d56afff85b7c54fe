#include "notify/schedule.h"

#include <gtest/gtest.h>

namespace sy::notify {
namespace {

using namespace std::chrono_literals;

TEST(Meaning, TellsAReceiverInTroubleFromOneThatDoesNotWantThis) {
  for (const int status : {200, 202, 204, 299}) EXPECT_EQ(meaning(status), Answer::delivered);
  for (const int status : {408, 425, 429, 500, 503, 599, 100})
    EXPECT_EQ(meaning(status), Answer::again) << status;
  for (const int status : {301, 302, 307, 400, 401, 404, 410, 422, 499})
    EXPECT_EQ(meaning(status), Answer::never) << status;
}

TEST(BackOff, DoublesUpToTheMost) {
  const Retry retry;
  EXPECT_EQ(back_off(retry, 1, 0), 1s);
  EXPECT_EQ(back_off(retry, 2, 0), 2s);
  EXPECT_EQ(back_off(retry, 5, 0), 16s);
  EXPECT_EQ(back_off(retry, 9, 0), 256s);
  EXPECT_EQ(back_off(retry, 10, 0), 5min);
  EXPECT_EQ(back_off(retry, 1'000'000, 0), 5min);
}

TEST(BackOff, IsDrawnFromTheUpperHalf) {
  const Retry retry;
  for (std::uint64_t entropy = 0; entropy < 1'000; ++entropy) {
    const Duration wait = back_off(retry, 3, entropy * 0x9e3779b97f4a7c15U);
    EXPECT_GE(wait, 2s);
    EXPECT_LE(wait, 4s);
  }
  EXPECT_EQ(back_off(retry, 3, 2'000'000'000), 2s);
}

TEST(BackOff, GivesUpAfterAboutAnHourAndSomeTwentyAttempts) {
  const Retry retry;
  Duration passed{};
  int failures = 0;
  while (passed < retry.give_up) passed += back_off(retry, ++failures, 0);
  EXPECT_EQ(failures, 20);
}

TEST(RetryAfter, IsSecondsOrADate) {
  const WallTime now{std::chrono::sys_days{std::chrono::year{2024} / 1 / 31} + 23h + 59min};
  EXPECT_EQ(retry_after("0", now), Duration{0s});
  EXPECT_EQ(retry_after("120", now), Duration{120s});
  EXPECT_EQ(retry_after("Thu, 01 Feb 2024 00:00:30 GMT", now), Duration{90s});
  EXPECT_EQ(retry_after("Wed, 31 Jan 2024 23:00:00 GMT", now), Duration{0s}) << "past";
  EXPECT_GE(retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now), Duration{24h});
  EXPECT_GE(retry_after("Mon, 01 Feb 2700 00:00:30 GMT", now), Duration{24h});
  EXPECT_EQ(retry_after("Mon, 01 Jan 0001 00:00:00 GMT", now), Duration{0s}) << "long past";
  for (const char* text : {"", "-1", "1.5", "soon", "1234567890", "Thu, 31 Feb 2024 00:00:00 GMT",
                           "Thu, 01 Feb 2024 24:00:00 GMT", "Thu, 01 Foo 2024 00:00:00 GMT",
                           "Thu, 01 Feb 2024 00:00:00 CET", "Thu, -1 Feb 2024 00:00:00 GMT"})
    EXPECT_FALSE(retry_after(text, now)) << text;
}

TEST(WaitFor, HonoursTheReceiverWithinTheMost) {
  const Retry retry;
  EXPECT_EQ(wait_for(retry, 1s, std::nullopt), 1s);
  EXPECT_EQ(wait_for(retry, 1s, 30s), 30s);
  EXPECT_EQ(wait_for(retry, 20s, 3s), 20s);
  EXPECT_EQ(wait_for(retry, 1s, 24h), 5min);
}

}  // namespace
}  // namespace sy::notify
