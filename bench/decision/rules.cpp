#include "rules.h"

#include <algorithm>
#include <cmath>

namespace sy::decision {
namespace {

constexpr double tick = 0.1;  // seconds
constexpr std::array<const char*, 9> route_names{
    "GET /a", "GET /b", "GET /c", "GET /d", "GET /e", "GET /f", "GET /g", "POST /h", "GET /poison"};

Instant instant(double seconds) {
  return Instant{Duration{static_cast<std::int64_t>(seconds * 1e9) + 3'600'000'000'000}};
}

}  // namespace

Ours::Ours(double baseline_upper, double share) : share_{share} {
  judge_.begin(Color::green, baseline_upper);
}

bool Ours::flush(const Stream& stream, double at) {
  for (const Color color : colors) {
    const std::uint64_t now = stream.requests(color, at);
    batch_.requests[color] += now - reported_[color];
    reported_[color] = now;
  }
  judge_.observe(batch_, instant(at));
  const bool calm =
      verdict_.kind == verdict::Kind::inconclusive || verdict_.kind == verdict::Kind::healthy;
  const bool failed = batch_.failures.green > 0;
  batch_.requests = batch_.failures = {};
  batch_.mishaps.clear();
  // Failures of live alone bring no verdict against a candidate that nothing is held against.
  if (calm && !failed) return false;
  verdict_ = judge_.verdict(true);
  return verdict_.kind == verdict::Kind::breach;
}

bool Ours::fail(const Failed& failed, const Stream& stream) {
  if (!batch_.mishaps.empty() && failed.at - began_ > tick && flush(stream, began_ + tick)) {
    return true;
  }
  if (batch_.mishaps.empty()) began_ = failed.at;
  const std::uint64_t before =
      failed.poison ? stream.requests(failed.color, failed.at) : failed.index - 1;
  tally::Mishap mishap{.at = instant(failed.at),
                       .color = failed.color,
                       .service = "api",
                       .route = route_names[failed.route],
                       .client = failed.client,
                       .request = ++serial_,
                       .status = 500,
                       .share = share_,
                       .successes = before - std::min(before, last_[failed.color])};
  last_[failed.color] = failed.poison ? before : failed.index;
  batch_.requests[failed.color] += failed.poison ? 1 : 0;
  ++batch_.failures[failed.color];
  if (failed.replay) {
    mishap.replay = *failed.replay ? tally::Replay::live_well : tally::Replay::live_failed;
    ++batch_.requests.blue;
  }
  batch_.mishaps.push_back(mishap);
  if (failed.replay == false) {
    ++batch_.failures.blue;
    mishap.color = Color::blue;
    mishap.replay = tally::Replay::none;
    mishap.successes = 0;
    batch_.mishaps.push_back(mishap);
  }
  return failed.color == Color::green && flush(stream, failed.at);
}

bool Consecutive::fail(const Failed& failed, const Stream& stream) {
  if (failed.color != Color::green) return false;
  const std::uint64_t index =
      failed.poison ? stream.requests(Color::green, failed.at) : failed.index;
  in_a_row_ = index <= last_ + 1 ? in_a_row_ + 1 : 1;
  last_ = index;
  return in_a_row_ >= 5;
}

bool Flagger::minute(const Minute& minute) {
  const double requests = minute.requests.green;
  failed_ += requests <= 0 || 1 - minute.failures.green / requests < 0.99 ? 1 : 0;
  return failed_ >= 5;
}

bool Argo::minute(const Minute& minute) {
  sum_.requests.green += minute.requests.green;
  sum_.failures.green += minute.failures.green;
  if (++minutes_ % 5 != 0) return false;
  const bool bad = sum_.requests.green > 0 && 1 - sum_.failures.green / sum_.requests.green < 0.95;
  failed_ += bad ? 1 : 0;
  sum_ = {};
  return failed_ > 3;
}

bool MannWhitney::minute(const Minute& minute) {
  for (const Color color : colors) {
    if (minute.requests[color] <= 0) continue;
    rates_[color].push_back(minute.failures[color] / minute.requests[color]);
  }
  if (++minutes_ % 10 != 0) return false;
  const auto& ours = rates_.green;
  const auto& theirs = rates_.blue;
  if (ours.size() < 8 || theirs.size() < 8) return false;
  std::vector<std::pair<double, bool>> all;
  for (const double rate : ours) all.emplace_back(rate, true);
  for (const double rate : theirs) all.emplace_back(rate, false);
  std::sort(all.begin(), all.end());
  double ranks = 0;
  double ties = 0;
  for (std::size_t from = 0; from < all.size();) {
    std::size_t to = from;
    while (to < all.size() && all[to].first == all[from].first) ++to;
    const auto alike = static_cast<double>(to - from);
    ties += alike * alike * alike - alike;
    const double rank = static_cast<double>(from + to + 1) / 2;
    for (; from < to; ++from) ranks += all[from].second ? rank : 0;
  }
  const auto n = static_cast<double>(ours.size());
  const auto m = static_cast<double>(theirs.size());
  const double u = ranks - n * (n + 1) / 2;
  const double both = n + m;
  const double variance = n * m / 12 * (both + 1 - ties / (both * (both - 1)));
  return variance > 0 && (u - n * m / 2 - 0.5) / std::sqrt(variance) > 2.326;
}

}  // namespace sy::decision
