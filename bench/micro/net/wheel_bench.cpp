// What deadlines cost: moving one, which each read and write may do, and the tick of a worker.
#include <benchmark/benchmark.h>

#include <chrono>
#include <list>

#include "net/poller.h"
#include "net/stream.h"
#include "net/wheel.h"

namespace {

using namespace sy;
using namespace std::chrono_literals;

void deadline_moved(benchmark::State& state) {
  net::Poller poller;
  net::Wheel wheel{Instant{1h}};
  net::Stream stream{poller, -1, nullptr};
  net::Deadline deadline{wheel, stream};
  deadline.in(60s);
  bool back = false;
  for (auto _ : state) {
    deadline.in(back ? 30s : 75s);
    back = !back;
    benchmark::ClobberMemory();
  }
}
BENCHMARK(deadline_moved);

struct Connection {
  Connection(net::Poller& poller, net::Wheel& wheel)
      : stream{poller, -1, nullptr}, idle{wheel, stream} {}
  net::Stream stream;
  net::Deadline idle;
};

// A tick, and the deadlines moved within it: so many connections, each used again before it counts
// as idle.
void wheel_turn(benchmark::State& state) {
  net::Poller poller;
  Instant now{1h};
  net::Wheel wheel{now};
  std::list<Connection> connections;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    connections.emplace_back(poller, wheel);
    connections.back().idle.in(30s + (i % 450) * 100ms);
  }
  auto next = connections.begin();
  const auto used_a_tick = (state.range(0) + 299) / 300;  // each of them once in 30 s
  for (auto _ : state) {
    wheel.turn(now += 100ms);
    for (std::int64_t i = 0; i < used_a_tick; ++i) {
      if (next == connections.end()) next = connections.begin();
      next->idle.in(75s);
      ++next;
    }
  }
  for (const Connection& connection : connections) {
    if (connection.stream.expired()) state.SkipWithError("a connection in use expired");
  }
}
BENCHMARK(wheel_turn)->ArgName("connections")->Arg(100)->Arg(10'000);

}  // namespace
