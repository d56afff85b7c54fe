#include "control/deploy/plan.h"

#include <algorithm>

namespace sy::control::deploy {
namespace {

std::string word(Color color) { return std::string(name(color)); }

// What answers now: the record, or without one what the platform shows in the live color.
std::optional<records::Release> answering(const Facts& facts, Color live) {
  if (facts.record && facts.record->current) return facts.record->current;
  records::Release release{.color = live};
  for (const auto& [service, colors] : facts.observed) {
    const auto& running = colors[live];
    if (!running.version.empty()) release.version = running.version;
    release.services[service] = {running.definition, running.digest, running.desired};
  }
  if (release.version.empty()) return std::nullopt;
  return release;
}

Try<> record_agrees(const Facts& facts, Color live, const Wish& wish) {
  if (!facts.record || !facts.record->current || wish.force) return {};
  const auto& current = *facts.record->current;
  if (current.color == live) return {};
  return Failure{
      ExitCode::refused,
      "the proxies send all traffic to " + word(live) + ", but the record says that " +
          current.version + " answers in " + word(current.color),
      "Look with switchctl verify " + facts.environment + "; --force goes by what the proxies do."};
}

std::map<std::string, int> counts_of(const Facts& facts, Color live) {
  std::map<std::string, int> counts;
  for (const auto& [service, colors] : facts.observed)
    counts[service] = std::max(colors[live].desired, 1);
  return counts;
}

std::string list_of(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [service, count] : counts)
    text += (text.empty() ? "" : ", ") + service + " × " + std::to_string(count);
  return text;
}

Try<> everything_exists(const Facts& facts, Color color) {
  for (const auto& [service, colors] : facts.observed)
    if (!colors[color].exists)
      return Failure{ExitCode::failed,
                     "there is no " + service + " in " + word(color) + " to start a version in",
                     "Create its service first; docs/ecs.md says what must be there."};
  return {};
}

// What is left of an operation that ended after its record was written.
std::string still_warm(const Facts& facts, Color color) {
  std::string text;
  for (const auto& [service, colors] : facts.observed)
    if (colors[color].desired > 0)
      text += "; " + word(color) + " keeps " + std::to_string(colors[color].desired) +
              " tasks of " + service;
  if (!text.empty()) text += " for a rollback";
  return text;
}

void add(Plan& plan, Step step, std::string what, std::string undo = "") {
  plan.steps.push_back({step, std::move(what), std::move(undo)});
}

void add_start(Plan& plan) {
  const std::string color = word(plan.color);
  add(plan, Step::start, "start " + plan.version + " in " + color + ": " + list_of(plan.counts),
      color + " as it was");
  add(plan, Step::up, "wait until all of it is up");
}

std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

void add_checks(Plan& plan, const Options& options) {
  add(plan, Step::versions, "every task reports " + plan.version);
  add(plan, Step::gate, "every proxy's gate of " + word(plan.color) + " is open");
  const std::size_t checks = options.smoke.checks.size() + options.smoke.programs.size();
  if (plan.gradual && checks > 0)
    add(plan, Step::smoke, std::to_string(checks) + " smoke tests through the preview header");
}

void add_move(Plan& plan, const Options& options) {
  const std::string named = !options.plan_json.empty() ? "the configured plan"
                            : options.plan.empty()     ? "the proxies' standard plan"
                                                       : "plan " + options.plan;
  add(plan, Step::rollout,
      plan.gradual ? "traffic to " + word(plan.color) + " by " + named
                   : "all traffic to " + word(plan.color) + " at once",
      "all traffic to " + word(plan.live));
}

void add_health(Plan& plan, const Options& options) {
  if (options.health.for_ > Duration::zero())
    add(plan, Step::health,
        plan.op == "deploy" ? "health checks for " + seconds_text(options.health.for_)
                            : "health and version as a client sees them");
}

void add_end(Plan& plan, const Options& options) {
  add(plan, Step::record, "record " + plan.version + " as what " + plan.environment + " runs");
  if (!options.notify.empty())
    add(plan, Step::notify, "tell " + std::to_string(options.notify.size()) + " targets");
  if (plan.op != "deploy") return;
  const std::string tasks = std::to_string(options.idle_tasks) + " tasks";
  add(plan, Step::warm, "keep " + word(plan.live) + " warm for " + seconds_text(options.keep_warm));
  add(plan, Step::retire, "scale " + word(plan.live) + " to " + tasks);
}

Plan begun(const Wish& wish, const Facts& facts, Color live) {
  Plan plan{.op = wish.op, .environment = facts.environment, .version = wish.version};
  plan.git_sha = wish.git_sha;
  plan.live = live;
  plan.color = other(live);
  plan.before = answering(facts, live);
  plan.counts = counts_of(facts, live);
  if (!facts.record)
    plan.warnings.push_back("nothing was ever recorded for " + facts.environment +
                            ": this is the first operation");
  return plan;
}

void add_all(Plan& plan, const Options& options, bool fast) {
  add(plan, Step::claim, "claim " + plan.environment);
  if (plan.start) add_start(plan);
  if (!fast || plan.start) add_checks(plan, options);  // what has just begun has no open gate yet
  add_move(plan, options);
  if (!fast) add_health(plan, options);
  add_end(plan, options);
  plan.said = plan.op + " of " + plan.version + " to " + plan.environment + ": " +
              (plan.before && !plan.before->version.empty()
                   ? plan.before->version + " in " + word(plan.live) + " answers now"
                   : "nothing is known to answer now") +
              ", " + plan.version + (plan.start ? " goes to " : " still runs in ") +
              word(plan.color);
}

// The release that a rollback goes to: named, or the previous one.
Try<records::Release> wanted_release(const Wish& wish, const Facts& facts) {
  const std::string list = "switchctl versions " + facts.environment + " lists what there is.";
  if (!facts.record)
    return Failure{ExitCode::refused, "nothing was ever recorded for " + facts.environment, list};
  const auto& record = *facts.record;
  if (wish.version.empty() && !record.previous)
    return Failure{ExitCode::refused,
                   "the record of " + facts.environment + " knows no version before this one",
                   list};
  if (wish.version.empty()) return *record.previous;
  if (record.previous && record.previous->version == wish.version) return *record.previous;
  for (const auto& operation : record.recent) {
    if (operation.version != wish.version) continue;
    records::Release release{.version = wish.version};
    for (const auto& [service, definition] : operation.definitions)
      release.services[service].definition = definition;
    return release;
  }
  return records::Release{.version = wish.version};  // its image may still be there
}

}  // namespace

Try<Color> agreed_live(const std::vector<edge::Seen>& proxies) {
  std::optional<Color> agreed;
  for (const auto& seen : proxies) {
    if (!seen.status) return seen.status.error();
    const auto& status = *seen.status;
    if (status.rollout)
      return Failure{ExitCode::refused,
                     seen.proxy + ": rollout " + status.rollout->id + " of " +
                         status.rollout->version + " runs",
                     "Wait for its end, or end it with switchctl abort."};
    if (status.maintenance)
      return Failure{ExitCode::refused, seen.proxy + " is in maintenance",
                     "Turn it off with switchctl maintenance … off first."};
    if (status.colors[status.live].weight != 10'000)
      return Failure{ExitCode::refused,
                     seen.proxy + ": weights are split by hand, blue " +
                         api::percent_text(status.colors.blue.weight) + " % green " +
                         api::percent_text(status.colors.green.weight) + " %",
                     "Give one color everything with switchctl switch or rollback first."};
    if (agreed && *agreed != status.live)
      return Failure{ExitCode::refused,
                     "the proxies disagree: " + seen.proxy + " has " + word(status.live) +
                         " live, others " + word(*agreed),
                     "Bring them together with switchctl switch first."};
    agreed = status.live;
  }
  if (!agreed) return Failure{ExitCode::usage, "the environment names no proxy"};
  return *agreed;
}

bool runs_well(const platform::Observation& observed, Color color, const Version& version,
               const std::map<std::string, int>& counts) {
  return std::all_of(counts.begin(), counts.end(), [&](const auto& count) {
    const auto found = observed.find(count.first);
    if (found == observed.end()) return false;
    const auto& running = found->second[color];
    return running.version == version && running.running >= count.second &&
           running.running == running.desired;
  });
}

Try<Plan> plan_of(const Wish& wish, const Facts& facts, const Options& options) {
  const auto live = agreed_live(facts.proxies);
  if (!live) return live.error();
  if (const auto agrees = record_agrees(facts, *live, wish); !agrees) return agrees.error();
  Plan plan = begun(wish, facts, *live);
  const auto exists = everything_exists(facts, plan.color);
  if (!exists) return exists.error();
  if (wish.op == "rollback") {
    const auto release = wanted_release(wish, facts);
    if (!release) return release.error();
    plan.version = release->version;
    plan.git_sha = release->git_sha;
    plan.start = !runs_well(facts.observed, plan.color, plan.version, plan.counts);
    plan.gradual = false;
    for (const auto& [service, each] : release->services)
      if (!each.definition.empty()) plan.definitions[service] = each.definition;
  }
  if (plan.before && plan.before->version == plan.version && !wish.again) {
    plan.said = facts.environment + " runs " + plan.version + " already, in " + word(*live) +
                ": nothing to do" + still_warm(facts, plan.color);
    return plan;
  }
  add_all(plan, options, wish.op == "rollback" && wish.fast);
  return plan;
}

}  // namespace sy::control::deploy
