#include "control/facts/agreement.h"

#include <set>
#include <string_view>

#include "control/facts/words.h"

namespace sy::control {
namespace {

constexpr int whole = 10'000;

std::string text_of(Color color) { return std::string{name(color)}; }

std::string_view host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != url.npos) url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

const api::GateView* gate_of(const Facts& facts, Color color, std::string_view url) {
  for (const auto* proxy : reachable(facts))
    for (const auto& gate : proxy->gates)
      if (gate.color == color && !url.empty() && host_of(gate.url) == host_of(url)) return &gate;
  return nullptr;
}

// What the proxies say of a color, each answer once.
std::string seen_by_proxies(const Facts& facts, Color color) {
  std::set<std::string> answers;
  for (const auto* proxy : reachable(facts)) {
    const auto& shown = proxy->colors[color];
    answers.insert(version_text(shown.version) + " " + api::percent_text(shown.weight) + " %");
  }
  return listed({answers.begin(), answers.end()});
}

class Comparison {
 public:
  explicit Comparison(const Facts& facts)
      : facts_{facts}, live_{live_color(facts)}, record_{record_of(facts)} {}

  Agreement run() {
    compare_record();
    compare_proxies();
    if (const auto* observation = known(facts_.observation))
      for (const auto& [service, running] : *observation)
        for (const Color color : colors) compare_service(service, color, running[color]);
    add_endpoints();
    compare_services();
    return std::move(result_);
  }

 private:
  void mismatch(std::string what, std::string next) {
    result_.mismatches.push_back({std::move(what), std::move(next)});
  }
  [[nodiscard]] std::string command(const std::string& verb) const {
    return "switchctl " + verb + " " + facts_.environment;
  }

  void compare_record() {
    if (known(facts_.seen) == nullptr) return;
    const bool nothing = record_ == nullptr || !record_->current;
    if (nothing && facts_.platform == "static") {
      result_.notes.push_back("nothing is recorded here, so only tasks and proxies are compared");
      return;
    }
    if (nothing) {
      mismatch("nothing is recorded as current in " + facts_.environment,
               "deploy a version with switchctl deploy " + facts_.environment +
                   " VERSION; that records it");
      return;
    }
    const auto& current = *record_->current;
    if (live_ && *live_ != current.color)
      mismatch("the record says that " + current.version + " is live in " + text_of(current.color) +
                   ", but the proxies' live color is " + text_of(*live_),
               "if the record is right: " + command("switch") + " " + text_of(current.color) +
                   "; if the proxies are: " + command("rollback") + " --list, then deploy anew");
    for (const auto& proxy : facts_.proxies) compare_version(proxy, current);
  }

  void compare_version(const ProxyFacts& proxy, const records::Release& current) {
    if (!proxy.status || !facts_.versions_reported) return;
    const auto& seen = proxy.status->colors[current.color].version;
    if (seen == current.version) return;
    mismatch("proxy " + proxy.url + " sees " + version_text(seen) + " in " +
                 text_of(current.color) + ", the record says " + current.version,
             seen.empty() ? "see why its gate is shut: " + command("doctor")
                          : "see which is right: " + command("versions"));
  }

  void compare_proxies() {
    const auto some = reachable(facts_);
    if (some.size() > 1 && !live_)
      mismatch("the proxies do not agree on the live color",
               "set it on all of them: " + command("switch") + " COLOR");
    for (const auto& proxy : facts_.proxies) {
      if (!proxy.status || proxy.status->rollout) continue;
      const auto& status = *proxy.status;
      const int weight = status.colors[status.live].weight;
      if (weight == whole) continue;
      mismatch("proxy " + proxy.url + " sends " + api::percent_text(whole - weight) + " % to " +
                   text_of(other(status.live)) + " though no rollout runs",
               command("weights") + " " + text_of(status.live) + "=100");
    }
  }

  void compare_service(const std::string& service, Color color, const platform::Running& running) {
    const bool is_live = live_ && *live_ == color;
    if (!running.exists && is_live)
      mismatch(service + " does not exist in " + text_of(color) + ", which is live",
               "see " + command("doctor"));
    if (!running.exists) return;
    const Version recorded = recorded_version(facts_, color);
    const bool is_current =
        record_ != nullptr && record_->current && record_->current->color == color;
    for (const auto& task : running.tasks) add_task(service, color, task, recorded);
    if (is_current) compare_release(service, color, running);
    if (is_live && running.running < running.desired)
      mismatch(std::to_string(running.running) + " of " + counted(running.desired, "task") +
                   " of " + service + " run in " + text_of(color) + ", which is live",
               "see why: " + command("doctor"));
    const bool stray = !is_current && running.running > 0 && !recorded.empty() &&
                       !running.version.empty() && running.version != recorded;
    if (stray)
      result_.notes.push_back(service + " in " + text_of(color) + " runs " + running.version +
                              "; the record's previous version there is " + recorded +
                              ", so a rollback must start it first");
  }

  void compare_release(const std::string& service, Color color, const platform::Running& running) {
    const auto& current = *record_->current;
    if (!running.version.empty() && running.version != current.version)
      mismatch("the definition of " + service + " in " + text_of(color) + " says " +
                   running.version + ", the record says " + current.version,
               "somebody changed it past switchctl; to bring back what is recorded: " +
                   command("deploy") + " " + current.version);
    const auto release = current.services.find(service);
    if (release == current.services.end()) return;
    const auto& digest = release->second.digest;
    if (!digest.empty() && !running.digest.empty() && digest != running.digest)
      mismatch(service + " in " + text_of(color) + " runs image " + running.digest +
                   ", the record says " + digest,
               "the tag was moved or the service was changed past switchctl; to bring back what "
               "is recorded: " +
                   command("deploy") + " " + current.version);
  }

  void add_task(const std::string& service, Color color, const platform::Task& task,
                const Version& recorded) {
    TaskRow row{service + " " + text_of(color) + " " + task.id, "", recorded, task.version,
                seen_by_proxies(facts_, color)};
    const auto* gate = gate_of(facts_, color, task.url);
    if (gate != nullptr) row.reports = gate->identity.version;
    if (gate != nullptr) matched_.insert(gate->url);
    const bool lies = !row.reports.empty() && !task.version.empty() && row.reports != task.version;
    if (lies)
      mismatch("task " + task.id + " of " + service + " in " + text_of(color) + " reports " +
                   row.reports + " though its definition says " + task.version,
               "its image holds another version than its tag says: build it anew, or start its "
               "tasks again: switchctl restart " +
                   facts_.environment + " " + service + " --color " + text_of(color));
    const bool is_live = live_ && *live_ == color;
    row.agrees =
        !lies && (!is_live || recorded.empty() || task.version.empty() || task.version == recorded);
    result_.rows.push_back(std::move(row));
  }

  // Endpoints that no task of the platform stands behind: all of them where it is static.
  void add_endpoints() {
    std::set<std::string> added;
    for (const auto* proxy : reachable(facts_))
      for (const auto& gate : proxy->gates) {
        if (matched_.contains(gate.url) || !added.insert(gate.url).second) continue;
        add_endpoint(gate);
      }
  }
  void add_endpoint(const api::GateView& gate) {
    TaskRow row{gate.service + " " + text_of(gate.color) + " " + gate.url, gate.identity.version,
                recorded_version(facts_, gate.color), "", seen_by_proxies(facts_, gate.color)};
    const bool is_live = live_ && *live_ == gate.color;
    row.agrees =
        !is_live || row.reports.empty() || row.recorded.empty() || row.reports == row.recorded;
    result_.rows.push_back(std::move(row));
  }

  // All services of the live color must run one version.
  void compare_services() {
    const auto* observation = known(facts_.observation);
    if (observation == nullptr || !live_) return;
    std::set<std::string> versions;
    std::vector<std::string> said;
    for (const auto& [service, running] : *observation) {
      const auto& one = running[*live_];
      if (!one.exists || one.version.empty()) continue;
      versions.insert(one.version);
      said.push_back(service + " " + one.version);
    }
    if (versions.size() > 1)
      mismatch("the services of " + text_of(*live_) + " do not run one version: " + listed(said),
               "bring in one version of all: switchctl deploy " + facts_.environment + " VERSION");
  }

  const Facts& facts_;
  std::optional<Color> live_;
  const records::Record* record_;
  std::set<std::string> matched_;
  Agreement result_;
};

}  // namespace

Agreement agreement(const Facts& facts) { return Comparison{facts}.run(); }

Version recorded_version(const Facts& facts, Color color) {
  const auto* record = record_of(facts);
  if (record == nullptr) return {};
  if (record->current && record->current->color == color) return record->current->version;
  if (record->previous && record->previous->color == color) return record->previous->version;
  return {};
}

}  // namespace sy::control
