#include "split/routing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "split/pick.h"
#include "unit/split/counting_new.h"

namespace sy::split {
namespace {

Routing routing_of(std::vector<Route> routes) {
  Routing routing;
  routing.routes = std::move(routes);
  sort_routes(routing.routes);
  return routing;
}

int service_for(const Routing& routing, std::string_view host, std::string_view path) {
  const Route* route = find_route(routing, host, path);
  return route == nullptr ? -1 : route->service;
}

TEST(Routes, MatchAPrefixOnWholeSegmentsOnly) {
  const Routing routing = routing_of({{"", "/api/", 0}, {"", "/healthz", 0}});
  EXPECT_EQ(service_for(routing, "a", "/api/"), 0);
  EXPECT_EQ(service_for(routing, "a", "/api/x"), 0);
  EXPECT_EQ(service_for(routing, "a", "/api"), -1);
  EXPECT_EQ(service_for(routing, "a", "/healthz"), 0);
  EXPECT_EQ(service_for(routing, "a", "/healthz/x"), 0);
  EXPECT_EQ(service_for(routing, "a", "/healthzz"), -1);
}

TEST(Routes, LetTheLongestPrefixWin) {
  const Routing routing = routing_of({{"", "/", 1}, {"", "/api/", 0}, {"", "/api/v2/", 2}});
  EXPECT_EQ(service_for(routing, "a", "/api/v2/x"), 2);
  EXPECT_EQ(service_for(routing, "a", "/api/x"), 0);
  EXPECT_EQ(service_for(routing, "a", "/x"), 1);
  EXPECT_EQ(service_for(routing, "a", "*"), 1);
}

TEST(Routes, PreferTheExactHostThenTheLongestWildcardThenAny) {
  const Routing routing = routing_of({{"", "/", 0},
                                      {"*.example.com", "/", 1},
                                      {"*.eu.example.com", "/", 2},
                                      {"www.example.com", "/", 3}});
  EXPECT_EQ(service_for(routing, "www.example.com", "/"), 3);
  EXPECT_EQ(service_for(routing, "a.eu.example.com", "/"), 2);
  EXPECT_EQ(service_for(routing, "a.b.example.com", "/"), 1);
  EXPECT_EQ(service_for(routing, "example.com", "/"), 0);
  EXPECT_EQ(service_for(routing, "", "/"), 0);
}

TEST(Routes, FallThroughToALessSpecificHostThatHasThePath) {
  const Routing routing = routing_of({{"", "/", 0}, {"www.example.com", "/api/", 1}});
  EXPECT_EQ(service_for(routing, "www.example.com", "/api/x"), 1);
  EXPECT_EQ(service_for(routing, "www.example.com", "/x"), 0);
}

TEST(Routes, LeadNowhereWhenNothingMatches) {
  const Routing routing = routing_of({{"www.example.com", "/", 0}});
  EXPECT_EQ(find_route(routing, "example.org", "/"), nullptr);
  EXPECT_EQ(find_route(Routing{}, "a", "/"), nullptr);
}

TEST(Routes, AreSortedTheSameFromAnyOrder) {
  std::vector<Route> routes{{"", "/", 0},           {"", "/api/", 1},     {"*.b.c", "/", 2},
                            {"*.a.b.c", "/", 3},    {"a.b.c", "/", 4},    {"a.b.c", "/longer/", 5},
                            {"other.host", "/", 6}, {"*.b.c", "/api/", 7}};
  const Routing sorted = routing_of(routes);
  std::mt19937 random{5};
  for (int i = 0; i < 100; ++i) {
    std::shuffle(routes.begin(), routes.end(), random);
    ASSERT_EQ(routing_of(routes).routes, sorted.routes);
  }
}

TEST(Routes, AndPicksAllocateNothing) {
  Routing routing = routing_of({{"", "/", 0}, {"*.example.com", "/api/", 1}});
  routing.weight = {5'000, 5'000};
  routing.deploy = "abcdefghijklmnop";
  Diffusion diffusion;
  const std::size_t before = sy::testing::allocations();
  int found = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    found += find_route(routing, "www.example.com", "/api/long/enough/for/the/heap") != nullptr;
    found += pick(routing, "g.abcdefghijklmnop.0412", std::nullopt, diffusion, i).position;
    found += pick(routing, "g.another.0412", std::nullopt, diffusion, i << 40).position > 0;
  }
  EXPECT_EQ(sy::testing::allocations(), before);
  EXPECT_GT(found, 0);
}

}  // namespace
}  // namespace sy::split
