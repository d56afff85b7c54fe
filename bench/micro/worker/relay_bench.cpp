// What the proxy adds to a body on its way: taking its framing apart, putting it together again,
// and both between two sockets.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "net/buffer.h"
#include "net/poller.h"
#include "net/stream.h"
#include "worker/body.h"

namespace {

using namespace sy;
using http::Framing;
using worker::BodySource;
using worker::Outgoing;

constexpr std::size_t size = 64 * 1024;

std::string body_in(Framing framing) {
  if (framing == Framing::length) return std::string(size, 'x');
  std::string body;
  for (std::size_t at = 0; at < size; at += 4096)
    body.append("1000\r\n").append(4096, 'x') += "\r\n";
  return body + "0\r\n\r\n";
}

// Through the framings alone, in pieces as a buffer holds them.
void reframe(benchmark::State& state, Framing from, Framing to) {
  const std::string body = body_in(from);
  for (auto _ : state) {
    BodySource source{from, size, {}};
    std::string_view left = body;
    while (!source.done()) {
      const auto run = source.next(left.substr(0, net::BufferPool::small));
      if (run.bad) return state.SkipWithError("refused");
      Outgoing out{{}, run, source, to};
      benchmark::DoNotOptimize(out.pieces().data());
      left.remove_prefix(run.taken);
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK_CAPTURE(reframe, length_64_KiB, Framing::length, Framing::length);
BENCHMARK_CAPTURE(reframe, chunked_64_KiB, Framing::chunked, Framing::chunked);

// A connection: a far end as plain system calls, and a near end for a stream.
struct Pair {
  Pair() { ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, end.data()); }
  ~Pair() { ::close(end[0]); }
  std::array<int, 2> end{};
};

class Relay {
 public:
  // One body from one far end to the other; false when a socket failed.
  bool body(std::string_view bytes, Framing framing) {
    BodySource source{framing, size, {}};
    std::size_t received = 0;
    for (;;) {
      bytes_sent(bytes);
      if (!source.done() && !some(source)) return false;
      const ssize_t count = ::recv(to_.end[0], space_.data(), space_.size(), 0);
      received += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
      if (source.done() && count <= 0) break;
    }
    sent_ = 0;
    return received >= size;
  }

 private:
  void bytes_sent(std::string_view bytes) {
    const auto left = bytes.substr(sent_);
    const ssize_t count = left.empty() ? 0 : ::send(from_.end[0], left.data(), left.size(), 0);
    sent_ += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  bool some(BodySource& source) {
    net::error_code error;
    buffer_.commit(in_.read_now(buffer_.space(), error));
    if (error) return false;
    const auto run = source.next(buffer_.bytes());
    if (run.bad) return false;
    Outgoing out{{}, run, source, source.framing()};
    const std::size_t written = out_.write_now(out.pieces(), error);
    buffer_.consume(run.taken);
    return !error && written == out.size();
  }

  net::Poller poller_;
  net::BufferPool pool_;
  net::Buffer buffer_{pool_};
  Pair from_;
  Pair to_;
  net::Stream in_{poller_, from_.end[1], nullptr};
  net::Stream out_{poller_, to_.end[1], nullptr};
  std::array<char, size> space_{};
  std::size_t sent_ = 0;
};

// The same and the sockets: six system calls or so for each 16 KiB, the far ends' with them.
void relay(benchmark::State& state, Framing framing) {
  const std::string body = body_in(framing);
  Relay relay;
  for (auto _ : state) {
    if (!relay.body(body, framing)) return state.SkipWithError("a socket failed");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK_CAPTURE(relay, length_64_KiB, Framing::length);
BENCHMARK_CAPTURE(relay, chunked_64_KiB, Framing::chunked);

}  // namespace
