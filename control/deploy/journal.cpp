#include "control/deploy/journal.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace sy::control::deploy {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 13> steps{
    "preflight", "claim",  "start",  "up",     "versions", "gate",  "smoke",
    "rollout",   "health", "record", "notify", "warm",     "retire"};
constexpr std::int64_t schema = 1;

json::object to_json(const platform::Started& started) {
  json::object services;
  for (const auto& [service, each] : started.services)
    services[service] = {{"td", each.definition},
                         {"id", each.deployment},
                         {"before", each.definition_before},
                         {"desired", each.desired_before},
                         {"count", each.count}};
  return services;
}

std::string text_at(const json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

int number_at(const json::object& object, std::string_view key) {
  return object.at(key).to_number<int>();
}

Color color_at(const json::object& object, std::string_view key) {
  const auto color = parse_color(text_at(object, key));
  if (!color) throw std::invalid_argument("no color");
  return *color;
}

platform::Started started_of(const json::object& services, Color color) {
  platform::Started started{color, {}};
  for (const auto& [service, value] : services) {
    const auto& each = value.as_object();
    started.services[service] = {text_at(each, "td"), text_at(each, "id"), text_at(each, "before"),
                                 number_at(each, "desired"), number_at(each, "count")};
  }
  return started;
}

Journal journal_of(const json::object& object) {
  if (number_at(object, "journal") != schema) throw std::invalid_argument("another schema");
  Journal journal;
  journal.key = text_at(object, "key");
  journal.op = text_at(object, "op");
  journal.version = text_at(object, "version");
  journal.git_sha = text_at(object, "sha");
  journal.color = color_at(object, "color");
  journal.live = color_at(object, "live");
  const auto step = parse_step(text_at(object, "step"));
  if (!step) throw std::invalid_argument("no step");
  journal.step = *step;
  journal.traffic = object.at("traffic").as_bool();
  journal.gradual = object.at("gradual").as_bool();
  journal.planned = object.at("steps").to_number<std::uint32_t>();
  for (const auto& [service, count] : object.at("counts").as_object())
    journal.counts[service] = count.to_number<int>();
  journal.started = started_of(object.at("started").as_object(), journal.color);
  for (const auto& [proxy, id] : object.at("rollouts").as_object())
    journal.rollouts[proxy] = std::string(id.as_string());
  return journal;
}

}  // namespace

std::string_view name(Step step) { return steps[static_cast<std::size_t>(step)]; }

std::optional<Step> parse_step(std::string_view text) {
  const auto found = std::find(steps.begin(), steps.end(), text);
  if (found == steps.end()) return std::nullopt;
  return static_cast<Step>(found - steps.begin());
}

std::string encode(const Journal& journal) {
  json::object counts;
  for (const auto& [service, count] : journal.counts) counts[service] = count;
  json::object rollouts;
  for (const auto& [proxy, id] : journal.rollouts) rollouts[proxy] = id;
  return json::serialize(json::object{{"journal", schema},
                                      {"key", journal.key},
                                      {"op", journal.op},
                                      {"version", journal.version},
                                      {"sha", journal.git_sha},
                                      {"color", name(journal.color)},
                                      {"live", name(journal.live)},
                                      {"step", name(journal.step)},
                                      {"traffic", journal.traffic},
                                      {"gradual", journal.gradual},
                                      {"steps", journal.planned},
                                      {"counts", std::move(counts)},
                                      {"started", to_json(journal.started)},
                                      {"rollouts", std::move(rollouts)}});
}

Try<Journal> decode_journal(std::string_view text) {
  const Failure unreadable{ExitCode::failed,
                           "the claim's journal is not one that this switchctl can read",
                           "Use the version of switchctl that wrote it."};
  boost::system::error_code wrong;
  const auto value = json::parse(text, wrong);
  if (wrong || !value.is_object()) return unreadable;
  try {
    return journal_of(value.as_object());
  } catch (const std::exception&) {
    return unreadable;
  }
}

}  // namespace sy::control::deploy
