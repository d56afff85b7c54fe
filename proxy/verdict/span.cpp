#include "verdict/span.h"

#include <algorithm>
#include <cmath>

namespace sy::verdict {
namespace {

constexpr double excluded = -10.41;                   // ln 3e-5
constexpr double excluded_dead = -6.907755278982137;  // ln 10^-3
// Charged failures after which live counts as well because none of its answers was bad, however
// few those were.
constexpr double patience = 40;

double ln_likelihood(double rate, double requests, double failures) {
  const double well = requests - failures;
  return (failures > 0 ? failures * std::log(rate) : 0) + (well > 0 ? well * std::log1p(-rate) : 0);
}

double share_of(double failures, double requests) { return requests > 0 ? failures / requests : 0; }

}  // namespace

double ln_alike(const Span& span, double tolerated) {
  const double live = live_asked(span);
  const double failed = live_failed(span);
  const double both = share_of(span.failures + failed, span.requests + live);
  const double alone = share_of(span.failures, span.requests);
  const double well = std::min(tolerated, share_of(failed, live));
  return ln_likelihood(both, span.requests, span.failures) + ln_likelihood(both, live, failed) -
         ln_likelihood(alone, span.requests, span.failures) - ln_likelihood(well, live, failed);
}

Live live_meanwhile(const Span& span, double tolerated) {
  if (live_asked(span) <= 0) return Live::unseen;
  const bool dead = span.failures >= span.requests;
  if (ln_alike(span, tolerated) <= (dead ? excluded_dead : excluded)) return Live::well;
  if (live_failed(span) > 0) return Live::failing;
  return span.charged >= patience ? Live::well : Live::unclear;
}

}  // namespace sy::verdict
