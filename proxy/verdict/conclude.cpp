#include <cmath>

#include "verdict/bounds.h"
#include "verdict/inner.h"

namespace sy::verdict {
namespace {

// What the absolute test must say as well before B and C are believed: that the candidate fails
// more than is tolerated is theirs to support, not to replace.
constexpr double relative_support = 11.512925464970229;  // ln 10^5
constexpr double paired_support = 13.815510557964274;    // ln 10^6
constexpr double suspicion = 6.907755278982137;          // ln 10^3

}  // namespace

// The tests side by side; `test` is the first that says breach.
struct Judge::Inner::Weighed {
  double absolute = 0;
  double level = 0;  // of the absolute test, now
  Live live = Live::unseen;
  char test = 0;
  bool budget = false;  // D because of the replay budget
};

Judge::Inner::Weighed Judge::Inner::weighed() const {
  const double rise = level_rise(counts_.requests);
  Weighed all;
  all.absolute = absolute_[*candidate].value();
  all.level = absolute_alarm + rise;
  all.live = live_meanwhile(span_, absolute_[*candidate].tolerated());
  const bool alone = all.live == Live::well || all.live == Live::unseen;
  const bool paired = paired_.value() >= -std::log(options.paired_alpha) && charged_.two();
  const bool relative =
      relative_.value() >= -std::log(options.relative_alpha) && relative_charged_.two();
  all.budget = budget_spent_ && charged_.two() && alone;
  if (hard_.tripped() || all.budget) {
    all.test = 'D';
  } else if (paired && all.live == Live::well && all.absolute >= paired_support + rise) {
    all.test = 'C';
  } else if (relative && all.absolute >= relative_support + rise) {
    all.test = 'B';
  } else if (all.absolute >= all.level && charged_.two() && alone) {
    all.test = 'A';
  } else if (latency_.breached(options)) {
    all.test = 'E';
  }
  return all;
}

std::string Judge::Inner::evidence(const Weighed& all) const {
  const std::string failing = fails({*candidate, failing_, routes_before_, routes_});
  switch (all.test) {
    case 'D':
      if (!hard_.tripped()) return failing + " (D: hard, the replay budget is spent)";
      return std::string{name(*candidate)} + " refuses or resets connections, " +
             std::to_string(hard_.in_a_row()) + " in a row (D: hard)";
    case 'C':
      return failing + " (C: paired, " + std::to_string(paired_.well()) + " of " +
             counted(paired_.well() + paired_.failed(), "replay") + " went well on live)";
    case 'B': return failing + " (B: relative, " + power(relative_.value()) + ")";
    case 'E': {
      const auto found = latency_.finding();
      return std::string{name(*candidate)} + " is slow: " + in_percent(found.slow) + " of " +
             counted(found.requests, "request") + " take longer than live's p95 of " +
             in_milliseconds(found.limit) + ", of live's " + in_percent(found.live_slow) +
             "; p95 " + in_milliseconds(found.p95) + " (E: latency, " + power(latency_.value()) +
             ")";
    }
    default: return failing + " (A: absolute, " + power(all.absolute) + ")";
  }
}

std::string Judge::Inner::uncharged() const {
  std::string words;
  if (counts_.repeats > 0 && !all_.two()) {
    words += "; " + counted(counts_.failures, "failure") +
             ", all of one client on one route: not charged";
  } else if (counts_.repeats > 0) {
    words += "; " + counted(counts_.repeats, "failure") +
             " not charged, over two of one client on one route";
  }
  if (counts_.failed_both > 0) {
    words += "; " + counted(counts_.failed_both, "failure") + " not charged, live failed them too";
  }
  return words;
}

Verdict Judge::Inner::conclude(bool live_open) const {
  Verdict verdict;
  verdict.live_alarming = live_alarming();
  if (!candidate) {
    verdict.words = "nobody to judge";
    return verdict;
  }
  const Weighed all = weighed();
  const std::uint64_t to_clear = requests_to_clear(counts_.failures, options.tolerated);
  verdict.requests = counts_.requests;
  verdict.failures = counts_.failures;
  verdict.charged = counts_.charged;
  verdict.needed = to_clear > counts_.requests ? to_clear - counts_.requests : 0;
  verdict.absolute = all.absolute;
  verdict.relative = relative_.value();
  verdict.slower = latency_.value();
  verdict.pairs_for = counts_.pairs_for;
  verdict.pairs_against = counts_.pairs_against;
  verdict.hard_in_a_row = hard_.in_a_row();
  verdict.tolerated = absolute_[*candidate].tolerated();
  verdict.first_failure = span_.first;
  verdict.last_failure = span_.last;
  settle(verdict, all, live_open);
  return verdict;
}

void Judge::Inner::settle(Verdict& verdict, const Weighed& all, bool live_open) const {
  const bool alarm = all.absolute >= all.level && charged_.two();
  if (all.test != 0 && live_open && !verdict.live_alarming) {
    verdict.kind = Kind::breach;
    verdict.test = all.test;
    verdict.words = evidence(all);
  } else if (all.test != 0 || (alarm && (verdict.live_alarming || !live_open))) {
    verdict.kind = verdict.live_alarming ? Kind::shared : Kind::suspect;
    verdict.words = std::string{"live is not well: "} +
                    (live_open ? "it fails more than is tolerated" : "its gate is shut") + "; " +
                    evidence(all);
  } else if (alarm && all.live == Live::failing) {
    verdict.kind = Kind::shared;
    verdict.words = evidence(all) + ", and live fails alike, " +
                    std::to_string(static_cast<std::uint64_t>(live_failed(span_))) + " of " +
                    counted(static_cast<std::uint64_t>(live_asked(span_)), "request") +
                    " meanwhile: a dependency of both?";
  } else if (alarm) {
    verdict.kind = Kind::suspect;
    verdict.words = "suspect: " + evidence(all) + "; whether live fails alike is not clear yet";
  } else if (all.absolute >= suspicion && charged_.two()) {
    verdict.kind = Kind::suspect;
    verdict.words = "suspect: " + evidence(all);
  } else if (counts_.requests < counts_.uncharged() + requests_to_clear(0, options.tolerated)) {
    verdict.kind = Kind::inconclusive;
    verdict.words = "inconclusive, n=" + std::to_string(counts_.requests) + ", " +
                    counted(counts_.failures, "failure") + ", needs " +
                    std::to_string(verdict.needed) + " more for 95 % that p < " +
                    in_percent(options.tolerated);
  } else {
    verdict.kind = Kind::healthy;
    verdict.words = "healthy, n=" + std::to_string(counts_.requests) + ", " +
                    counted(counts_.failures, "failure") + ": 95 % that p < " +
                    in_percent(rate_left(counts_.requests, counts_.failures));
  }
  if (verdict.kind != Kind::breach) verdict.words += uncharged();
}

}  // namespace sy::verdict
