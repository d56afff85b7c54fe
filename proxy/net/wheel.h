// Deadlines on a coarse wheel: moving one costs no system call and usually no list operation.
#pragma once
#include <array>
#include <cstddef>
#include <span>

#include "base/time.h"
#include "net/stream.h"

namespace sy::net {

class Deadline;

// One per worker, turned by its tick. A deadline is met within two ticks after its time, never
// before.
class Wheel {
 public:
  static constexpr Duration tick = std::chrono::milliseconds{100};
  explicit Wheel(Instant now);
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;
  // Expires the streams whose time has come. REQUIRES: `now` never goes back.
  void turn(Instant now);
  [[nodiscard]] Instant now() const { return now_; }  // of the last turn

 private:
  friend class Deadline;
  static constexpr std::size_t slots = 1024;
  void link(Deadline& deadline);
  void visit(std::size_t slot);
  std::array<Deadline*, slots> slot_{};
  Instant now_;
  std::int64_t turned_;  // number of the last tick visited
};

// The one deadline of a stream. Passing it expires the stream.
class Deadline {
 public:
  Deadline(Wheel& wheel, Stream& stream) : wheel_{wheel}, stream_{stream} {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { unlink(); }
  void in(Duration duration) { at(wheel_.now() + duration); }
  void at(Instant when);
  void off() { at_ = Instant::max(); }  // stays linked, is forgotten when its slot comes
  [[nodiscard]] Instant when() const { return at_; }
  [[nodiscard]] Stream& stream() const { return stream_; }

 private:
  friend class Wheel;
  friend class TimedWriteAll;
  void unlink();
  Wheel& wheel_;
  Stream& stream_;
  Instant at_ = Instant::max();
  std::int64_t linked_tick_ = -1;  // -1: not linked
  Deadline* next_ = nullptr;
  Deadline** link_ = nullptr;  // what points at this
};

// Writes all pieces to the stream of `deadline`, which is met when no byte moved for `idle`.
class TimedWriteAll final : public WriteAll {
 public:
  TimedWriteAll(Deadline& deadline, Duration idle, std::span<iovec> pieces, error_code& error)
      : WriteAll{deadline.stream_, pieces, error}, deadline_{deadline}, idle_{idle} {}

 private:
  void begin_try() override { deadline_.in(idle_); }
  Deadline& deadline_;
  Duration idle_;
};

[[nodiscard]] inline TimedWriteAll write_all(Deadline& deadline, Duration idle,
                                             std::span<iovec> pieces, error_code& error) {
  return TimedWriteAll{deadline, idle, pieces, error};
}

}  // namespace sy::net
