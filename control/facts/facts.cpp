#include "control/facts/facts.h"

#include <set>

#include "control/facts/words.h"

namespace sy::control {
namespace {

constexpr int whole = 10'000;

std::string weights_text(const PerColor<int>& weight) {
  for (const Color color : colors)
    if (weight[color] == whole) return "all on " + std::string{name(color)};
  return "blue " + api::percent_text(weight.blue) + " %, green " + api::percent_text(weight.green) +
         " %";
}

std::string operation_text(const records::Claim& claim) {
  if (claim.version.empty()) return claim.op;
  return claim.op + (claim.op == "rollback" ? " to " : " of ") + claim.version;
}

std::string owner_text(const records::Claim& claim, WallTime now) {
  std::string text = "by " + claim.owner + ", begun " + date_text(claim.since) + ", " +
                     span_text(Duration{now - claim.since}) + " ago";
  if (!claim.run.empty()) text += ", run " + claim.run;
  return text;
}

std::string again(const records::Claim& claim, const std::string& env) {
  std::string command = "switchctl " + claim.op + " " + env;
  return claim.version.empty() ? command : command + " " + claim.version;
}

Standing locked_by_hand(const Facts& facts, const records::Claim& claim) {
  Standing result{.at_work = true};
  result.what =
      facts.environment + " is locked by " + claim.owner + " " + since_text(claim.since, facts.now);
  if (!claim.reason.empty()) result.what += ": " + claim.reason;
  result.run = {"switchctl unlock " + facts.environment};
  return result;
}

}  // namespace

std::vector<const api::StatusView*> reachable(const Facts& facts) {
  std::vector<const api::StatusView*> some;
  for (const auto& proxy : facts.proxies)
    if (proxy.status) some.push_back(&*proxy.status);
  return some;
}

const records::Record* record_of(const Facts& facts) {
  const auto* seen = known(facts.seen);
  return seen != nullptr && seen->record ? &*seen->record : nullptr;
}

const records::Claim* claim_of(const Facts& facts) {
  const auto* seen = known(facts.seen);
  return seen != nullptr && seen->claim ? &*seen->claim : nullptr;
}

std::optional<Color> live_color(const Facts& facts) {
  std::optional<Color> live;
  for (const auto* proxy : reachable(facts)) {
    if (live && *live != proxy->live) return std::nullopt;
    live = proxy->live;
  }
  return live;
}

std::string traffic_text(const Facts& facts) {
  std::set<std::string> texts;
  for (const auto* proxy : reachable(facts))
    texts.insert(weights_text({proxy->colors.blue.weight, proxy->colors.green.weight}));
  if (texts.empty()) return "not known: no proxy can be reached";
  return texts.size() == 1 ? *texts.begin() : "not the same on every proxy";
}

bool has_traffic(const Facts& facts, Color color) {
  for (const auto* proxy : reachable(facts))
    if (proxy->colors[color].weight > 0 || proxy->colors[color].effective > 0) return true;
  return false;
}

std::vector<std::string> out_of_reach(const Facts& facts) {
  std::vector<std::string> words;
  if (const auto failure = missing(facts.seen)) words.push_back("the record: " + failure->what);
  if (const auto failure = missing(facts.observation))
    words.push_back("the platform " + facts.platform + ": " + failure->what);
  for (const auto& proxy : facts.proxies)
    if (!proxy.status) words.push_back("proxy " + proxy.url + ": " + proxy.status.error().what);
  return words;
}

ExitCode reach_code(const Facts& facts) {
  if (const auto failure = missing(facts.seen)) return failure->code;
  if (const auto failure = missing(facts.observation)) return failure->code;
  for (const auto& proxy : facts.proxies)
    if (!proxy.status) return proxy.status.error().code;
  return ExitCode::done;
}

std::optional<Standing> standing(const Facts& facts) {
  const auto* claim = claim_of(facts);
  if (claim == nullptr) return std::nullopt;
  if (claim->op == "lock" && !facts.claim_free) return locked_by_hand(facts, *claim);
  Standing result{.at_work = !facts.claim_free};
  const std::string& env = facts.environment;
  const bool released = claim->phase == "released";
  result.what = operation_text(*claim) + " (" + owner_text(*claim, facts.now) + ") ";
  if (result.at_work) {
    result.what += "is at step " + claim->phase;
    if (!claim->host.empty()) result.what += " on " + claim->host.substr(0, claim->host.find(' '));
    result.what += "; traffic is " + traffic_text(facts);
    result.run = {"switchctl watch " + env,
                  "switchctl unlock " + env + " (only if its process is dead)"};
    return result;
  }
  result.what += released ? "was given up" : "stopped at step " + claim->phase;
  if (released && !claim->reason.empty()) result.what += " (" + claim->reason + ")";
  result.what += "; traffic is " + traffic_text(facts);
  if (claim->op == "lock") {
    result.run = {};
    return result;
  }
  result.run = {again(*claim, env) + " (carries on)"};
  if (claim->op != "rollback") result.run.push_back("switchctl rollback " + env + " (goes back)");
  return result;
}

}  // namespace sy::control
