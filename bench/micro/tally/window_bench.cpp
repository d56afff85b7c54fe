// What it costs to count: one outcome on the request path, and the window that a tick feeds.
#include <benchmark/benchmark.h>

#include <chrono>

#include "tally/outcome.h"
#include "tally/window.h"

namespace {

using namespace sy;
using namespace sy::tally;
using namespace std::chrono_literals;

Outcome answered() {
  Outcome outcome;
  outcome.status = 200;
  outcome.total = 1500us;
  outcome.bytes_in = 420;
  outcome.bytes_out = 1300;
  return outcome;
}

void add_outcome(benchmark::State& state) {
  Summary summary;
  Outcome outcome = answered();
  for (auto _ : state) {
    benchmark::DoNotOptimize(outcome);  // Else its bucket is found once for all.
    summary.add(outcome);
    benchmark::DoNotOptimize(summary);
  }
}
BENCHMARK(add_outcome);

void window_observe(benchmark::State& state) {
  Window window;
  Summary summary;
  const Outcome outcome = answered();
  Instant now{1h};
  for (auto _ : state) {
    summary.add(outcome);
    now += 100ms;
    window.observe(summary, now);
  }
}
BENCHMARK(window_observe);

void window_sum(benchmark::State& state) {
  Window window;
  Summary summary;
  Instant now{1h};
  for (int i = 0; i < 100; ++i) {
    summary.add(answered());
    window.observe(summary, now += 100ms);
  }
  for (auto _ : state) benchmark::DoNotOptimize(window.sum(now));
}
BENCHMARK(window_sum);

}  // namespace
