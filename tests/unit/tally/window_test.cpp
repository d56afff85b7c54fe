#include "tally/window.h"

#include <gtest/gtest.h>

namespace sy::tally {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{1h};

Summary with_requests(std::uint64_t requests) {
  Summary summary;
  summary.by_class[2] = requests;
  return summary;
}

TEST(Window, IsEmptyBeforeAndAtTheFirstReading) {
  Window window;
  EXPECT_EQ(window.sum(start), Summary{});
  EXPECT_EQ(window.covered(start), 0s);
  window.observe(with_requests(100), start);
  EXPECT_EQ(window.sum(start).requests(), 0u);
  EXPECT_EQ(window.covered(start), 0s);
}

TEST(Window, HoldsWhatHappenedBetweenReadings) {
  Window window;
  window.observe(with_requests(100), start);
  window.observe(with_requests(103), start + 100ms);
  window.observe(with_requests(110), start + 1'500ms);
  EXPECT_EQ(window.sum(start + 1'500ms).requests(), 10u);
  EXPECT_EQ(window.covered(start + 1'500ms), 1'500ms);
}

TEST(Window, LetsGoOfASecondTenSecondsLater) {
  Window window;
  window.observe(with_requests(0), start);
  window.observe(with_requests(7), start + 500ms);
  window.observe(with_requests(9), start + 1'500ms);
  EXPECT_EQ(window.sum(start + 9'999ms).requests(), 9u);
  EXPECT_EQ(window.sum(start + 10s).requests(), 2u);
  EXPECT_EQ(window.sum(start + 11s).requests(), 0u);
}

TEST(Window, UsesABucketAgainWhenItsSecondIsLongGone) {
  Window window;
  window.observe(with_requests(0), start);
  window.observe(with_requests(7), start + 500ms);
  window.observe(with_requests(8), start + 10'500ms);
  EXPECT_EQ(window.sum(start + 10'500ms).requests(), 1u);
}

TEST(Window, CoversNoMoreThanItHolds) {
  Window window;
  window.observe(with_requests(0), start);
  EXPECT_EQ(window.covered(start + 1h), 9s);
  EXPECT_EQ(window.covered(start + 1h + 250ms), 9'250ms);
}

TEST(Window, CountsFromZeroWhenAWorkerStartedAgain) {
  Window window;
  window.observe(with_requests(50), start);
  window.observe(with_requests(3), start + 1s);
  EXPECT_EQ(window.sum(start + 1s).requests(), 3u);
  window.observe(with_requests(5), start + 2s);
  EXPECT_EQ(window.sum(start + 2s).requests(), 5u);
}

TEST(Window, ShowsTheLevelsOfTheLastReading) {
  Window window;
  Summary first = with_requests(1);
  first.in_flight = 4;
  window.observe(first, start);
  Summary second = with_requests(2);
  second.in_flight = 6;
  second.pooled = 3;
  window.observe(second, start + 1s);
  EXPECT_EQ(window.sum(start + 1s).in_flight, 6);
  EXPECT_EQ(window.sum(start + 30s).pooled, 3);
}

}  // namespace
}  // namespace sy::tally
