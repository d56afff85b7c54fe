#include "control/facts/diagnose.h"

#include <algorithm>
#include <map>

#include "control/facts/agreement.h"
#include "control/facts/words.h"

namespace sy::control {
namespace {

constexpr auto expires_soon = std::chrono::minutes{30};
constexpr auto silent_after = std::chrono::minutes{10};

std::string text_of(Color color) { return std::string{name(color)}; }

class Diagnosis {
 public:
  explicit Diagnosis(const Facts& facts) : facts_{facts} {}

  std::vector<Finding> run() {
    look_at_caller();
    look_at_reach();
    look_at_claim();
    look_at_tasks();
    for (const auto& [place, events] : facts_.events)
      for (auto& finding : diagnose_events(facts_.environment, place, events))
        if (unsettled(place)) found_.push_back(std::move(finding));
    for (const auto& proxy : facts_.proxies)
      if (proxy.status) look_at_proxy(proxy.url, *proxy.status);
    for (auto& [what, finding] : gates_) found_.push_back(std::move(finding));
    for (const auto& mismatch : agreement(facts_).mismatches)
      add(50, mismatch.what, {}, {mismatch.next});
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Finding& a, const Finding& b) { return a.weight > b.weight; });
    return std::move(found_);
  }

 private:
  void add(int weight, std::string what, std::vector<std::string> evidence,
           std::vector<std::string> next) {
    std::erase(next, std::string{});
    found_.push_back({weight, std::move(what), std::move(evidence), std::move(next)});
  }
  [[nodiscard]] std::string command(const std::string& verb) const {
    return "switchctl " + verb + " " + facts_.environment;
  }

  void look_at_caller() {
    if (const auto failure = missing(facts_.caller))
      return add(100, "the platform " + facts_.platform + " does not know who is asking",
                 {failure->what}, {failure->next});
    const auto* caller = known(facts_.caller);
    if (caller == nullptr || !caller->expires) return;
    const Duration left = *caller->expires - facts_.now;
    if (left > expires_soon) return;
    const bool gone = left <= Duration{0};
    add(gone ? 99 : 65,
        gone ? "the credentials have expired and cannot be refreshed"
             : "the credentials expire in " + span_text(left) + " and cannot be refreshed",
        {caller->name + ", until " + date_text(*caller->expires)},
        {"get new ones before anything that takes longer than that"});
  }

  void look_at_reach() {
    if (const auto failure = missing(facts_.seen))
      add(92, "the record cannot be read", {failure->what}, {failure->next});
    if (const auto failure = missing(facts_.observation))
      add(93, "the platform " + facts_.platform + " does not say what runs", {failure->what},
          {failure->next});
    const bool some = !reachable(facts_).empty();
    for (const auto& proxy : facts_.proxies) {
      if (proxy.status) continue;
      const auto& failure = proxy.status.error();
      add(some ? 80 : 96, "proxy " + proxy.url + " cannot be asked", {failure.what},
          {failure.next.empty() ? "check that it runs and that its control port is open to you"
                                : failure.next});
    }
  }

  void look_at_claim() {
    const auto stands = standing(facts_);
    if (!stands) return;
    const auto& claim = *claim_of(facts_);
    if (!stands->at_work) return add(70, stands->what, {}, stands->run);
    if (claim.op == "lock") return add(40, stands->what, {}, stands->run);
    const Duration silent = facts_.now - claim.heartbeat;
    if (silent < silent_after) return;
    add(68, stands->what + "; it has given no sign of life for " + span_text(silent), {},
        stands->run);
  }

  // Events of the past explain nothing where all is as it should be now.
  [[nodiscard]] bool unsettled(const Place& place) const {
    const auto* observation = known(facts_.observation);
    if (observation == nullptr) return true;
    const auto found = observation->find(place.first);
    if (found == observation->end()) return true;
    const auto& running = found->second[place.second];
    return running.desired == 0 || running.running < running.desired || !tasks_up(running);
  }
  [[nodiscard]] static bool tasks_up(const platform::Running& running) {
    return std::all_of(running.tasks.begin(), running.tasks.end(),
                       [](const auto& task) { return task.up; });
  }

  void look_at_tasks() {
    const auto* observation = known(facts_.observation);
    if (observation == nullptr) return;
    for (const auto& [service, running] : *observation)
      for (const Color color : colors) look_at_running(service, color, running[color]);
  }
  void look_at_running(const std::string& service, Color color, const platform::Running& running) {
    const std::string where = service + " in " + text_of(color);
    const bool awaited = awaits(color);
    if (!running.exists && awaited)
      return add(91, where + " does not exist on " + facts_.platform, {},
                 {"check the names in switchctl.yaml, or create the service"});
    if (running.exists && running.desired == 0 && awaited)
      return add(78, where + " is scaled to zero", {},
                 {"switchctl scale " + facts_.environment + " " + service + " N --color " +
                  text_of(color)});
    std::vector<std::string> evidence;
    for (const auto& task : running.tasks)
      if (!task.up) evidence.push_back("task " + task.id + ": " + task.state);
    if (running.running >= running.desired && evidence.empty()) return;
    evidence.insert(evidence.begin(), running.state);
    add(has_traffic(facts_, color) ? 79 : 60,
        std::to_string(running.running) + " of " + counted(running.desired, "task") + " of " +
            where + " run",
        std::move(evidence),
        {"switchctl logs " + facts_.environment + " " + service + " --color " + text_of(color)});
  }
  // Clients, or a rollout, need this color.
  [[nodiscard]] bool awaits(Color color) const {
    for (const auto* proxy : reachable(facts_))
      if (proxy->live == color || (proxy->rollout && proxy->rollout->color == color)) return true;
    return has_traffic(facts_, color);
  }

  void look_at_proxy(const std::string& url, const api::StatusView& status) {
    const std::string proxy = "proxy " + url;
    if (!status.note.empty())
      add(75, proxy + " has something to say: " + status.note, {},
          {"see docs/operations.md for what its notes mean"});
    if (status.maintenance)
      add(66, proxy + " answers clients with the maintenance page", {},
          {command("maintenance") + " off"});
    for (const auto& gate : status.gates) look_at_gate(url, status, gate);
    if (status.rollout) return look_at_rollout(proxy, status);
    if (status.last_rollout && status.last_rollout->outcome == "reverted")
      add(55,
          proxy + " took " + version_text(status.last_rollout->version) + " out again at " +
              date_text(status.last_rollout->at),
          {status.last_rollout->why}, {command("history"), command("journal")});
    if (!status.guarded)
      add(30, proxy + " guards nothing: these weights were forced", {status.verdict.words},
          {command("switch") + " " + text_of(status.live)});
  }

  [[nodiscard]] bool has_task(const api::GateView& gate) const {
    const auto* observation = known(facts_.observation);
    if (observation == nullptr) return false;
    const auto found = observation->find(gate.service);
    if (found == observation->end()) return false;
    const auto& tasks = found->second[gate.color].tasks;
    return std::any_of(tasks.begin(), tasks.end(),
                       [&gate](const auto& task) { return task.up && task.url == gate.url; });
  }

  // The same gate on several proxies is one finding. Where others serve, an address at which no
  // task runs is no fault.
  void look_at_gate(const std::string& url, const api::StatusView& status,
                    const api::GateView& gate) {
    if (gate.open || !awaits(gate.color)) return;
    const bool others =
        std::any_of(status.gates.begin(), status.gates.end(), [&gate](const auto& one) {
          return one.open && one.service == gate.service && one.color == gate.color;
        });
    if (others && !has_task(gate)) return;
    const std::string where = gate.service + " in " + text_of(gate.color);
    const std::string what = (others ? "a gate of " : "the gate of ") + where + " is shut: " +
                             (gate.reason.empty() ? "no probe has answered yet" : gate.reason);
    auto& finding = gates_[what];
    const int alone = has_traffic(facts_, gate.color) ? 90 : 77;
    finding.weight = others ? 58 : alone;
    finding.what = what;
    finding.evidence.push_back(url + " probes " + gate.url + ", so since " + date_text(gate.since));
    finding.run = {"switchctl logs " + facts_.environment + " " + gate.service + " --color " +
                   text_of(gate.color)};
  }

  void look_at_rollout(const std::string& proxy, const api::StatusView& status) {
    const auto& rollout = *status.rollout;
    const std::string which = "rollout " + rollout.id + " of " + version_text(rollout.version);
    if (rollout.phase == "approval")
      return add(62, which + " on " + proxy + " waits for an approver", {rollout.standing},
                 {command("approve") + " " + rollout.version});
    if (rollout.paused)
      return add(61, which + " on " + proxy + " is paused", {rollout.standing},
                 {command("resume"), command("abort")});
    if (status.verdict.kind == "inconclusive")
      return add(45, which + " on " + proxy + " waits for more requests to judge by",
                 {rollout.standing, status.verdict.words},
                 {"send traffic, or " + command("promote")});
    if (status.verdict.kind == "shared")
      add(64, "both colors fail alike on " + proxy + ": what they share is at fault",
          {status.verdict.words}, {"look at what both depend on: databases, networks, clients"});
  }

  const Facts& facts_;
  std::vector<Finding> found_;
  std::map<std::string, Finding> gates_;
};

}  // namespace

std::vector<Finding> diagnose(const Facts& facts) { return Diagnosis{facts}.run(); }

}  // namespace sy::control
