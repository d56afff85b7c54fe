// Is the candidate worse than live? The tests A to E of docs/verdict.md, their guards, and the
// answer in words with its numbers. Pure: fed with what happened, asked for a verdict.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "tally/evidence.h"
#include "tally/histogram.h"
#include "verdict/options.h"

namespace sy::verdict {

// Live's own failure rate, learned while it is well; old requests count less (half-life: 50 000
// requests). Kept across restarts.
struct Baseline {
  double requests = 0;
  double failures = 0;
  WallTime learned{};  // the last time something was added
  // The upper end of the one-sided 95 % interval (Clopper and Pearson 1934), at most 1; 1 when
  // nothing was learned.
  [[nodiscard]] double upper_bound() const;
  void learn(std::uint64_t requests, std::uint64_t failures, WallTime now);
  bool operator==(const Baseline&) const = default;
};

// What happened since the batch before, workers merged.
struct Batch {
  PerColor<std::uint64_t> requests{};  // judged: completed, the client still there
  PerColor<std::uint64_t> failures{};  // of them; mishaps beyond those listed count without details
  std::vector<tally::Mishap> mishaps;  // by `at`
  PerColor<tally::Histogram> latency;  // of the requests of this batch
  std::vector<tally::RouteCount> routes;  // since the deploy began, workers merged
  bool replay_budget_spent = false;  // some replayable failure of the candidate reached a client
};

enum class Kind : std::uint8_t {
  none,          // nobody to judge
  inconclusive,  // too few requests to say anything
  healthy,       // enough, and nothing against it
  suspect,       // evidence, but not enough
  breach,        // worse than live: take it out
  shared,        // fails, and live fails alike: a dependency of both; do not move
};
[[nodiscard]] std::string_view word(Kind kind);

struct Verdict {
  Kind kind = Kind::none;
  std::string words{};  // for people: "green fails POST /api/claims 6 of 6; all other routes agree
                        // (A: absolute, 10^7.1)"; "inconclusive, n=12, 0 failures, needs 288 more
                        // for 95 % that p < 1 %"
  char test = 0;        // 'A' to 'E', of a breach
  std::uint64_t requests = 0;   // of the candidate since begin()
  std::uint64_t failures = 0;   // all
  std::uint64_t charged = 0;    // after the guards
  std::uint64_t needed = 0;     // more clean requests for 95 % that p < 1 %
  double absolute = 0;          // ln of the mean of e^S; alarm at ln 10^6
  double relative = 0;          // ln of the mean e-value; alarm at ln 1/alpha
  double slower = 0;            // likewise, of latency
  std::uint64_t pairs_for = 0;  // replays that live answered well
  std::uint64_t pairs_against = 0;
  std::uint64_t hard_in_a_row = 0;
  double tolerated = 0;  // p0 in force
  bool live_alarming = false;
  std::optional<Instant> first_failure{};  // of the candidate, charged
  std::optional<Instant> last_failure{};
};

// Everything learned of one candidacy. begin() forgets it; feed every batch, with or without a
// candidate: live is watched always.
class Judge {
 public:
  explicit Judge(Options options = {});
  Judge(Judge&&) noexcept;
  Judge& operator=(Judge&&) noexcept;
  ~Judge();

  void set_options(Options options);
  // A new candidacy: evidence for and against is forgotten, what is known of live is not.
  // `baseline_upper` as of Baseline::upper_bound().
  void begin(Color candidate, double baseline_upper);
  void end();  // nobody to judge any more
  [[nodiscard]] std::optional<Color> candidate() const;
  void observe(const Batch& batch, Instant now);
  // `live_open`: live's gate. Deterministic; changes nothing.
  [[nodiscard]] Verdict verdict(bool live_open) const;
  // True while live itself fails beyond what is tolerated; nothing is to be learned from it then.
  [[nodiscard]] bool live_alarming() const;
  // Of live's failures in the last batch, those that were not charged: one client on one route
  // again and again, a request seen twice. Nothing is to be learned from them either.
  [[nodiscard]] std::uint64_t live_repeats() const;
  // Of the candidate's failures in the last batch, those that were not charged: they say nothing
  // against it, and nothing for it.
  [[nodiscard]] std::uint64_t uncharged() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sy::verdict
