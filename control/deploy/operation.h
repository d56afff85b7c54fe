// One operation under way: claims, performs each step of a plan once it is journaled, and puts
// things right when one fails. Killed at any point, another process can carry it on from the
// claim's journal, or take it back.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/deploy/gates.h"
#include "control/deploy/journal.h"
#include "control/deploy/options.h"
#include "control/deploy/plan.h"
#include "control/edge/edge.h"
#include "control/edge/options.h"
#include "control/platform/platform.h"
#include "control/records/ledger.h"
#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::control::deploy {

// The world an operation acts on; all of it outlives the operation.
struct World {
  std::string app{};
  std::string environment{};
  const Options& options;
  const platform::Services& services;
  const edge::Options& edge_options;
  const edge::Edge& edge;
  platform::Platform& platform;
  records::Ledger& ledger;
  Pace& pace;
  Teller& teller;
};

struct Who {  // for the claim and the record
  std::string name{};
  std::string host{};
  std::int64_t pid = 0;
  std::string run{};      // GITHUB_RUN_ID/attempt
  std::string run_url{};  // of the CI run
  std::string nonce{};    // drawn for this process
};

struct Limits {
  std::optional<Instant> until{};       // --timeout: then it is left running
  std::optional<Step> stop_after{};     // --wait-until
  std::string approve{};                // --approve: the version
  std::optional<WallTime> committed{};  // for lead time
  std::string reason{};
  bool any_version = false;
  std::optional<Duration> keep_warm{};  // instead of the option's
};

struct Ended {
  ExitCode exit = ExitCode::done;
  std::string outcome{};  // "succeeded", "rolled_back", "failed", "interrupted", "left"
  std::string what{};     // one sentence
  std::string next{};     // what to do now; empty: nothing
  std::string op{};
  Version version{};
  Version previous{};
  Color color = Color::green;  // where all traffic is now, as far as is known
  std::uint64_t epoch = 0;
  std::map<std::string, std::string> deployments{};      // by service
  std::vector<std::pair<std::string, Duration>> took{};  // by step
};

class Operation {
 public:
  Operation(World world, Who who, Limits limits)
      : world_{std::move(world)}, who_{std::move(who)}, limits_{std::move(limits)} {}

  // The whole plan, from the claim on. `seen` is what the plan was made of.
  [[nodiscard]] Ended run(const Plan& plan, const records::Seen& seen);
  // Goes on where the claim's journal says, after taking the claim over.
  [[nodiscard]] Ended carry_on(const records::Seen& seen, const Journal& journal);
  // Keeps warm and retires the old color of a deploy that was recorded, but did not live to do it.
  [[nodiscard]] Ended finish(const Plan& plan, const records::Record& record);
  // Takes back what the claim's journal says was done, after taking the claim over, and records
  // that. Done is then success: it was what was asked.
  [[nodiscard]] Ended take_back(const records::Seen& seen, const Journal& journal);

 private:
  // Why the steps stopped before their end.
  struct Stop {
    Failure failure;
    bool leave = false;  // as it is, for a later run to carry on: time is up, or it was asked for
    bool lost = false;   // somebody else owns the claim now: touch nothing
  };
  using Stopped = std::optional<Stop>;

  [[nodiscard]] Ended perform_from(Step first);
  [[nodiscard]] Stopped perform(Step step);
  [[nodiscard]] Stopped start();
  // What is to be started: recorded definitions where all are known, else images.
  [[nodiscard]] Try<platform::Artifact> artifact();
  [[nodiscard]] Stopped journal_what_is_there();
  void take_in(platform::Started started);
  [[nodiscard]] Stopped await_up();
  [[nodiscard]] Stopped await_versions();
  [[nodiscard]] Stopped await_gate();
  [[nodiscard]] Stopped await_gates(
      const std::function<GateLook(const std::vector<edge::Seen>&)>& judge);
  [[nodiscard]] Stopped smoke();
  [[nodiscard]] Stopped move();
  [[nodiscard]] Stopped move_at_once();
  [[nodiscard]] Stopped begin_rollout();
  [[nodiscard]] edge::Rollouts begun_before(const std::vector<edge::Seen>& seen) const;
  [[nodiscard]] api::StartBody rollout_wanted() const;
  [[nodiscard]] Stopped follow();
  [[nodiscard]] Stopped approve();
  [[nodiscard]] bool awaits_approval(std::size_t proxy, const std::string& id) const;
  [[nodiscard]] Stopped watch_health();
  [[nodiscard]] Stopped commit();
  [[nodiscard]] Stopped moved_by_others() const;
  // Keeps the old color warm, then scales it down, unless something else has begun meanwhile.
  void retire(Ended& end);
  [[nodiscard]] Try<> still_ours(std::uint64_t epoch);
  void notify(const Ended& ended);

  // Saves the journal in the claim; the lock's expiry moves with it.
  [[nodiscard]] Stopped note();
  [[nodiscard]] WallTime expiry() const;
  // The same every few minutes of a long wait; only losing the claim matters then.
  [[nodiscard]] Stopped heartbeat();
  // Waits a moment: time that is up and signals end it.
  [[nodiscard]] Stopped wait(Duration duration, bool may_leave);
  [[nodiscard]] Stopped take_over(const records::Seen& seen, const Journal& journal);
  [[nodiscard]] Try<std::vector<edge::Seen>> look();

  [[nodiscard]] bool has_started() const;
  [[nodiscard]] Ended give_up(const Stop& stop);
  [[nodiscard]] Ended leave(const Stop& stop);
  [[nodiscard]] Ended lost(const Stop& stop) const;
  [[nodiscard]] std::optional<Ended> undo(const Stop& stop);
  [[nodiscard]] std::optional<std::string> in_use() const;
  [[nodiscard]] bool is_half_a_rollback() const;
  [[nodiscard]] Try<> undo_traffic(const std::string& reason);
  [[nodiscard]] Ended ended(ExitCode exit, std::string outcome, std::string what) const;
  [[nodiscard]] records::Release release_of(const platform::Observation& observed,
                                            Color color) const;
  [[nodiscard]] records::Release left(const platform::Observation& observed) const;
  [[nodiscard]] records::Operation operation_of(const std::string& result) const;
  void tell(Note::Kind kind, std::string what, double share = -1) const;

  World world_;
  Who who_;
  Limits limits_;
  Journal journal_;
  records::Claim claim_;
  std::optional<records::Record> before_;  // the record the claim goes on from
  Version previous_;                       // what answered before, as far as is known
  std::map<std::string, std::string> definitions_;
  Instant noted_{};
  Instant begun_{};
  bool inconclusive_ = false;
  bool recorded_ = false;         // that it was given up
  bool proxy_lost_ = false;       // one was waited for long enough
  std::optional<Failure> doubt_;  // of a rollback that went through but is not well
  std::vector<std::pair<std::string, Duration>> took_;
};

}  // namespace sy::control::deploy
