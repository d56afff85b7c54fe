#include <algorithm>
#include <map>

#include "config/address.h"
#include "config/sections.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;
using rollout::Hold;
using rollout::Plan;
using rollout::WhenQuiet;

constexpr std::size_t plans_max = 32;
constexpr int whole = 10'000;
constexpr std::string_view own_plan = "default";  // the one made of rollout.holds

std::vector<Hold> read_holds(Reader& in, std::vector<Hold> holds) {
  if (!in.has("holds")) return holds;
  holds.clear();
  int before = 0;
  auto items = in.sections("holds", rollout::holds_max);
  for (Reader& item : items) {
    Hold hold;
    item.require_with("percent", decode_weight, hold.weight);
    item.require("for");
    item.read("for", hold.at_least, between(0s, rollout::hold_max));
    item.read("requests", hold.requests, between(1, 1'000'000'000));
    item.expect(hold.weight > before, "percent",
                "must be more than " + show_weight(before) + ", got " + show_weight(hold.weight));
    if (&item == &items.back()) {
      item.expect(hold.weight == whole, "percent",
                  "must be 100 in the last hold, got " + show_weight(hold.weight));
    }
    item.finish();
    before = std::max(before, hold.weight);
    holds.push_back(hold);
  }
  in.expect(!holds.empty(), "holds", "must have at least one hold");
  return holds;
}

void read_approval(Reader in, Plan& plan, bool sound_holds) {
  rollout::Approval approval = plan.approval.value_or(rollout::Approval{});
  in.read_with("before", decode_weight, approval.before);
  in.read("timeout", approval.timeout, between(1s, rollout::hold_max));
  const bool found = std::any_of(plan.holds.begin(), plan.holds.end(),
                                 [&](const Hold& hold) { return hold.weight == approval.before; });
  in.expect(found || !sound_holds, "before", "must be the percent of one of the holds");
  in.finish();
  plan.approval = approval;
}

}  // namespace

Plan read_plan(Reader& in, Plan plan) {
  plan.holds = read_holds(in, std::move(plan.holds));
  Reader gate = in.section("gate");
  gate.read("timeout", plan.gate_timeout, between(0s, 24h));
  gate.finish();
  const Reader approval = in.section("approval");
  const bool asked = in.has("approval") && in.good("approval");
  if (asked) read_approval(approval, plan, in.good("holds"));
  in.read_with("when_quiet",
               one_of<WhenQuiet>({{"hold", WhenQuiet::hold},
                                  {"advance", WhenQuiet::advance},
                                  {"revert", WhenQuiet::revert}}),
               plan.when_quiet);
  return plan;
}

namespace {

void read_plans(Reader& in, rollout::Options& options) {
  for (auto& [name, item] : in.named("plans", plans_max)) {
    const auto known = options.plans.find(name);
    if (known == options.plans.end()) item.require("holds");
    item.expect(name != own_plan, "", "the name is kept for the plan of rollout.holds");
    Plan plan = known == options.plans.end() ? Plan{.name = name, .holds = {}} : known->second;
    plan = read_plan(item, std::move(plan));
    item.finish();
    if (name != own_plan) options.plans.insert_or_assign(name, std::move(plan));
  }
}

std::string names_of(const std::map<std::string, Plan>& plans) {
  std::string text;
  for (const auto& [name, plan] : plans) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

rollout::Options read_rollout(Reader in) {
  rollout::Options options;
  const bool own = in.has("holds") || in.has("gate") || in.has("approval") || in.has("when_quiet");
  Plan plan = options.plans.at(options.standard);
  plan.name = own_plan;
  plan = read_plan(in, std::move(plan));
  read_plans(in, options);
  if (own) {
    options.standard = own_plan;
    options.plans.insert_or_assign(plan.name, std::move(plan));
  }
  in.read_with("default", decode_name, options.standard);
  in.expect(!in.good("plans") || options.plans.contains(options.standard), "default",
            "must be the name of a plan, one of " + names_of(options.plans) + ", got \"" +
                options.standard + '"');
  in.finish();
  return options;
}

verdict::Options read_verdict(Reader in) {
  verdict::Options options;
  int tolerated = 0;
  in.read_with("tolerated", decode_weight, tolerated, [](int weight) -> Fault {
    if (weight <= whole / 10) return std::nullopt;
    return "must be at most 10, got " + show_weight(weight);
  });
  if (in.has("tolerated") && in.good("tolerated"))
    options.tolerated = static_cast<double>(tolerated) / whole;
  in.read("baseline_factor", options.baseline_factor, between(1.0, 100.0));
  in.read("relative_alpha", options.relative_alpha, between(1e-9, 0.1));
  in.read("paired_alpha", options.paired_alpha, between(1e-9, 0.1));
  Reader latency = in.section("latency");
  latency.read("factor", options.latency_factor, [](double value) -> Fault {
    if (value == 0 || (value >= 1.5 && value <= 20)) return std::nullopt;
    return "must be between 1.5 and 20, or 0 for off, got " + show(value);
  });
  latency.read("over", options.latency_over, between(0s, 1min));
  latency.finish();
  in.finish();
  return options;
}

worker::Shield read_shield(Reader in) {
  worker::Shield shield;
  in.read("replay", shield.replay);
  in.read_with("body", decode_bytes, shield.replay_bytes_max, bytes_between(0, 1024UL * 1024));
  int budget = 0;
  in.read_with("budget", decode_percent, budget);
  if (in.has("budget") && in.good("budget")) shield.replay_budget = budget / 100.0;
  in.read("floor", shield.replay_floor, between(0, 1'000'000));
  in.read("hold", shield.hold_max, between(0s, 1min));
  in.read("held", shield.held_max, between(0, 65'536));
  in.finish();
  return shield;
}

}  // namespace sy::config
