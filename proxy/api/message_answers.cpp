#include <array>

#include "api/json_read.h"
#include "api/json_text.h"
#include "api/message.h"

namespace sy::api {
namespace {

json::object weights_object(const PerColor<int>& weights) {
  return {{"blue", percent_number(weights.blue)}, {"green", percent_number(weights.green)}};
}

json::object to_json(const Identity& identity) {
  return {{"version", identity.version},
          {"gitSha", identity.git_sha},
          {"environment", identity.environment},
          {"buildTime", identity.build_time},
          {"service", identity.service}};
}

json::object to_json(const GateView& gate) {
  return {{"service", gate.service},
          {"color", name(gate.color)},
          {"url", gate.url},
          {"open", gate.open},
          {"reason", gate.reason},
          {"took_ms", rounded(gate.took_ms)},
          {"since", to_text(gate.since)},
          {"identity", to_json(gate.identity)}};
}

json::object to_json(const ColorView& color) {
  return {{"version", color.version},
          {"gate", {{"open", color.open}, {"reason", color.why}}},
          {"weight", percent_number(color.weight)},
          {"effective", percent_number(color.effective)},
          {"rps", rounded(color.requests_per_second)},
          {"n", color.requests},
          {"errors", color.errors},
          {"p50_ms", rounded(color.p50_ms)},
          {"p99_ms", rounded(color.p99_ms)},
          {"in_flight", color.in_flight},
          {"verdict", color.verdict}};
}

json::object to_json(const Endpoints& endpoints) {
  json::object object;
  for (const auto& [service, urls] : endpoints)
    object[service] = json::array(urls.begin(), urls.end());
  return object;
}

json::object to_json(const EntryView& entry) {
  json::object fields;
  for (const auto& [name, value] : entry.fields) fields[name] = value;
  return {{"sequence", entry.sequence},  {"at", to_text(entry.at)},
          {"actor", entry.actor},        {"action", entry.action},
          {"reason", entry.reason},      {"detail", entry.detail},
          {"request", entry.request},    {"generation", entry.generation},
          {"fields", std::move(fields)}, {"previous", entry.previous},
          {"hash", entry.hash}};
}

GateView gate_from(const json::object& object) {
  const auto& identity = object.at("identity").as_object();
  GateView gate{text_at(object, "service"), color_at(object, "color"), text_at(object, "url")};
  gate.open = object.at("open").as_bool();
  gate.reason = text_at(object, "reason");
  gate.took_ms = real_at(object, "took_ms");
  gate.since = time_at(object, "since");
  gate.identity = {text_at(identity, "version"), text_at(identity, "gitSha"),
                   text_at(identity, "environment"), text_at(identity, "buildTime"),
                   text_at(identity, "service")};
  return gate;
}

ColorView color_from(const json::object& object) {
  const auto& gate = object.at("gate").as_object();
  ColorView color{text_at(object, "version"), gate.at("open").as_bool(), text_at(gate, "reason")};
  color.weight = weight_of(object.at("weight"));
  color.effective = weight_of(object.at("effective"));
  color.requests_per_second = real_at(object, "rps");
  color.requests = number_at(object, "n");
  color.errors = number_at(object, "errors");
  color.p50_ms = real_at(object, "p50_ms");
  color.p99_ms = real_at(object, "p99_ms");
  color.in_flight = object.at("in_flight").to_number<std::int64_t>();
  color.verdict = text_at(object, "verdict");
  return color;
}

Endpoints endpoints_from(const json::object& object) {
  Endpoints endpoints;
  for (const auto& [service, urls] : object)
    for (const auto& url : urls.as_array())
      endpoints[std::string(service)].emplace_back(url.as_string());
  return endpoints;
}

EntryView entry_from(const json::object& object) {
  EntryView entry{number_at(object, "sequence"), time_at(object, "at"),
                  text_at(object, "actor"),      text_at(object, "action"),
                  text_at(object, "reason"),     text_at(object, "detail"),
                  text_at(object, "request")};
  entry.generation = number_at(object, "generation");
  for (const auto& [name, value] : object.at("fields").as_object())
    entry.fields[std::string(name)] = std::string(value.as_string());
  entry.previous = text_at(object, "previous");
  entry.hash = text_at(object, "hash");
  return entry;
}

StatusView status_from(const json::object& object) {
  StatusView status{text_at(object, "app"), text_at(object, "environment"),
                    text_at(object, "phase"), color_at(object, "live")};
  if (!object.at("previous").is_null()) status.previous = color_at(object, "previous");
  status.maintenance = object.at("maintenance").as_bool();
  for (const Color color : colors) {
    status.colors[color] = color_from(object.at("colors").at(name(color)).as_object());
    status.upstreams[color] = endpoints_from(object.at("upstreams").at(name(color)).as_object());
  }
  for (const auto& gate : object.at("gates").as_array())
    status.gates.push_back(gate_from(gate.as_object()));
  status.generation = number_at(object, "generation");
  status.since = time_at(object, "since");
  status.note = text_at(object, "note");
  read_rollout(object, status);
  return status;
}

struct Named {
  int status;
  std::string_view slug;
  std::string_view title;
};
constexpr std::array problems{
    Named{400, "invalid-request", "Invalid request"},
    Named{401, "unauthenticated", "Authentication needed"},
    Named{403, "forbidden", "Not allowed"},
    Named{404, "not-found", "No such resource"},
    Named{405, "method-not-allowed", "Method not allowed"},
    Named{408, "timeout", "Request took too long"},
    Named{409, "conflict", "Refused in the present state"},
    Named{411, "length-required", "Length required"},
    Named{412, "stale-generation", "The state has moved on"},
    Named{413, "too-large", "Body too large"},
    Named{415, "unsupported-media-type", "Unsupported media type"},
    Named{422, "unprocessable", "Values cannot be right"},
    Named{429, "too-many-requests", "Too many requests"},
    Named{431, "head-too-large", "Request head too large"},
    Named{503, "unavailable", "Not possible now"},
};

}  // namespace

std::string encode(const StatusView& status) {
  json::object object{{"app", status.app},     {"environment", status.environment},
                      {"phase", status.phase}, {"live", name(status.live)},
                      {"previous", nullptr},   {"maintenance", status.maintenance}};
  if (status.previous) object["previous"] = name(*status.previous);
  json::object by_color;
  json::object upstreams;
  for (const Color color : colors) {
    by_color[name(color)] = to_json(status.colors[color]);
    upstreams[name(color)] = to_json(status.upstreams[color]);
  }
  object["colors"] = std::move(by_color);
  object["upstreams"] = std::move(upstreams);
  json::array gates;
  for (const auto& gate : status.gates) gates.emplace_back(to_json(gate));
  object["gates"] = std::move(gates);
  object["generation"] = status.generation;
  object["since"] = to_text(status.since);
  object["note"] = status.note;
  add_rollout(object, status);
  return json_text(object);
}

std::string encode(const AppliedView& applied) {
  json::object object{{"generation", applied.generation}, {"what", applied.what},
                      {"changed", applied.changed},       {"dry_run", applied.dry_run},
                      {"replayed", applied.replayed},     {"rollout", nullptr}};
  if (!applied.rollout.empty()) object["rollout"] = applied.rollout;
  return json_text(object);
}

std::string encode(const JournalView& journal) {
  json::array entries;
  for (const auto& entry : journal.entries) entries.emplace_back(to_json(entry));
  return json_text(json::object{
      {"entries", std::move(entries)}, {"next", journal.next}, {"more", journal.more}});
}

std::string encode(const Problem& problem) {
  json::object object{
      {"type", "urn:switchyard:problem:" + std::string(problem_slug(problem.status))},
      {"title", problem_title(problem.status)},
      {"status", problem.status},
      {"detail", problem.detail}};
  json::array faults;
  for (const auto& fault : problem.faults)
    faults.emplace_back(json::object{{"pointer", fault.pointer}, {"detail", fault.detail}});
  if (!faults.empty()) object["errors"] = std::move(faults);
  if (problem.generation) object["generation"] = *problem.generation;
  if (problem.weights) object["weights"] = weights_object(*problem.weights);
  if (!problem.phase.empty()) object["phase"] = problem.phase;
  if (problem.rollout)
    object["rollout"] = {{"id", problem.rollout->id},
                         {"phase", problem.rollout->phase},
                         {"percent", percent_number(problem.rollout->weight)}};
  return json_text(object);
}

Result<StatusView> decode_status(std::string_view text) {
  return decode<StatusView>(text, "a status", status_from);
}

Result<AppliedView> decode_applied(std::string_view text) {
  return decode<AppliedView>(text, "an applied change", [](const json::object& object) {
    AppliedView applied{number_at(object, "generation"), text_at(object, "what"),
                        object.at("changed").as_bool(), object.at("dry_run").as_bool(),
                        object.at("replayed").as_bool()};
    if (!object.at("rollout").is_null()) applied.rollout = text_at(object, "rollout");
    return applied;
  });
}

Result<JournalView> decode_journal(std::string_view text) {
  return decode<JournalView>(text, "a journal", [](const json::object& object) {
    JournalView journal;
    for (const auto& entry : object.at("entries").as_array())
      journal.entries.push_back(entry_from(entry.as_object()));
    journal.next = number_at(object, "next");
    journal.more = object.at("more").as_bool();
    return journal;
  });
}

Result<Problem> decode_problem(std::string_view text) {
  return decode<Problem>(text, "a problem", [](const json::object& object) {
    Problem problem{object.at("status").to_number<int>(), text_at(object, "detail")};
    if (const auto* faults = object.if_contains("errors"))
      for (const auto& fault : faults->as_array())
        problem.faults.push_back(
            {text_at(fault.as_object(), "pointer"), text_at(fault.as_object(), "detail")});
    if (object.contains("generation")) problem.generation = number_at(object, "generation");
    if (const auto* weights = object.if_contains("weights"))
      problem.weights =
          PerColor<int>{weight_of(weights->at("blue")), weight_of(weights->at("green"))};
    if (object.contains("phase")) problem.phase = text_at(object, "phase");
    if (const auto* rollout = object.if_contains("rollout"))
      problem.rollout = {text_at(rollout->as_object(), "id"),
                         text_at(rollout->as_object(), "phase"), weight_of(rollout->at("percent"))};
    return problem;
  });
}

std::string_view problem_slug(int status) {
  for (const auto& named : problems)
    if (named.status == status) return named.slug;
  return "failed";
}

std::string_view problem_title(int status) {
  for (const auto& named : problems)
    if (named.status == status) return named.title;
  return "Failed";
}

}  // namespace sy::api
