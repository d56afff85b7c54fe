// What a verdict costs the control thread at each tick: taking a batch in, and saying what follows.
#include <benchmark/benchmark.h>

#include <chrono>

#include "verdict/judge.h"

namespace {

using namespace sy;
using namespace sy::verdict;
using namespace std::chrono_literals;

// As of a tenth of a second at 10 000 requests a second, half of them on the candidate.
Batch batch_with(std::int64_t failures) {
  Batch batch;
  batch.requests = {500, 500};
  batch.failures.green = static_cast<std::uint64_t>(failures);
  for (int i = 0; i < 500; ++i) {
    batch.latency.blue.add(1ms + i * 3us);
    batch.latency.green.add(1ms + i * 3us);
  }
  for (std::int64_t i = 0; i < failures; ++i) {
    tally::Mishap mishap;
    mishap.color = Color::green;
    mishap.service = "web";
    mishap.route = "GET /offers";
    mishap.status = 500;
    mishap.share = 0.5;
    batch.mishaps.push_back(mishap);
  }
  return batch;
}

// The same again a tick later, of other clients.
void go_on(Batch& batch, Instant now, std::uint64_t& serial) {
  for (tally::Mishap& mishap : batch.mishaps) {
    mishap.at = now;
    mishap.client = mishap.request = ++serial;
  }
}

Judge judging() {
  Judge judge;
  judge.begin(Color::green, 0.001);
  return judge;
}

void judge_observe(benchmark::State& state) {
  Judge judge = judging();
  Batch batch = batch_with(state.range(0));
  Instant now{1h};
  std::uint64_t serial = 0;
  for (auto _ : state) {
    go_on(batch, now += 100ms, serial);
    judge.observe(batch, now);
  }
}
BENCHMARK(judge_observe)->ArgName("failures")->Arg(0)->Arg(10)->Arg(100);

void judge_verdict(benchmark::State& state) {
  Judge judge = judging();
  Batch batch = batch_with(state.range(0));
  Instant now{1h};
  std::uint64_t serial = 0;
  for (int i = 0; i < 100; ++i) {
    go_on(batch, now += 100ms, serial);
    judge.observe(batch, now);
  }
  for (auto _ : state) benchmark::DoNotOptimize(judge.verdict(true));
}
BENCHMARK(judge_verdict)->ArgName("failures")->Arg(0)->Arg(1);

}  // namespace
