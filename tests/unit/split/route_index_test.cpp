#include "split/route_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace sy::split {
namespace {

using Random = std::mt19937;

std::size_t draw(Random& random, std::size_t below) {
  return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
}

// Few words, so that prefixes of one another are frequent.
std::string random_path(Random& random) {
  static const std::string words[]{"a", "api", "b", "", "healthz"};
  std::string path;
  for (auto n = draw(random, 5); n > 0; --n) path += "/" + words[draw(random, 5)];
  if (draw(random, 3) == 0) path += '/';
  return path.empty() ? "/" : path;
}

std::string random_host(Random& random) {
  static const std::string hosts[]{"",     "a.test",  "b.a.test", "x.b.a.test",
                                   "test", ".a.test", "other"};
  return hosts[draw(random, 7)];
}

Routing random_routing(Random& random, std::size_t count) {
  static const std::string wild[]{"*.test", "*.a.test", "*.b.a.test"};
  Routing routing;
  std::set<std::pair<std::string, std::string>> known;
  while (routing.routes.size() < count) {
    Route route;
    route.host = draw(random, 3) == 0 ? wild[draw(random, 3)] : random_host(random);
    route.prefix = random_path(random);
    route.service = static_cast<std::uint16_t>(routing.routes.size());
    if (known.emplace(route.host, route.prefix).second) routing.routes.push_back(route);
  }
  sort_routes(routing.routes);
  return routing;
}

TEST(RouteIndex, FindsWhatTryingOneAfterTheOtherFinds) {
  Random random{7};
  int found = 0;
  for (int world = 0; world < 200; ++world) {
    const Routing routing = random_routing(random, RouteIndex::worthwhile + 1 + draw(random, 60));
    const RouteIndex index{routing.routes};
    for (int i = 0; i < 500; ++i) {
      const std::string host = random_host(random);
      const std::string path = draw(random, 50) == 0 ? "*" : random_path(random);
      const Route* expected = find_route(routing, host, path);
      ASSERT_EQ(index.find(routing, host, path), expected) << host << " " << path;
      found += expected != nullptr ? 1 : 0;
    }
  }
  EXPECT_GT(found, 10'000);
}

TEST(RouteIndex, OfFewRoutesFindsThemToo) {
  Random random{8};
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, RouteIndex::worthwhile}) {
    const Routing routing = random_routing(random, count);
    const RouteIndex index{routing.routes};
    for (int i = 0; i < 200; ++i) {
      const std::string host = random_host(random);
      const std::string path = random_path(random);
      ASSERT_EQ(index.find(routing, host, path), find_route(routing, host, path));
    }
  }
}

// Another snapshot with the same routes: weights have changed.
TEST(RouteIndex, IsGoodForEverySnapshotWithTheseRoutes) {
  Random random{9};
  const Routing first = random_routing(random, 40);
  const RouteIndex index{first.routes};
  const Routing second = first;
  const Route* route = index.find(second, "a.test", "/api/x");
  EXPECT_EQ(route, find_route(second, "a.test", "/api/x"));
}

}  // namespace
}  // namespace sy::split
