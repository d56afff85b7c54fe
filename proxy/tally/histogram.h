// A log-bucket histogram of durations that merges exactly: octaves from 64 us to 67 s, each cut
// into four equal parts, so within them a quantile is never over by more than 25 %.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace sy::tally {

class Histogram {
 public:
  static constexpr std::size_t size =
      82;  // bucket 0 is everything under 64 us, the last everything over

  void add(Duration duration) {
    ++counts_[bucket(duration)];
    sum_ += duration.count() > 0 ? static_cast<std::uint64_t>(duration.count()) : 0;
  }
  Histogram& operator+=(const Histogram& more) {
    for (std::size_t i = 0; i < size; ++i) counts_[i] += more.counts_[i];
    sum_ += more.sum_;
    return *this;
  }
  // REQUIRES: `less` is an earlier reading of this histogram.
  Histogram& operator-=(const Histogram& less) {
    for (std::size_t i = 0; i < size; ++i) counts_[i] -= less.counts_[i];
    sum_ -= less.sum_;
    return *this;
  }
  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const auto n : counts_) all += n;
    return all;
  }
  [[nodiscard]] std::uint64_t count(std::size_t at) const { return counts_[at]; }
  [[nodiscard]] Duration sum() const { return Duration{static_cast<std::int64_t>(sum_)}; }

  // The upper bound of the bucket that holds the q-quantile (0 < q <= 1); zero when empty.
  [[nodiscard]] Duration quantile(double q) const {
    const std::uint64_t all = count();
    if (all == 0) return Duration::zero();
    auto rank = static_cast<std::uint64_t>(q * static_cast<double>(all) + 0.999999);
    if (rank == 0) rank = 1;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < size; ++i) {
      seen += counts_[i];
      if (seen >= rank) return upper_bound(i);
    }
    return upper_bound(size - 1);
  }

  [[nodiscard]] static std::size_t bucket(Duration duration) {
    if (duration.count() < first) return 0;
    const auto n = static_cast<std::uint64_t>(duration.count()) / first;  // >= 1
    const auto octave = static_cast<std::size_t>(std::bit_width(n) - 1);
    const auto quarter = static_cast<std::size_t>(
        ((static_cast<std::uint64_t>(duration.count()) << 2) / first >> octave) & 3);
    const std::size_t at = 1 + octave * 4 + quarter;
    return at < size ? at : size - 1;
  }
  [[nodiscard]] static Duration upper_bound(std::size_t at) {
    const std::size_t octave = at / 4;
    const std::size_t quarter = at % 4;
    // Bucket 1 + 4o + q covers [first * 2^o * (1 + q/4), first * 2^o * (1 + (q+1)/4)).
    return Duration{(first << octave) +
                    ((first << octave) >> 2) * static_cast<std::int64_t>(quarter)};
  }
  bool operator==(const Histogram&) const = default;

 private:
  static constexpr std::int64_t first = 64'000;  // nanoseconds
  std::array<std::uint64_t, size> counts_{};
  std::uint64_t sum_ = 0;
};

}  // namespace sy::tally
