// Five ways to decide that a candidate must go, on the same stream: ours and, after their
// documentation, those of others with their defaults.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "base/color.h"
#include "stream.h"
#include "verdict/judge.h"

namespace sy::decision {

// Requests and failures of one minute.
struct Minute {
  PerColor<double> requests{};
  PerColor<double> failures{};
};

class Rule {
 public:
  virtual ~Rule() = default;
  // True when the candidate is taken out now.
  virtual bool fail(const Failed&, const Stream&) { return false; }
  virtual bool minute(const Minute&) { return false; }
};

// The judge, fed as the director feeds it: at once when the candidate failed, else each 100 ms.
class Ours final : public Rule {
 public:
  Ours(double baseline_upper, double share);
  bool fail(const Failed& failed, const Stream& stream) override;
  [[nodiscard]] const verdict::Verdict& verdict() const { return verdict_; }

 private:
  bool flush(const Stream& stream, double at);
  verdict::Judge judge_;
  verdict::Verdict verdict_;
  verdict::Batch batch_;
  PerColor<std::uint64_t> reported_{};  // requests, poison not counted
  PerColor<std::uint64_t> last_{};      // index of the failure before
  double share_;
  double began_ = 0;
  std::uint64_t serial_ = 0;
};

// Envoy's outlier detection, consecutive_5xx at 5, applied to the color.
class Consecutive final : public Rule {
 public:
  bool fail(const Failed& failed, const Stream& stream) override;

 private:
  std::uint64_t last_ = 0;
  int in_a_row_ = 0;
};

// Flagger: success rate over 99 % each minute; the fifth check that fails, or that finds no
// requests, rolls back.
class Flagger final : public Rule {
 public:
  bool minute(const Minute& minute) override;

 private:
  int failed_ = 0;
};

// Argo Rollouts: the documented analysis template: success rate over 95 % in each five minutes,
// failureLimit 3. No requests count neither way.
class Argo final : public Rule {
 public:
  bool minute(const Minute& minute) override;

 private:
  Minute sum_;
  int minutes_ = 0;
  int failed_ = 0;
};

// Kayenta: each ten minutes the Mann-Whitney test of all minutes so far, one-sided at 99 %, which
// is the upper limit of its 98 % interval.
class MannWhitney final : public Rule {
 public:
  bool minute(const Minute& minute) override;

 private:
  PerColor<std::vector<double>> rates_;
  int minutes_ = 0;
};

inline constexpr std::array<const char*, 5> rule_names{"switchyard", "flagger", "argo",
                                                       "5 in a row", "mann-whitney"};

}  // namespace sy::decision
