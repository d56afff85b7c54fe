// What a line of the access log costs the worker that formats it.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

#include "access_log/record.h"

namespace {

using namespace sy;
using namespace std::chrono_literals;

void access_log_line(benchmark::State& state) {
  access_log::Formatter formatter;
  access_log::Record record;
  record.at = WallTime{1'704'103'200'000ms};
  record.method = access_log::Method::get;
  record.service = "web";
  record.route = "/offers/";
  record.color = Color::green;
  record.version = "1.42.0";
  record.status = 200;
  record.total = 1534us;
  record.upstream = 1201us;
  record.bytes_in = 420;
  record.bytes_out = 1300;
  record.request_id = "0123456789abcdef0123456789abcdef";
  std::string out;
  for (auto _ : state) {
    out.clear();
    record.at += 1ms;
    formatter.line(out, record);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(access_log_line);

}  // namespace
