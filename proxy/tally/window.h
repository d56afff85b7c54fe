// The last few seconds of one color of one service, from cumulative readings.
#pragma once
#include <array>
#include <cstddef>

#include "base/time.h"
#include "tally/outcome.h"

namespace sy::tally {

// Ten one-second buckets. Fed by the director with cumulative summaries, oldest fall out.
class Window {
 public:
  static constexpr std::size_t buckets = 10;
  static constexpr Duration width = std::chrono::seconds{1};

  // Takes the cumulative reading at `now`. A reading with fewer requests than the one before (a
  // worker restarted) counts from zero.
  void observe(const Summary& cumulative, Instant now);
  // The sum of the whole buckets and the one being filled, up to `now`.
  [[nodiscard]] Summary sum(Instant now) const;
  // The time the sum covers: at most buckets * width, less just after the start.
  [[nodiscard]] Duration covered(Instant now) const;

 private:
  struct Bucket {
    std::int64_t index = -1;  // number of the second since the clock's epoch
    Summary summary;
  };
  std::array<Bucket, buckets> ring_{};
  Summary last_;
  Instant first_{};
  bool started_ = false;
};

}  // namespace sy::tally
