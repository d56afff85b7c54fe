#include "tally/window.h"

#include <algorithm>

namespace sy::tally {
namespace {

std::int64_t index_at(Instant now) { return now.time_since_epoch() / Window::width; }

}  // namespace

void Window::observe(const Summary& cumulative, Instant now) {
  if (!started_) {
    started_ = true;
    first_ = now;
    last_ = cumulative;
    return;
  }
  const bool restarted = cumulative.requests() < last_.requests();
  const Summary fresh = restarted ? cumulative : cumulative.since(last_);
  last_ = cumulative;
  const std::int64_t index = index_at(now);
  Bucket& bucket = ring_[static_cast<std::size_t>(index) % buckets];
  if (bucket.index != index) {
    bucket.index = index;
    bucket.summary = Summary{};
  }
  bucket.summary += fresh;
}

Summary Window::sum(Instant now) const {
  Summary all;
  const std::int64_t newest = index_at(now);
  for (const Bucket& bucket : ring_) {
    const auto age = newest - bucket.index;
    if (bucket.index >= 0 && age >= 0 && age < static_cast<std::int64_t>(buckets)) {
      all += bucket.summary;
    }
  }
  all.in_flight = last_.in_flight;
  all.open_tunnels = last_.open_tunnels;
  all.pooled = last_.pooled;
  return all;
}

Duration Window::covered(Instant now) const {
  if (!started_) return Duration::zero();
  const Duration partial = now.time_since_epoch() % width;
  return std::min<Duration>(now - first_, width * (buckets - 1) + partial);
}

}  // namespace sy::tally
