// What this worker saw that speaks for or against a color, between two collects and since it
// started.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "http/h1.h"
#include "split/routing.h"
#include "tally/evidence.h"

namespace sy::worker {

// One method of one route of one service. The names live as long as the worker.
struct RouteKey {
  const std::string* service = nullptr;
  const std::string* route = nullptr;  // a template, or a configured prefix
  http::Method method = http::Method::other;
  auto operator<=>(const RouteKey&) const = default;
  [[nodiscard]] std::string label() const;  // "POST /api/claims"
};

class Ledger {
 public:
  // Of a mishap whose replay is under way.
  using Ticket = std::uint64_t;
  static constexpr Ticket no_ticket = 0;
  // A mishap waits this long for its replay to end before it is reported without.
  static constexpr Duration patience = std::chrono::milliseconds{20};

  // `nudge` may be empty.
  explicit Ledger(std::function<void()> nudge) : nudge_{std::move(nudge)} {}
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // A routing was installed; true when it begins another deploy.
  bool follow(const split::Routing& routing);
  // A candidate has weight: there is somebody to judge.
  [[nodiscard]] bool guarding() const { return guarding_; }
  // Grows with each deploy: what was picked under another one is no evidence any more.
  [[nodiscard]] std::uint32_t epoch() const { return epoch_; }
  // Of the last picks, those that went to the candidate. Told of each pick while guarding().
  [[nodiscard]] float share() const { return share_; }
  void picked(bool candidate) { share_ += ((candidate ? 1.0f : 0.0f) - share_) / picks; }

  void succeeded(Color color) {
    ++successes_[color];
    ++since_mishap_[color];
  }
  // A failure of the color's. When its replay is under way, replayed() says later how it went; a
  // ticket is good for one call.
  Ticket failed(tally::Mishap mishap, bool replaying);
  void replayed(Ticket ticket, tally::Replay how);
  // While guarding().
  void count(const RouteKey& key, Color color, bool failed);
  void count_replay() { ++replays_; }
  void count_unshielded() { ++unshielded_; }

  // Hands over the mishaps that wait for nothing; counts stay.
  [[nodiscard]] tally::Evidence report(Instant now);
  // Asks to be collected when a mishap has waited for its replay for too long. True while others
  // wait.
  bool check(Instant now);

 private:
  static constexpr float picks = 256;
  struct Entry {
    tally::Mishap mishap;
    Ticket ticket = no_ticket;  // waits for its replay while set
  };
  struct Counts {
    PerColor<std::uint64_t> requests{};
    PerColor<std::uint64_t> failures{};
  };
  [[nodiscard]] bool ready(const Entry& entry, Instant now) const {
    return entry.ticket == no_ticket || now - entry.mishap.at >= patience;
  }
  void nudge();

  std::function<void()> nudge_;
  bool nudged_ = false;  // since the last report
  bool guarding_ = false;
  std::uint32_t epoch_ = 0;
  std::string deploy_;
  Color live_ = Color::blue;
  PerColor<int> weight_{};
  float share_ = 0;
  Ticket last_ticket_ = no_ticket;
  PerColor<std::uint64_t> successes_{};
  PerColor<std::uint64_t> failures_{};
  PerColor<std::uint64_t> since_mishap_{};
  std::uint64_t dropped_ = 0;
  std::uint64_t replays_ = 0;
  std::uint64_t unshielded_ = 0;
  std::vector<Entry> entries_;  // oldest first
  std::map<RouteKey, Counts> routes_;
};

}  // namespace sy::worker
