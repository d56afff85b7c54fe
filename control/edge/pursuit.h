// Following one rollout on all proxies at once: what is new, how far it is, and when it is over.
// Pure: told what each proxy answers, it asks nobody and waits for nothing.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/message.h"
#include "base/time.h"
#include "control/edge/edge.h"

namespace sy::control::edge {

struct Look {  // at one proxy
  std::string proxy{};
  std::optional<api::RolloutsView> view{};  // none: it did not answer
};

class Pursuit {
 public:
  struct End {
    bool completed = false;
    std::string proxy{};    // that ended it; empty when all completed
    std::string outcome{};  // "completed", "reverted", "aborted", "lost"
    std::string why{};
  };

  // `patience`: a proxy may be silent for this long, then the rollout counts as lost. A proxy with
  // an empty id has completed its own.
  Pursuit(Rollouts ids, Duration patience) : ids_{std::move(ids)}, patience_{patience} {}

  // Takes in one round; a line for each change of phase, hold, pause, approval, verdict or reach.
  [[nodiscard]] std::vector<std::string> news(const std::vector<Look>& round, Instant now);
  // Set once every proxy has completed it, or one has ended it otherwise.
  [[nodiscard]] const std::optional<End>& over() const { return over_; }
  // "green 10 %: hold 2 of 4, 41 s to go · healthy, n=120": of the proxy that is least far.
  [[nodiscard]] const std::string& line() const { return line_; }
  // Of all traffic, 0 to 1, that the candidate has on that proxy.
  [[nodiscard]] double share() const { return share_; }
  // Too little traffic to judge by, as far as is known.
  [[nodiscard]] bool inconclusive() const { return inconclusive_; }
  // A proxy holds it for an approver.
  [[nodiscard]] bool waits_for_approval() const { return approval_; }

 private:
  struct Followed {
    std::string told{};  // what made its last line
    std::optional<Instant> silent_since{};
    bool completed = false;
  };

  void take(const Look& look, Instant now, std::vector<std::string>& lines);
  void take_end(const Look& look, std::vector<std::string>& lines);
  void say(const std::string& proxy, const std::string& text,
           std::vector<std::string>& lines) const;

  Rollouts ids_;
  Duration patience_;
  std::map<std::string, Followed> followed_;
  std::optional<End> over_;
  std::string line_;
  double share_ = 0;
  bool inconclusive_ = false;
  bool approval_ = false;
};

}  // namespace sy::control::edge
