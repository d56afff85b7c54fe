// Moves one message body from a stream to another with back-pressure: reads on only when what was
// read has been written. Takes chunked bodies apart and puts them together again, so that nothing
// but body bytes of a valid body ever passes.
#pragma once
#include <array>
#include <boost/asio/error.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/h1.h"
#include "net/buffer.h"
#include "net/stream.h"
#include "net/wheel.h"

namespace sy::worker {

// A body as it lies in a buffer.
class BodySource {
 public:
  static constexpr std::size_t spans_max = 16;
  struct Run {
    std::array<std::string_view, spans_max> span;
    std::size_t count = 0;
    std::size_t taken = 0;  // bytes of the buffer behind these spans
    std::size_t bytes = 0;  // body bytes in the spans
    bool bad = false;       // the framing is broken; refusal() says how
  };
  BodySource(http::Framing framing, std::uint64_t length, const http::Limits& limits);
  // What of the body is in `buffered` now. Each byte is to be shown once: drop `taken` before the
  // next call.
  [[nodiscard]] Run next(std::string_view buffered);
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] http::Framing framing() const { return framing_; }
  // Bytes of the body that are not framed in any way and still have to be shown, where known.
  [[nodiscard]] std::uint64_t left() const { return framing_ == http::Framing::length ? left_ : 0; }
  // So many of them went past.
  void skip(std::uint64_t count) { done_ = (left_ -= count) == 0; }
  // The connection ended: completes a body that lasts to the end; false when this one is cut short.
  [[nodiscard]] bool end() {
    done_ = done_ || framing_ == http::Framing::to_close;
    return done_;
  }
  [[nodiscard]] http::Refusal refusal() const { return decoder_->refusal(); }
  [[nodiscard]] std::string_view trailers() const {
    return decoder_ ? std::string_view{decoder_->trailers()} : std::string_view{};
  }
  void nominate(std::span<const http::Field> fields) {
    if (decoder_) decoder_->nominate(fields);
  }

 private:
  http::Framing framing_;
  std::uint64_t left_;
  bool done_;
  std::optional<http::ChunkDecoder> decoder_;
};

// One run as it goes out: at most head, chunk line, spans, chunk end, last chunk with trailers.
class Outgoing {
 public:
  // `prefix` is sent before it (a head); may be empty. Views must stay until the write is done.
  Outgoing(std::string_view prefix, const BodySource::Run& run, const BodySource& source,
           http::Framing as);
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;
  [[nodiscard]] std::span<iovec> pieces() { return {piece_.data(), count_}; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void add(std::string_view bytes);
  std::array<iovec, BodySource::spans_max + 6> piece_;
  std::size_t count_ = 0;
  std::size_t size_ = 0;
  std::array<char, 20> line_;
};

enum class Moved : std::uint8_t { done, cut_short, read_failed, read_timed_out, write_failed, bad };

struct Pace {
  Duration idle{};               // no byte moved
  std::size_t minimum_rate = 0;  // bytes a second, 0: none
  Duration rate_after{};         // grace before the rate counts
};

// How long a sender of `moved` bytes, who was waited for this long in all, may be waited for now:
// until it counts as idle, or its rate falls short.
[[nodiscard]] Duration read_allowance(const Pace& pace, std::uint64_t moved, Duration waited);

}  // namespace sy::worker
