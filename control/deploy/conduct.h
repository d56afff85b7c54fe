// From a wish to its end: looks at what is there, then begins, carries on or takes back. What is
// refused here has changed nothing.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "control/deploy/operation.h"
#include "control/deploy/plan.h"
#include "control/records/ledger.h"
#include "control/terms/failure.h"

namespace sy::control::deploy {

struct Asked {
  Wish wish{};
  Limits limits{};
  // Whether a process of this machine still runs.
  std::function<bool(std::int64_t pid)> alive{};
};

struct Prepared {
  Facts facts{};
  records::Seen seen{};
  // Of an open claim that may be gone on with; none: nothing is under way.
  std::optional<Journal> journal{};
  Plan plan{};  // empty while something is under way
};

// Everything that can be known before a change: who we are, what runs, what the record says, that
// images and permissions are there. `who.name` is filled in.
[[nodiscard]] Try<Prepared> prepare(const World& world, Who& who, const Asked& asked);

// The whole operation. A dead one of before is carried on when it is the same, else taken back
// first; a rollback without a version is content with that.
[[nodiscard]] Ended conduct(const World& world, Who who, const Asked& asked);

// For what ended before it began.
[[nodiscard]] Ended refused(const Wish& wish, const Failure& failure);

// The plan that switchctl.yaml or --plan gives as JSON; none: a name, or one that cannot be read.
[[nodiscard]] std::optional<api::PlanBody> given_plan(const Options& options);

// How long a deploy may take, for credentials that cannot be renewed: starting, the plan's holds
// (of a named plan half an hour), health checks.
[[nodiscard]] Duration time_needed(const Options& options);

}  // namespace sy::control::deploy
