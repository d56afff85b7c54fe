#include <algorithm>

#include "verdict/bounds.h"
#include "verdict/inner.h"

namespace sy::verdict {
namespace {

constexpr double tolerated_most = 0.1;
constexpr double confidence = 0.95;
constexpr double bound_least = 50;  // requests of live, before they bound its rate
constexpr double bound_again = 1.5;
constexpr std::size_t failing_most = 64;

std::uint64_t less(std::uint64_t left, std::uint64_t right) {
  return left > right ? left - right : 0;
}

}  // namespace

void Judge::Inner::tolerate() {
  const double upper = std::min(baseline_upper, live_upper_);
  const double rate =
      std::min(tolerated_most, std::max(options.tolerated, options.baseline_factor * upper));
  for (const Color color : colors) absolute_[color].tolerate(rate);
}

void Judge::Inner::begin(Color color, double upper) {
  candidate = color;
  baseline_upper = upper;
  absolute_[color].clear();
  relative_.clear();
  hard_ = {};
  latency_.begin();
  requests_.clear();
  charges_.clear();
  events_.clear();
  relative_charged_ = {};
  all_ = {};
  counts_ = {};
  uncharged_before_ = 0;
  end_span();
  routes_.clear();
  live_requests_ = live_failures_ = live_bounded_at_ = 0;
  live_upper_ = 1;
  tolerate();
}

void Judge::Inner::end_span() {
  in_span_ = false;
  span_ = {};
  paired_.clear();
  charged_ = {};
  budget_spent_ = false;
  failing_.clear();
}

void Judge::Inner::observe(const Batch& batch, Instant now) {
  PerColor<std::uint64_t> successes;
  for (const Color color : colors) {
    successes[color] = less(batch.requests[color], batch.failures[color]);
  }
  if (batch.requests.blue != batch.requests.green) {
    busiest_ = batch.requests.blue > batch.requests.green ? Color::blue : Color::green;
  }
  batch_live_ = {};
  began_ = false;
  observed_ = now;
  uncharged_before_ = counts_.uncharged();
  for (const Color color : colors) {
    if (batch.failures[color] > 0) failed_[color] = now;
  }
  PerColor<std::uint64_t> listed;
  for (const auto& mishap : batch.mishaps) {
    take(mishap, successes);
    ++listed[mishap.color];
  }
  for (const Color color : colors) succeed(color, successes[color]);
  // Live's failures beyond those listed have no details: they are charged, which is the safe side.
  for (auto n = less(batch.failures[live()], listed[live()]); n > 0; --n) {
    absolute_[live()].fail();
    batch_live_.charged += 1;
  }
  if (candidate) {
    counts_.requests += batch.requests[*candidate];
    counts_.failures += batch.failures[*candidate];
    budget_spent_ = in_span_ && (budget_spent_ || batch.replay_budget_spent);
    follow_live(batch);
    if (!batch.routes.empty()) routes_ = batch.routes;
  }
  latency_.observe(candidate, batch.latency, now);
}

void Judge::Inner::succeed(Color color, std::uint64_t requests) {
  if (requests == 0) return;
  absolute_[color].succeed(requests);
  if (candidate != color) return;
  hard_.candidate_answered();
  span_.requests += in_span_ ? static_cast<double>(requests) : 0;
  if (in_span_ && absolute_[color].calm()) end_span();
}

void Judge::Inner::take(const tally::Mishap& mishap, PerColor<std::uint64_t>& successes) {
  // A worker counts from its mishap before, which may lie before this batch.
  const std::uint64_t before = std::min(mishap.successes, successes[mishap.color]);
  successes[mishap.color] -= before;
  succeed(mishap.color, before);
  const std::uint64_t route = hashed(mishap.service, mishap.route);
  const bool of_candidate = candidate == mishap.color;
  if (of_candidate) all_.add(mishap.client, route);
  const auto color = static_cast<std::uint64_t>(mishap.color) + 1;
  if (mishap.request != 0 && requests_.count(mixed(color, mishap.request), mishap.at) > 0) {
    counts_.repeats += of_candidate ? 1 : 0;
    batch_live_.repeats += of_candidate ? 0 : 1;
    return;
  }
  weigh(mishap, route);
  const std::uint64_t key = mixed(mixed(color, mishap.client), route);
  const bool repeat = charges_.count(key, mishap.at) >= charged_most;
  if (mishap.hard && !of_candidate) hard_.live_failed();
  // A client can crash a connection, but not make an upstream refuse one.
  if (mishap.hard && of_candidate && mishap.replay != tally::Replay::live_failed &&
      (!repeat || mishap.failure == tally::Failure::connect_refused)) {
    hard_.candidate_failed();
  }
  if (repeat) {
    counts_.repeats += of_candidate ? 1 : 0;
    batch_live_.repeats += of_candidate ? 0 : 1;
    return;
  }
  charge(mishap, route);
}

void Judge::Inner::weigh(const tally::Mishap& mishap, std::uint64_t route) {
  if (!candidate || mishap.share <= 0) return;
  // A request replayed is one event, the candidate's. A client counts once on one route, whatever
  // its color: with affinity its second failure there falls on the same color as its first.
  if (mishap.request != 0 && requests_.count(mixed(0, mishap.request), mishap.at) > 0) return;
  if (events_.count(mixed(mishap.client, route), mishap.at) > 0) return;
  relative_.observe(candidate == mishap.color, mishap.share);
  if (candidate == mishap.color) relative_charged_.add(mishap.client, route);
}

void Judge::Inner::charge(const tally::Mishap& mishap, std::uint64_t route) {
  if (candidate != mishap.color) {
    absolute_[mishap.color].fail();
    batch_live_.charged += 1;
    return;
  }
  const bool failed_both = mishap.replay == tally::Replay::live_failed;
  if (!in_span_ && !failed_both) {
    in_span_ = began_ = true;
    share_ = mishap.share;
    span_.first = mishap.at;
    routes_before_ = routes_;
  }
  span_.requests += in_span_ ? 1 : 0;
  span_.failures += in_span_ ? 1 : 0;
  if (mishap.replay != tally::Replay::none) {
    paired_.observe(!failed_both);
    ++(failed_both ? counts_.pairs_against : counts_.pairs_for);
    span_.replays += in_span_ ? 1 : 0;
    span_.replays_failed += in_span_ && failed_both ? 1 : 0;
  }
  // Live failed it as well: a cause they share, or a request that nothing can answer.
  if (failed_both) {
    ++counts_.failed_both;
    return;
  }
  ++counts_.charged;
  span_.charged += 1;
  span_.last = mishap.at;
  absolute_[mishap.color].fail();
  charged_.add(mishap.client, route);
  blame(mishap);
}

void Judge::Inner::blame(const tally::Mishap& mishap) {
  const auto found = std::find_if(failing_.begin(), failing_.end(), [&mishap](const Failing& one) {
    return one.route == mishap.route && one.service == mishap.service;
  });
  if (found != failing_.end()) {
    ++found->failures;
  } else if (failing_.size() < failing_most) {
    failing_.push_back({.service = mishap.service, .route = mishap.route, .failures = 1});
  }
}

void Judge::Inner::follow_live(const Batch& batch) {
  const auto all = static_cast<double>(batch.requests[live()]);
  const auto failed = static_cast<double>(batch.failures[live()]);
  if (in_span_) {
    // What live answered before the candidate's first failure is no part of the span; when a batch
    // holds both, its share of the candidate's requests since then.
    const double share = std::clamp(share_, 1e-4, 1.0);
    const double most = span_.replays + span_.requests * (1 - share) / share;
    const double judged = std::max(all - batch_live_.repeats, batch_live_.charged);
    span_.live_requests += began_ ? std::max(std::min(judged, most), batch_live_.charged) : judged;
    span_.live_failures += batch_live_.charged;
  }
  live_requests_ += all;
  live_failures_ += failed;
  if (live_requests_ < std::max(bound_least, bound_again * live_bounded_at_)) return;
  live_bounded_at_ = live_requests_;
  live_upper_ = verdict::upper_bound(live_requests_, live_failures_, confidence);
  tolerate();
}

}  // namespace sy::verdict
