#include "worker/ledger.h"

#include <algorithm>
#include <utility>

#include "access_log/record.h"

namespace sy::worker {

std::string RouteKey::label() const {
  std::string text{access_log::word(method)};
  text += ' ';
  return text += *route;
}

bool Ledger::follow(const split::Routing& routing) {
  const Color candidate = other(routing.live);
  guarding_ = routing.weight[candidate] > 0;
  const bool another = routing.deploy != deploy_;
  if (another) {
    deploy_ = routing.deploy;
    ++epoch_;
    routes_.clear();
    since_mishap_ = {};
  }
  if (routing.weight == weight_ && routing.live == live_) return another;
  weight_ = routing.weight;
  live_ = routing.live;
  share_ = static_cast<float>(routing.weight[candidate]) / static_cast<float>(split::whole);
  return another;
}

Ledger::Ticket Ledger::failed(tally::Mishap mishap, bool replaying) {
  const Color color = mishap.color;
  ++failures_[color];
  mishap.successes = std::exchange(since_mishap_[color], 0);
  if (entries_.size() >= tally::Evidence::mishaps_max) {
    ++dropped_;
    return no_ticket;
  }
  const Ticket ticket = replaying ? ++last_ticket_ : no_ticket;
  entries_.push_back({std::move(mishap), ticket});
  if (!replaying && color != live_) nudge();
  return ticket;
}

void Ledger::replayed(Ticket ticket, tally::Replay how) {
  if (ticket == no_ticket) return;
  const auto at = std::find_if(entries_.rbegin(), entries_.rend(),
                               [&](const Entry& entry) { return entry.ticket == ticket; });
  if (at == entries_.rend()) return;  // reported without
  at->mishap.replay = how;
  at->ticket = no_ticket;
  nudge();
}

void Ledger::count(const RouteKey& key, Color color, bool failed) {
  Counts& counts = routes_[key];
  ++counts.requests[color];
  if (failed) ++counts.failures[color];
}

tally::Evidence Ledger::report(Instant now) {
  nudged_ = false;
  tally::Evidence evidence{.successes = successes_,
                           .failures = failures_,
                           .mishaps = {},
                           .dropped = dropped_,
                           .replays = replays_,
                           .unshielded = unshielded_,
                           .routes = {}};
  const auto kept = std::stable_partition(entries_.begin(), entries_.end(),
                                          [&](const Entry& entry) { return ready(entry, now); });
  for (auto at = entries_.begin(); at != kept; ++at)
    evidence.mishaps.push_back(std::move(at->mishap));
  entries_.erase(entries_.begin(), kept);
  for (const auto& [key, counts] : routes_)
    evidence.routes.push_back({*key.service, key.label(), counts.requests, counts.failures});
  return evidence;
}

bool Ledger::check(Instant now) {
  bool waiting = false;
  bool overdue = false;
  for (const Entry& entry : entries_) {
    if (entry.ticket == no_ticket) continue;
    (ready(entry, now) ? overdue : waiting) = true;
  }
  if (overdue) nudge();
  return waiting;
}

void Ledger::nudge() {
  if (nudged_ || !nudge_) return;
  nudged_ = true;
  nudge_();
}

}  // namespace sy::worker
