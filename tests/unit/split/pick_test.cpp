#include "split/pick.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace sy::split {
namespace {

std::string format_cookie(const Cookie& cookie) {
  std::string text;
  append_cookie(text, cookie);
  return text;
}

Routing routing_at(int green, Color live = Color::blue) {
  Routing routing;
  routing.weight = {whole - green, green};
  routing.live = live;
  routing.deploy = "k3f9";
  return routing;
}

int greens(const Routing& routing, int requests, int phase = 0) {
  Diffusion diffusion{phase};
  int count = 0;
  for (int i = 0; i < requests; ++i) {
    count += pick(routing, "", std::nullopt, diffusion, 0).color == Color::green ? 1 : 0;
  }
  return count;
}

TEST(Cookie, IsReadBackAsWritten) {
  const std::string text =
      format_cookie(Cookie{.color = Color::green, .deploy = "k3f9", .position = 412});
  EXPECT_EQ(text, "g.k3f9.0412");
  const auto cookie = parse_cookie(text);
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->color, Color::green);
  EXPECT_EQ(cookie->deploy, "k3f9");
  EXPECT_EQ(cookie->position, 412);
}

TEST(Cookie, OfAnotherShapeIsRefused) {
  for (const char* text :
       {"", "g", "g.", "g.k3f9", "g.k3f9.", "g.k3f9.041", "g.k3f9.04123", "r.k3f9.0412",
        "g.K3F9.0412", "g..0412", "g.k3f9.04 2", "g.k3f9.-412", "gk3f9.0412", "g.k3.f9.0412",
        "g.abcdefghijklmnopq.0412", " g.k3f9.0412", "g.k3f9.0412 "}) {
    EXPECT_FALSE(parse_cookie(text)) << text;
  }
  EXPECT_TRUE(parse_cookie("b.abcdefghijklmnop.9999"));
}

TEST(Pick, GivesOnePercentExactlyOneInEachHundred) {
  for (int phase = 0; phase < whole; phase += 97) {
    const Routing routing = routing_at(100);
    Diffusion diffusion{phase};
    for (int hundred = 0; hundred < 20; ++hundred) {
      int count = 0;
      for (int i = 0; i < 100; ++i) {
        count += pick(routing, "", std::nullopt, diffusion, 0).color == Color::green ? 1 : 0;
      }
      ASSERT_EQ(count, 1) << "phase " << phase << ", hundred " << hundred;
    }
  }
}

TEST(Pick, GivesEveryStepOfAHundredthPercentExactly) {
  for (int weight = 0; weight <= whole; ++weight) {
    ASSERT_EQ(greens(routing_at(weight), whole, weight % 17), weight);
  }
}

TEST(Pick, SplitsAHundredThousandRequestsAsTold) {
  EXPECT_EQ(greens(routing_at(100), 100'000), 1'000);
  EXPECT_EQ(greens(routing_at(1'000), 100'000), 10'000);
  EXPECT_EQ(greens(routing_at(5'000), 100'000), 50'000);
}

TEST(Pick, FollowsTheCandidateWhenGreenIsLive) {
  EXPECT_EQ(greens(routing_at(9'000, Color::green), 10'000), 9'000);
}

TEST(Pick, IssuesACookieThatLeadsBackToTheSameColor) {
  const Routing routing = routing_at(1'234);
  Diffusion diffusion{77};
  std::mt19937_64 random{1};
  for (int i = 0; i < 10'000; ++i) {
    const Choice first = pick(routing, "", std::nullopt, diffusion, random());
    ASSERT_TRUE(first.issue_cookie);
    ASSERT_GE(first.position, 0);
    ASSERT_LT(first.position, whole);
    const std::string cookie = format_cookie({first.color, routing.deploy, first.position});
    const Choice again = pick(routing, cookie, std::nullopt, diffusion, random());
    ASSERT_EQ(again.color, first.color);
    ASSERT_FALSE(again.issue_cookie);
  }
}

TEST(Pick, DrawsPositionsOverTheWholeRangeOfTheColor) {
  const Routing routing = routing_at(5'000);
  for (const auto& [random, first, second] :
       {std::tuple{std::uint64_t{0}, 5'000, 0}, std::tuple{~std::uint64_t{0}, 9'999, 4'999}}) {
    Diffusion diffusion;
    const Choice live = pick(routing, "", std::nullopt, diffusion, random);
    const Choice candidate = pick(routing, "", std::nullopt, diffusion, random);
    EXPECT_EQ(live.position, first);
    EXPECT_EQ(candidate.position, second);
  }
}

TEST(Pick, KeepsTheShareOfClientsThatReturnWithCookies) {
  const Routing routing = routing_at(1'000);
  Diffusion diffusion;
  std::mt19937_64 random{2};
  std::vector<std::string> clients(1'000);
  int count = 0;
  for (int round = 0; round < 10; ++round) {
    for (std::string& cookie : clients) {
      const Choice choice = pick(routing, cookie, std::nullopt, diffusion, random());
      if (choice.issue_cookie) cookie = format_cookie({choice.color, "k3f9", choice.position});
      count += choice.color == Color::green ? 1 : 0;
    }
  }
  EXPECT_EQ(count, 1'000);
}

TEST(Pick, NeverTakesAClientOffTheCandidateWhileItsWeightGrows) {
  std::mt19937_64 random{3};
  for (int ladder = 0; ladder < 500; ++ladder) {
    const Color live = random() % 2 == 0 ? Color::blue : Color::green;
    std::vector<int> steps(1 + random() % 12);
    for (int& step : steps) step = static_cast<int>(random() % (whole + 1));
    std::sort(steps.begin(), steps.end());
    Diffusion diffusion{static_cast<int>(random() % whole)};
    std::vector<std::string> cookies(50);
    std::vector<bool> on_candidate(cookies.size());
    for (const int step : steps) {
      const Routing routing = routing_at(live == Color::blue ? step : whole - step, live);
      for (std::size_t i = 0; i < cookies.size(); ++i) {
        const Choice choice = pick(routing, cookies[i], std::nullopt, diffusion, random());
        if (choice.issue_cookie) {
          cookies[i] = format_cookie({choice.color, "k3f9", choice.position});
        }
        const bool candidate = choice.color != live;
        if (!cookies[i].empty()) {
          ASSERT_TRUE(candidate || !on_candidate[i]) << "ladder " << ladder << " step " << step;
          on_candidate[i] = candidate;
        }
      }
    }
  }
}

TEST(Pick, MovesFourClientsInNineFromLiveWhenTenPercentBecomeFifty) {
  const Routing ten = routing_at(1'000);
  const Routing fifty = routing_at(5'000);
  Diffusion diffusion;
  std::mt19937_64 random{4};
  int stayed = 0, moved = 0;
  for (int i = 0; i < 90'000; ++i) {
    const Choice first = pick(ten, "", std::nullopt, diffusion, random());
    if (first.color == Color::green) continue;
    const std::string cookie = format_cookie({first.color, "k3f9", first.position});
    const bool moves = pick(fifty, cookie, std::nullopt, diffusion, random()).color == Color::green;
    ++(moves ? moved : stayed);
  }
  EXPECT_NEAR(static_cast<double>(moved) / (moved + stayed), 4.0 / 9, 0.01);
}

TEST(Pick, IgnoresTheCookieOfARevertedDeployAndIssuesAnother) {
  const Routing routing = routing_at(100);
  Diffusion diffusion;
  const Choice choice = pick(routing, "g.old.0001", std::nullopt, diffusion, 0);
  EXPECT_EQ(choice.color, Color::blue);
  EXPECT_TRUE(choice.issue_cookie);
  EXPECT_GE(choice.position, 100);
}

TEST(Pick, IssuesNoCookieWhileOneColorHasEverything) {
  for (const int green : {0, whole}) {
    Diffusion diffusion;
    const Choice choice = pick(routing_at(green), "", std::nullopt, diffusion, 0);
    EXPECT_EQ(choice.color, green == 0 ? Color::blue : Color::green);
    EXPECT_FALSE(choice.issue_cookie);
  }
}

TEST(Pick, SendsNoCookieToAColorWithoutWeight) {
  for (const char* cookie : {"g.k3f9.0000", "b.k3f9.0000", "g.k3f9.9999", "b.k3f9.9999"}) {
    Diffusion diffusion;
    EXPECT_EQ(pick(routing_at(0), cookie, std::nullopt, diffusion, 0).color, Color::blue);
    EXPECT_EQ(pick(routing_at(whole), cookie, std::nullopt, diffusion, 0).color, Color::green);
  }
}

TEST(Pick, LetsAPreviewWinOverWeightAndCookie) {
  Diffusion diffusion;
  const Choice choice = pick(routing_at(0), "b.k3f9.9999", Color::green, diffusion, 0);
  EXPECT_EQ(choice.color, Color::green);
  EXPECT_FALSE(choice.issue_cookie);
}

TEST(Pick, LeavesTheSplitAloneForAPreview) {
  const Routing routing = routing_at(5'000);
  Diffusion diffusion;
  EXPECT_EQ(pick(routing, "", std::nullopt, diffusion, 0).color, Color::blue);
  EXPECT_EQ(pick(routing, "", Color::blue, diffusion, 0).color, Color::blue);
  EXPECT_EQ(pick(routing, "", std::nullopt, diffusion, 0).color, Color::green);
}

TEST(Pick, NeitherReadsNorIssuesCookiesWhenAffinityIsOff) {
  Routing routing = routing_at(5'000);
  routing.affinity.on = false;
  Diffusion diffusion;
  const Choice first = pick(routing, "g.k3f9.0000", std::nullopt, diffusion, 0);
  const Choice second = pick(routing, "g.k3f9.0000", std::nullopt, diffusion, 0);
  EXPECT_EQ(first.color, Color::blue);
  EXPECT_EQ(second.color, Color::green);
  EXPECT_FALSE(first.issue_cookie || second.issue_cookie);
}

TEST(Effective, IsWhatWasConfiguredWhileBothGatesAreOpen) {
  const Effective expected{{9'000, 1'000}, false};
  EXPECT_EQ(effective({9'000, 1'000}, {true, true}, Color::blue), expected);
}

TEST(Effective, GivesNothingToAShutGateWhileTheOtherIsOpen) {
  EXPECT_EQ(effective({9'000, 1'000}, {true, false}, Color::green), (Effective{{whole, 0}, false}));
  EXPECT_EQ(effective({9'000, 1'000}, {false, true}, Color::blue), (Effective{{0, whole}, false}));
}

TEST(Effective, GivesEverythingToLiveWhenBothGatesAreShut) {
  EXPECT_EQ(effective({9'000, 1'000}, {false, false}, Color::blue), (Effective{{whole, 0}, true}));
  EXPECT_EQ(effective({9'000, 1'000}, {false, false}, Color::green), (Effective{{0, whole}, true}));
}

}  // namespace
}  // namespace sy::split
