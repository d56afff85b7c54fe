#include "verdict/words.h"

#include <gtest/gtest.h>

namespace sy::verdict {
namespace {

tally::RouteCount row(const char* route, std::uint64_t requests, std::uint64_t failures) {
  return {.service = "api", .route = route, .requests = {0, requests}, .failures = {0, failures}};
}

std::string said(const std::vector<Failing>& failing, const Routes& before, const Routes& now) {
  return fails({Color::green, failing, before, now});
}

TEST(Words, CountARouteSinceTheFailuresBegan) {
  EXPECT_EQ(said({{"api", "GET /a", 3}}, {row("GET /a", 90, 1), row("GET /b", 5, 0)},
                 {row("GET /a", 97, 4), row("GET /b", 9, 0)}),
            "green fails GET /a 3 of 7; all other routes agree");
}

TEST(Words, DoNotClaimThatRoutesAgreeWhichNobodyAskedFor) {
  EXPECT_EQ(said({{"api", "GET /a", 3}}, {row("GET /b", 5, 0)},
                 {row("GET /a", 3, 3), row("GET /b", 5, 0)}),
            "green fails GET /a 3 of 3");
}

TEST(Words, ListThreeRoutesAndCountTheRest) {
  EXPECT_EQ(said({{"api", "GET /a", 1},
                  {"api", "GET /b", 4},
                  {"api", "GET /c", 2},
                  {"api", "GET /d", 1},
                  {"api", "GET /e", 1}},
                 {}, {row("GET /b", 4, 4), row("GET /z", 1, 0)}),
            "green fails 5 routes: GET /b 4 of 4, GET /c 2 times, GET /a 1 time and 2 more; all "
            "other routes agree");
}

TEST(Words, SayWhenEveryRouteFails) {
  EXPECT_EQ(said({{"api", "GET /a", 2}, {"api", "GET /b", 4}}, {},
                 {row("GET /a", 2, 2), row("GET /b", 5, 4)}),
            "green fails on all 2 routes, 6 of 7 requests");
}

TEST(Words, DoWithoutRoutes) { EXPECT_EQ(said({}, {}, {}), "green fails"); }

TEST(Words, AreRightInTheSingular) {
  EXPECT_EQ(counted(1, "failure"), "1 failure");
  EXPECT_EQ(counted(0, "failure"), "0 failures");
  EXPECT_EQ(in_percent(1), "100 %");
  EXPECT_EQ(in_percent(0.0052), "0.52 %");
  EXPECT_EQ(in_percent(0.01), "1 %");
  EXPECT_EQ(power(16.4), "10^7.1");
  EXPECT_EQ(in_milliseconds(std::chrono::microseconds{12'500}), "12.5 ms");
}

}  // namespace
}  // namespace sy::verdict
