// The plans that have names, and what makes a plan one.
#include "rollout/options.h"

#include <utility>

#include "rollout/state.h"

namespace sy::rollout {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Plan linear() {
  Plan plan{.name = "linear", .holds = {}};
  for (int weight = 1'000; weight < 10'000; weight += 1'000)
    plan.holds.push_back({weight, minutes{2}});
  plan.holds.push_back({10'000, minutes{10}});
  return plan;
}

Error wrong(std::string what) {
  return Error{.blame = Blame::client, .retryable = false, .status = 422, .what = std::move(what)};
}

bool within(Duration duration) { return duration >= Duration::zero() && duration <= hold_max; }

// What is wrong with a hold after one of `before`, or empty.
std::string flaw(const Hold& hold, int before) {
  if (hold.weight <= 0 || hold.weight > 10'000) {
    return percent(hold.weight) + " is not more than 0 % and at most 100 %";
  }
  if (hold.weight <= before) return percent(hold.weight) + " does not rise over " + percent(before);
  if (!within(hold.at_least)) return "the time must be between 0 and 30 days";
  if (hold.requests == 0) return "at least 1 request must have passed";
  return {};
}

}  // namespace

Result<> check(const Plan& plan) {
  if (plan.holds.empty()) return wrong("holds: at least one is needed, the last at 100 %");
  if (plan.holds.size() > holds_max) {
    return wrong("holds: " + std::to_string(plan.holds.size()) + " are more than " +
                 std::to_string(holds_max));
  }
  int before = 0;
  for (std::size_t i = 0; i < plan.holds.size(); ++i) {
    const std::string what = flaw(plan.holds[i], before);
    if (!what.empty()) return wrong("holds[" + std::to_string(i) + "]: " + what);
    before = plan.holds[i].weight;
  }
  if (before != 10'000) {
    return wrong("holds[" + std::to_string(plan.holds.size() - 1) +
                 "]: the last must be 100 %, not " + percent(before));
  }
  if (!within(plan.gate_timeout)) return wrong("gate.timeout: must be between 0 and 30 days");
  if (!plan.approval) return {};
  if (plan.approval->before <= 0 || plan.approval->before > 10'000) {
    return wrong("approval.before: " + percent(plan.approval->before) +
                 " is not more than 0 % and at most 100 %");
  }
  if (plan.approval->timeout <= Duration::zero() || !within(plan.approval->timeout)) {
    return wrong("approval.timeout: must be more than 0 and at most 30 days");
  }
  return {};
}

const std::map<std::string, Plan>& named_plans() {
  static const std::map<std::string, Plan> plans{
      {"canary",
       {.name = "canary",
        .holds =
            {{100, minutes{1}}, {1'000, minutes{5}}, {5'000, minutes{5}}, {10'000, minutes{10}}}}},
      {"linear", linear()},
      {"switch",
       {.name = "switch", .holds = {{10'000, minutes{10}}}, .gate_timeout = Duration::zero()}},
      {"rehearsal",
       {.name = "rehearsal",
        .holds = {{100, seconds{2}, 5},
                  {1'000, seconds{3}, 20},
                  {5'000, seconds{3}, 50},
                  {10'000, seconds{5}, 50}},
        .gate_timeout = seconds{30}}}};
  return plans;
}

}  // namespace sy::rollout
