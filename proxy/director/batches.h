// From readings that only grow to what happened between two of them.
#pragma once
#include <optional>

#include "director/ports.h"
#include "tally/histogram.h"
#include "verdict/judge.h"

namespace sy::director {

class Batches {
 public:
  // What happened since the reading before; nothing for the first one. A count that fell is a new
  // base.
  [[nodiscard]] verdict::Batch take(const Collected& collected);

 private:
  struct Reading {
    PerColor<std::uint64_t> successes{};
    PerColor<std::uint64_t> failures{};
    std::uint64_t unshielded = 0;
    PerColor<tally::Histogram> latency;
  };
  [[nodiscard]] static Reading read(const Collected& collected);

  std::optional<Reading> last_;
};

}  // namespace sy::director
