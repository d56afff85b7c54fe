// What an operation will do, decided before anything is done: observed facts and a wish in, steps
// out, each with its undo, or why it cannot be. Pure: `--dry-run` prints it.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/deploy/journal.h"
#include "control/deploy/options.h"
#include "control/edge/edge.h"
#include "control/platform/platform.h"
#include "control/records/ledger.h"

namespace sy::control::deploy {

struct Wish {
  std::string op = "deploy";  // "deploy", "rollback"
  Version version{};          // of a rollback: empty, the previous one
  std::string git_sha{};
  bool force = false;  // the proxies are right where the record disagrees
  bool fast = false;   // of a rollback: no checks but those of the proxies themselves
  bool again = false;  // also the version that runs already (drill)
};

struct Facts {
  std::string environment{};
  std::optional<records::Record> record{};
  platform::Observation observed{};
  std::vector<edge::Seen> proxies{};  // all of them answer
};

struct Planned {
  Step step = Step::claim;
  std::string what{};  // "start v… in green: backend × 4, frontend × 2"
  std::string undo{};  // empty: nothing to take back
};

struct Plan {
  std::string op{};
  std::string environment{};
  Version version{};
  std::string git_sha{};
  Color color = Color::green;                // where it will run
  Color live = Color::blue;                  // where traffic is
  std::optional<records::Release> before{};  // what answers now, as far as is known
  std::map<std::string, int> counts{};
  std::map<std::string, std::string> definitions{};  // recorded ones to use as they are
  bool start = true;                                 // false: it runs there already
  bool gradual = true;                               // by the proxies' plan; else at once
  std::vector<Planned> steps{};                      // empty: nothing to do, `said` says why
  std::string said{};                                // the whole in one sentence
  std::vector<std::string> warnings{};
};

[[nodiscard]] Try<Plan> plan_of(const Wish& wish, const Facts& facts, const Options& options);

// The color that all proxies send everything to; refused while a rollout runs, or weights are
// split, or they differ, with the proxy named.
[[nodiscard]] Try<Color> agreed_live(const std::vector<edge::Seen>& proxies);

// Whether the version runs in that color with at least `counts` tasks, all of them up.
[[nodiscard]] bool runs_well(const platform::Observation& observed, Color color,
                             const Version& version, const std::map<std::string, int>& counts);

}  // namespace sy::control::deploy
