// What it costs to find a request's service and color.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "split/pick.h"
#include "split/route_index.h"
#include "split/routing.h"

namespace {

using namespace sy;
using namespace sy::split;

Routing at_half(std::size_t routes) {
  Routing routing;
  routing.weight = {whole / 2, whole / 2};
  routing.deploy = "d1";
  routing.open = {true, true};
  for (std::size_t i = 1; i < routes; ++i)
    routing.routes.push_back({"", "/service/" + std::to_string(i) + "/", 0});
  routing.routes.push_back({"", "/", 0});
  sort_routes(routing.routes);
  routing.services.resize(1);
  return routing;
}

void pick_without_cookie(benchmark::State& state) {
  const Routing routing = at_half(1);
  Diffusion diffusion;
  std::uint64_t random = 1;
  for (auto _ : state) {
    random += 0x9e3779b97f4a7c15;
    benchmark::DoNotOptimize(pick(routing, "", std::nullopt, diffusion, random));
  }
}
BENCHMARK(pick_without_cookie);

void pick_with_cookie(benchmark::State& state) {
  const Routing routing = at_half(1);
  constexpr std::string_view cookie = "g.d1.0412";
  Diffusion diffusion;
  for (auto _ : state) benchmark::DoNotOptimize(pick(routing, cookie, std::nullopt, diffusion, 1));
}
BENCHMARK(pick_with_cookie);

// The last of so many routes.
void find_route_among(benchmark::State& state) {
  const Routing routing = at_half(static_cast<std::size_t>(state.range(0)));
  const RouteIndex index{routing.routes};
  for (auto _ : state)
    benchmark::DoNotOptimize(index.find(routing, "shop.example.test", "/offers/list"));
}
BENCHMARK(find_route_among)->Arg(1)->Arg(64)->Arg(1000);

}  // namespace
