// How the director judges the candidate: evidence collected, live's own rate learned, candidacies
// followed from their first weight to their end.
#include <algorithm>

#include "director/inner.h"

namespace sy::director {
namespace {

// What was learned longer ago counts as little as this many requests, so that a day's traffic
// outweighs it.
constexpr auto baseline_stale_after = std::chrono::hours{24 * 7};
constexpr double baseline_stale_requests = 1'000;

}  // namespace

std::optional<Color> Director::Inner::candidate() const {
  const Color color = other(state.live);
  if (state.weight[color] == 0) return std::nullopt;
  return color;
}

void Director::Inner::load_baseline() {
  verdict::Baseline& baseline = judging.baseline;
  baseline = {.requests = state.baseline_requests,
              .failures = state.baseline_failures,
              .learned = state.baseline_learned};
  const bool stale = ports.time.wall() - baseline.learned > baseline_stale_after;
  if (!stale || baseline.requests <= baseline_stale_requests) return;
  const double kept = baseline_stale_requests / baseline.requests;
  baseline.requests *= kept;
  baseline.failures *= kept;
}

bool Director::Inner::against() const {
  switch (judging.verdict.kind) {
    case verdict::Kind::none:
    case verdict::Kind::inconclusive:
    case verdict::Kind::healthy: return false;
    case verdict::Kind::suspect:
    case verdict::Kind::breach:
    case verdict::Kind::shared: return true;
  }
  return false;
}

void Director::Inner::observe() {
  const verdict::Batch batch = judging.batches.take(collected);
  const auto judged = judging.judge.candidate();
  judging.judge.observe(batch, ports.time.now());
  const std::uint64_t completed = judged ? batch.requests[*judged] : 0;
  judging.requests = completed - std::min(completed, judging.judge.uncharged());
  learn(batch);
}

// Nothing is learned while live alarms, while its gate is shut, and while there is evidence against
// the candidate: what strikes both colors must not become what is tolerated. Nor must what one
// client does to one route, which the guards do not charge.
void Director::Inner::learn(const verdict::Batch& batch) {
  const Color live = state.live;
  if (against() || judging.judge.live_alarming() || !standing.trusted[live]) return;
  if (batch.requests[live] == 0) return;
  verdict::Baseline& baseline = judging.baseline;
  const std::uint64_t repeats = std::min(judging.judge.live_repeats(), batch.failures[live]);
  baseline.learn(batch.requests[live], batch.failures[live] - repeats, ports.time.wall());
  state.baseline_requests = baseline.requests;
  state.baseline_failures = baseline.failures;
  state.baseline_learned = baseline.learned;
}

// A candidacy is a deploy of the color that is not live, from its first weight on. It begins once
// every worker has the new routing: what they saw until then is collected first, and is not its
// own.
net::Awaitable<> Director::Inner::follow_candidacy() {
  const auto color = candidate();
  if (!color) {
    judging.judge.end();
    judging.deploy.clear();
  } else if (judging.judge.candidate() != color || judging.deploy != state.deploy) {
    collected = co_await ports.fleet.collect();
    observe();
    judging.judge.begin(*color, judging.baseline.upper_bound());
    judging.deploy = state.deploy;
  } else {
    co_return;
  }
  conclude();
}

void Director::Inner::conclude() {
  const verdict::Kind before = judging.verdict.kind;
  judging.verdict = judging.judge.verdict(standing.trusted[state.live]);
  announce_verdict(before);
}

}  // namespace sy::director
