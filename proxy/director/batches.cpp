#include "director/batches.h"

#include <utility>

namespace sy::director {
namespace {

std::uint64_t grown(std::uint64_t now, std::uint64_t before) {
  return now >= before ? now - before : 0;
}

tally::Histogram grown(tally::Histogram now, const tally::Histogram& before) {
  for (std::size_t i = 0; i < tally::Histogram::size; ++i) {
    if (now.count(i) < before.count(i)) return {};
  }
  now -= before;
  return now;
}

}  // namespace

Batches::Reading Batches::read(const Collected& collected) {
  const tally::Evidence& evidence = collected.evidence;
  Reading reading{.successes = evidence.successes,
                  .failures = evidence.failures,
                  .unshielded = evidence.unshielded,
                  .latency = {}};
  for (const auto& service : collected.services) {
    for (const Color color : colors) reading.latency[color] += service[color].latency;
  }
  return reading;
}

verdict::Batch Batches::take(const Collected& collected) {
  Reading reading = read(collected);
  verdict::Batch batch;
  batch.routes = collected.evidence.routes;
  if (last_) {
    for (const Color color : colors) {
      batch.failures[color] = grown(reading.failures[color], last_->failures[color]);
      batch.requests[color] =
          grown(reading.successes[color], last_->successes[color]) + batch.failures[color];
      batch.latency[color] = grown(reading.latency[color], last_->latency[color]);
    }
    batch.mishaps = collected.evidence.mishaps;
    batch.replay_budget_spent = reading.unshielded > last_->unshielded;
  }
  last_ = std::move(reading);
  return batch;
}

}  // namespace sy::director
