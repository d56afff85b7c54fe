// What the codec costs a request: the 703-byte GET that picohttpparser's own benchmark uses the
// shape of.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "http/h1.h"

namespace {

using namespace sy::http;

std::string browser_get() {
  std::string head =
      "GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg HTTP/1.1\r\n"
      "Host: www.example.test\r\n"
      "User-Agent: Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10.6; ja-JP-mac; rv:1.9.2.3) "
      "Gecko/20100401 Firefox/3.6.3\r\n"
      "Accept: image/png,image/*;q=0.8,*/*;q=0.5\r\n"
      "Accept-Language: ja,en-us;q=0.7,en;q=0.3\r\n"
      "Accept-Encoding: gzip,deflate\r\n"
      "Accept-Charset: Shift_JIS,utf-8;q=0.7,*;q=0.7\r\n"
      "Referer: http://www.example.test/2010/03/hello-kitty-darth-vader.html\r\n"
      "Cookie: wp_ozh_wsa_visits=2; wp_ozh_wsa_visit_lasttime=xxxxxxxxxx; "
      "__utma=xxxxxxxxx.xxxxxxxxxx\r\n";
  const std::string_view last = "Cache-Control: ";
  head += last;
  head.append(703 - 4 - head.size(), 'x');
  return head + "\r\n\r\n";
}

void head_length_of_703_bytes(benchmark::State& state) {
  const std::string bytes = browser_get();
  for (auto _ : state) {
    std::size_t scanned = 0;
    benchmark::DoNotOptimize(head_length(bytes, scanned));
  }
}
BENCHMARK(head_length_of_703_bytes);

void parse_request_of_703_bytes(benchmark::State& state) {
  const std::string bytes = browser_get();
  RequestHead head;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse_request(bytes, Limits{}, head));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(parse_request_of_703_bytes);

void write_request_of_703_bytes(benchmark::State& state) {
  const std::string bytes = browser_get();
  RequestHead head;
  if (parse_request(bytes, Limits{}, head).status != 0) state.SkipWithError("refused");
  const Forwarding forwarding{
      .client_address = "10.20.30.40",
      .request_id = "0123456789abcdef0123456789abcdef",
      .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      .via = "switchyard-1a2b3c4d",
      .affinity_cookie = "sy_affinity"};
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_request(out, head, forwarding);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_request_of_703_bytes);

const std::string response =
    "HTTP/1.1 200 OK\r\nServer: toy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: "
    "application/json\r\n"
    "Content-Length: 1024\r\nCache-Control: no-cache\r\nX-Frame-Options: DENY\r\n\r\n";

void parse_response_of_7_fields(benchmark::State& state) {
  ResponseHead head;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse_response(response, Method::get, Limits{}, head));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(parse_response_of_7_fields);

void write_response_of_7_fields(benchmark::State& state) {
  ResponseHead head;
  if (parse_response(response, Method::get, Limits{}, head).status != 0)
    state.SkipWithError("refused");
  const Returning returning{.request_id = "0123456789abcdef0123456789abcdef",
                            .framing = head.framing,
                            .length = head.length};
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_response(out, head, returning);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_response_of_7_fields);

// 64 KiB in chunks of the size given.
void decode_chunks(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::string body;
  char line[20];
  const int length = std::snprintf(line, sizeof line, "%zx\r\n", size);
  for (std::size_t at = 0; at < 65536; at += size)
    body.append(line, static_cast<std::size_t>(length)).append(size, 'x').append("\r\n");
  body += "0\r\n\r\n";
  ChunkDecoder decoder;
  for (auto _ : state) {
    decoder.reset();
    std::string_view left = body;
    for (auto step = decoder.next(left); step.verdict == ChunkDecoder::Verdict::more;
         step = decoder.next(left))
      left.remove_prefix(step.taken);
    benchmark::DoNotOptimize(left.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(65536 / size));
}
BENCHMARK(decode_chunks)->Arg(64)->Arg(1024)->Arg(16384);

}  // namespace
