// The plans that have names, and what makes a plan one.
#include "rollout/options.h"

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

}  // namespace

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
