// Pipes that carry bytes from one plain socket to another inside the kernel (splice(2)), so that a
// large body is not copied on its way. Streams fill and empty them; they know no sockets.
#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "net/stream.h"
#include "net/wheel.h"

namespace sy::net {

class Pipe {
 public:
  static constexpr std::size_t capacity = 256 * 1024;  // bytes at a time, never more
  Pipe(int out, int in) : out_{out}, in_{in} {}        // owns both descriptors
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();

  [[nodiscard]] std::size_t held() const { return held_; }
  // At most `most` bytes of a plain stream, without waiting. Errors as of Stream::read_now().
  // REQUIRES: holds nothing, or would_block could mean that it is full.
  std::size_t fill(Stream& from, std::size_t most, error_code& error);
  // As much of what it holds as a plain stream takes, without waiting. Errors as of write_now().
  std::size_t empty_into(Stream& to, error_code& error);

 private:
  int out_;
  int in_;
  std::size_t held_ = 0;
};

// Pipes kept for reuse. One per thread. The number lent at a time is bounded, and with it the
// memory: who gets none copies.
class PipePool {
 public:
  struct Return {
    PipePool* pool = nullptr;
    void operator()(Pipe* pipe) const { pool->give(pipe); }
  };
  using Loan = std::unique_ptr<Pipe, Return>;
  PipePool() = default;
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;
  // Null when too many are lent, or the kernel gives no pipe of this capacity.
  [[nodiscard]] Loan lend();
  [[nodiscard]] std::size_t lent() const { return lent_; }
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }

 private:
  // One with bytes left in it is closed: they belong to a message that died.
  void give(Pipe* pipe);
  static constexpr std::size_t lent_max = 64;
  static constexpr std::size_t kept_max = 16;
  std::vector<std::unique_ptr<Pipe>> kept_;
  std::size_t lent_ = 0;
};

// Writes all the pipe holds to the stream of `deadline`, which is met when no byte moved for
// `idle`. Completes with the bytes written. Errors: timed_out when the stream expired, or what went
// wrong.
[[nodiscard]] Task<std::size_t> drain(Pipe& pipe, Deadline& deadline, Duration idle,
                                      error_code& error);

}  // namespace sy::net
