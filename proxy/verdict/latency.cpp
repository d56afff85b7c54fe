#include "verdict/latency.h"

#include "verdict/absolute.h"
#include "verdict/relative.h"

namespace sy::verdict {
namespace {

using tally::Histogram;

constexpr Duration second = std::chrono::seconds{1};
constexpr Duration half = std::chrono::seconds{10};
constexpr std::uint64_t half_requests = 500;
constexpr double quantile = 0.95;
constexpr double expected = 1 - quantile;
// Without live's traffic its percentile may have moved: twice as many slow ones are expected then.
constexpr double expected_alone = 2 * expected;
constexpr Logs alone{0.2, 0.3, 0.4, 0.6, 0.8, 0.9};
constexpr double alone_over = 0.95;  // share of the candidate
constexpr double log_most = 24;

std::uint64_t slower(const Histogram& latency, Duration limit) {
  std::uint64_t count = 0;
  for (std::size_t at = Histogram::bucket(limit); at < Histogram::size; ++at) {
    count += latency.count(at);
  }
  return count;
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void bet_alone(Logs& logs, double slow, double count) {
  for (std::size_t i = 0; i < parts; ++i) {
    logs[i] += slow * std::log(alone[i] / expected_alone) +
               (count - slow) * (std::log1p(-alone[i]) - std::log1p(-expected_alone));
  }
}

}  // namespace

void Latency::Trail::add(const Histogram& more, Instant now) {
  if (halves[1].count() >= half_requests && now - turned >= half) {
    halves = {halves[1], Histogram{}};
    turned = now;
  }
  halves[1] += more;
}

Histogram Latency::Trail::all() const {
  Histogram sum = halves[0];
  sum += halves[1];
  return sum;
}

void Latency::observe(std::optional<Color> candidate, const PerColor<Histogram>& batch,
                      Instant now) {
  const auto empty = [](const Pair& pair) { return pair.blue.count() + pair.green.count() == 0; };
  if (empty(batch) && empty(pending_)) return;
  if (!waiting_) since_ = now;
  waiting_ = true;
  for (const Color color : colors) pending_[color] += batch[color];
  if (now - since_ < second) return;
  settle(candidate, now);
  pending_ = {};
  since_ = now;
}

void Latency::settle(std::optional<Color> candidate, Instant now) {
  if (candidate) weigh(*candidate, now);
  for (const Color color : colors) known_[color].add(pending_[color], now);
}

void Latency::weigh(Color candidate, Instant now) {
  candidate_ = candidate;
  const Color live = other(candidate);
  const Histogram known = known_[live].all();
  if (known.count() < known_least) return;
  limit_ = known.quantile(quantile);
  if (window_[1].latency[candidate].count() >= requests_least && now - turned_ >= half) {
    window_ = {window_[1], Slow{}};
    turned_ = now;
  }
  PerColor<std::uint64_t> count;
  PerColor<std::uint64_t> slow;
  for (const Color color : colors) {
    count[color] = pending_[color].count();
    slow[color] = slower(pending_[color], limit_);
    window_[1].latency[color] += pending_[color];
    window_[1].slow[color] += slow[color];
  }
  slow_seconds_ += slow[candidate] > 0 ? 1 : 0;
  const double share = ratio(count[candidate], count[candidate] + count[live]);
  const auto hits = static_cast<double>(slow[candidate]);
  if (share > alone_over) {
    bet_alone(logs_, hits, static_cast<double>(count[candidate]));
  } else {
    bet(logs_, hits, hits + static_cast<double>(slow[live]), share);
  }
  for (double& log : logs_) log = std::clamp(log, 0.0, log_most);
  if (value() <= 0) slow_seconds_ = 0;
}

Latency::Finding Latency::finding() const {
  const Color live = other(candidate_);
  Slow all = window_[0];
  for (const Color color : colors) {
    all.latency[color] += window_[1].latency[color];
    all.slow[color] += window_[1].slow[color];
  }
  Finding found{.limit = limit_};
  found.requests = all.latency[candidate_].count();
  found.slow = ratio(all.slow[candidate_], found.requests);
  found.p95 = all.latency[candidate_].quantile(quantile);
  const std::uint64_t compared = all.latency[live].count();
  const bool enough = compared >= requests_least;
  found.live_slow = enough ? ratio(all.slow[live], compared) : expected;
  found.live_p95 = enough ? all.latency[live].quantile(quantile) : limit_;
  return found;
}

bool Latency::breached(const Options& options) const {
  if (options.latency_factor <= 0 || value() < absolute_alarm) return false;
  if (slow_seconds_ < seconds_least) return false;
  const Finding found = finding();
  return found.requests >= requests_least &&
         found.slow >= options.latency_factor * std::max(found.live_slow, expected) &&
         found.p95 - found.live_p95 >= options.latency_over;
}

void Latency::begin() {
  window_ = {};
  turned_ = {};
  logs_ = {};
  slow_seconds_ = 0;
  pending_ = {};
  waiting_ = false;
}

}  // namespace sy::verdict
