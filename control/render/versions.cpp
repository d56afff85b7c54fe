#include "control/render/versions.h"

#include <algorithm>

#include "control/facts/words.h"
#include "control/render/json.h"

namespace sy::control {
namespace {

namespace json = boost::json;

Recorded from_release(const records::Release& release, const std::string& role) {
  Recorded one;
  one.version = release.version;
  one.role = role;
  one.color = std::string{name(release.color)};
  one.at = release.deployed_at;
  one.by = release.by;
  return one;
}

bool was_live(const records::Record& record, const Version& version) {
  return std::any_of(record.recent.begin(), record.recent.end(), [&](const auto& operation) {
    return operation.version == version && operation.result == "succeeded";
  });
}

// All services of it run in a color that is not live.
bool is_warm(const Facts& facts, const Version& version) {
  const auto* observation = known(facts.observation);
  const auto live = live_color(facts);
  if (observation == nullptr || observation->empty() || !live) return false;
  return std::all_of(observation->begin(), observation->end(), [&](const auto& entry) {
    const auto& running = entry.second[other(*live)];
    return running.exists && running.version == version && running.desired > 0 &&
           running.running >= running.desired;
  });
}

void judge(Recorded& one, const Facts& facts, const records::Record& record, const Gone& gone) {
  const auto missing = gone.find(one.version);
  if (one.role == "current") {
    one.back = "live";
    return;
  }
  if (one.role != "previous" && !was_live(record, one.version)) {
    one.back = "no: it never came through";
    return;
  }
  if (is_warm(facts, one.version)) {
    one.can_return = true;
    one.back = "yes, at once: its tasks run";
    return;
  }
  one.can_return = missing == gone.end() || missing->second.empty();
  one.back = one.can_return ? "yes" : "no: " + missing->second;
}

bool has(const std::vector<Recorded>& all, const Version& version) {
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& one) { return one.version == version; });
}

Tone tone_of(const Recorded& one) {
  if (one.role == "current") return Tone::strong;
  return one.can_return ? Tone::good : Tone::faint;
}

std::string short_digest(const std::string& digest) {
  if (digest.empty()) return "not known";
  const auto colon = digest.find(':');
  return digest.substr(0, colon == digest.npos ? 12 : colon + 13);
}

std::string tasks_of(const platform::Running& running) {
  return running.exists ? counted(running.desired, "task") : "not there";
}

}  // namespace

std::vector<Recorded> recorded_versions(const Facts& facts, const Gone& gone) {
  std::vector<Recorded> all;
  const auto* record = record_of(facts);
  if (record == nullptr) return all;
  if (record->current) all.push_back(from_release(*record->current, "current"));
  if (record->previous && !has(all, record->previous->version))
    all.push_back(from_release(*record->previous, "previous"));
  for (const auto& operation : record->recent) {
    if (operation.version.empty()) continue;
    if (!has(all, operation.version))
      all.push_back({operation.version, "earlier", "", operation.at, operation.by});
    auto& one = *std::find_if(all.begin(), all.end(), [&](const auto& known) {
      return known.version == operation.version;
    });
    if (!one.operation.empty()) continue;
    one.operation = operation.op;
    one.result = operation.result;
  }
  for (auto& one : all) judge(one, facts, *record, gone);
  return all;
}

std::string versions_text(const Facts& facts, const std::vector<Recorded>& versions,
                          const Look& look) {
  if (versions.empty()) return "nothing is recorded yet at " + facts.record_at + "\n";
  std::vector<Row> rows{
      {"VERSION", "IS", "COLOR", "DEPLOYED (UTC)", "BY", "LAST OPERATION", "ROLLBACK TO IT"}};
  for (const auto& one : versions) {
    const std::string last = one.operation.empty() ? "-" : one.operation + " " + one.result;
    rows.push_back({one.version, one.role, one.color.empty() ? "-" : one.color, minute_text(one.at),
                    one.by, last, Cell{one.back, tone_of(one)}});
  }
  std::string text = table(rows, look);
  for (const auto& one : versions) {
    if (!one.can_return) continue;
    text +=
        "back to one of them: switchctl rollback " + facts.environment + " " + one.version + "\n";
    break;
  }
  return text;
}

std::string versions_json(const Facts& facts, const std::vector<Recorded>& versions) {
  json::array all;
  for (const auto& one : versions)
    all.push_back({{"version", one.version},
                   {"is", one.role},
                   {"color", one.color},
                   {"at", api::to_text(one.at)},
                   {"by", one.by},
                   {"operation", one.operation},
                   {"result", one.result},
                   {"can_return", one.can_return},
                   {"back", one.back}});
  const auto* record = record_of(facts);
  return json_line({{"environment", facts.environment},
                    {"record_at", facts.record_at},
                    {"record", record != nullptr ? to_json(*record) : json::value{}},
                    {"versions", std::move(all)}});
}

std::vector<Difference> differences(const Facts& facts, const platform::Artifact& artifact,
                                    bool push) {
  const Color live = live_color(facts).value_or(Color::blue);
  const auto* record = record_of(facts);
  const std::string sha = record != nullptr && record->current ? record->current->git_sha : "";
  std::vector<Difference> all{{"color", std::string{name(live)}, std::string{name(other(live))}}};
  const auto* observation = known(facts.observation);
  std::string version = record != nullptr && record->current ? record->current->version : "";
  if (version.empty() && !reachable(facts).empty())
    version = reachable(facts).front()->colors[live].version;
  all.push_back({"VERSION", version_text(version), artifact.version});
  if (!artifact.git_sha.empty() || !sha.empty())
    all.push_back({"GIT_SHA", sha.empty() ? "not known" : sha,
                   artifact.git_sha.empty() ? "of the version's name" : artifact.git_sha});
  if (observation == nullptr) return all;
  for (const auto& [service, running] : *observation) {
    const auto image = artifact.images.find(service);
    if (image != artifact.images.end())
      all.push_back({service + " image", short_digest(running[live].digest),
                     short_digest(image->second.digest)});
    if (!running[live].definition.empty())
      all.push_back({service + " definition", running[live].definition,
                     "a copy with image, VERSION and GIT_SHA changed"});
    all.push_back({service + " tasks in " + std::string{name(other(live))},
                   tasks_of(running[other(live)]),
                   counted(std::max(running[live].desired, 1), "task")});
  }
  all.push_back({"endpoints", push ? "told to the proxies" : "found by the proxies",
                 push ? "the new tasks' addresses are told to the proxies" : "likewise"});
  return all;
}

std::string differences_text(const Facts& facts, const Version& version,
                             const std::vector<Difference>& differences, const Look& look) {
  std::vector<Row> rows{{"WHAT", "LIVE NOW", "AFTER THE DEPLOY"}};
  for (const auto& one : differences)
    rows.push_back(
        {one.what, one.now, Cell{one.then, one.now == one.then ? Tone::faint : Tone::strong}});
  return table(rows, look) + "nothing was changed; to do it: switchctl deploy " +
         facts.environment + " " + version + "\n";
}

std::string differences_json(const Facts& facts, const Version& version,
                             const std::vector<Difference>& differences) {
  json::array all;
  for (const auto& one : differences)
    all.push_back({{"what", one.what},
                   {"now", one.now},
                   {"then", one.then},
                   {"changes", one.now != one.then}});
  return json_line({{"environment", facts.environment},
                    {"version", version},
                    {"differences", std::move(all)},
                    {"exit", 0}});
}

}  // namespace sy::control
