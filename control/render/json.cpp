#include "control/render/json.h"

#include <boost/json/parse.hpp>

#include "api/json_text.h"

namespace sy::control {

namespace json = boost::json;

std::string json_line(const json::value& value) { return api::json_text(value) + "\n"; }

json::value to_json(const records::Release& release) {
  json::object services;
  for (const auto& [service, one] : release.services)
    services[service] = {
        {"definition", one.definition}, {"digest", one.digest}, {"count", one.count}};
  return {{"version", release.version},
          {"git_sha", release.git_sha},
          {"deployed_at", api::to_text(release.deployed_at)},
          {"by", release.by},
          {"run", release.run},
          {"color", std::string{name(release.color)}},
          {"services", std::move(services)}};
}

json::value to_json(const std::optional<records::Release>& release) {
  return release ? to_json(*release) : json::value{};
}

json::value to_json(const records::Operation& operation) {
  return {{"operation", operation.op},
          {"version", operation.version},
          {"result", operation.result},
          {"at", api::to_text(operation.at)},
          {"by", operation.by}};
}

json::value to_json(const records::Record& record) {
  json::array recent;
  for (const auto& operation : record.recent) recent.push_back(to_json(operation));
  return {{"epoch", record.epoch},
          {"operation", record.op},
          {"result", record.result},
          {"reason", record.reason},
          {"current", to_json(record.current)},
          {"previous", to_json(record.previous)},
          {"recent", std::move(recent)}};
}

json::value to_json(const records::Claim& claim) {
  return {{"epoch", claim.epoch},
          {"generation", claim.generation},
          {"operation", claim.op},
          {"version", claim.version},
          {"step", claim.phase},
          {"owner", claim.owner},
          {"host", claim.host},
          {"run", claim.run},
          {"since", api::to_text(claim.since)},
          {"heartbeat", api::to_text(claim.heartbeat)},
          {"expires", claim.expires ? json::value(api::to_text(*claim.expires)) : json::value{}},
          {"reason", claim.reason}};
}

json::value to_json(const platform::Running& running) {
  json::array tasks;
  for (const auto& task : running.tasks)
    tasks.push_back({{"id", task.id},
                     {"url", task.url},
                     {"state", task.state},
                     {"version", task.version},
                     {"up", task.up}});
  return {{"exists", running.exists},   {"desired", running.desired},
          {"running", running.running}, {"definition", running.definition},
          {"digest", running.digest},   {"version", running.version},
          {"state", running.state},     {"tasks", std::move(tasks)}};
}

json::value to_json(const platform::Observation& observation) {
  json::object services;
  for (const auto& [service, running] : observation) {
    json::object both;
    for (const Color color : colors) both[name(color)] = to_json(running[color]);
    services[service] = std::move(both);
  }
  return services;
}

json::value to_json(const Failure& failure) {
  return {{"exit", static_cast<int>(failure.code)}, {"what", failure.what}, {"next", failure.next}};
}

json::array to_json(const std::vector<std::string>& words) {
  return json::array(words.begin(), words.end());
}

json::value parsed(const std::string& text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return error ? json::value{} : value;
}

}  // namespace sy::control
