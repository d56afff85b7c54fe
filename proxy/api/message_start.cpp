// Bodies of the calls that begin and steer a rollout.
#include <boost/json.hpp>
#include <cmath>
#include <variant>

#include "api/body.h"
#include "api/json_text.h"
#include "base/version.h"

namespace sy::api {
namespace {

namespace json = boost::json;

constexpr std::string_view version_shape = "a version like v20240101-abc1234";
constexpr std::string_view duration_shape =
    "must be a duration like \"1m30s\", or seconds as a number";

// Whole milliseconds, so that a duration comes back as it went.
double seconds(Duration duration) {
  return static_cast<double>(duration / std::chrono::milliseconds{1}) / 1'000;
}

std::optional<Duration> duration_of(const json::value& value) {
  constexpr double seconds_max = 366.0 * 86'400;
  if (value.is_string()) return parse_duration(value.as_string());
  if (!value.is_number()) return std::nullopt;
  const double given = value.to_number<double>();
  if (!(given >= 0 && given <= seconds_max)) return std::nullopt;
  return std::chrono::milliseconds{std::llround(given * 1'000)};
}

std::optional<Duration> read_duration(Body& body, std::string_view key) {
  const auto* value = body.take(key);
  if (value == nullptr) return std::nullopt;
  const auto duration = duration_of(*value);
  if (!duration) body.fault(key, std::string(duration_shape));
  return duration;
}

std::optional<std::uint64_t> read_count(Body& body, std::string_view key) {
  const auto* value = body.take(key);
  if (value == nullptr) return std::nullopt;
  json::error_code inexact;
  const auto count = value->is_number() ? value->to_number<std::uint64_t>(inexact) : 0;
  if (value->is_number() && !inexact) return count;
  body.fault(key, "must be a whole number of requests");
  return std::nullopt;
}

Parsed<HoldBody> read_hold(const json::value& value, std::string pointer) {
  if (!value.is_object())
    return std::vector<Fault>{{std::move(pointer),
                               "must be an object like "
                               R"({"percent": 10, "for": "5m"})"}};
  Body body{value.as_object(), std::move(pointer)};
  HoldBody hold{body.percent("percent")};
  if (body.need("for", "how long at least, like \"5m\"") != nullptr)
    hold.at_least = read_duration(body, "for").value_or(Duration{});
  hold.requests = read_count(body, "requests");
  return body.finish(hold);
}

// Reads a member that is an object by `read`, which complains to the body within.
template <class Read>
void read_within(Body& body, std::string_view key, Read read) {
  const auto* value = body.take(key);
  if (value == nullptr) return;
  if (!value->is_object()) return body.fault(key, "must be an object");
  Body within{value->as_object(), body.pointer(key)};
  read(within);
  auto finished = within.finish(std::monostate{});
  if (!finished) body.adopt(std::move(finished.error()));
}

void read_holds(Body& body, PlanBody& plan) {
  const auto* holds = body.need("holds", "a list of {percent, for, requests}");
  if (holds == nullptr) return;
  if (!holds->is_array()) return body.fault("holds", "must be a list of {percent, for, requests}");
  for (const auto& each : holds->as_array()) {
    auto hold = read_hold(each, body.pointer("holds") + "/" + std::to_string(plan.holds.size()));
    if (!hold) body.adopt(std::move(hold.error()));
    plan.holds.push_back(hold ? *hold : HoldBody{});
  }
}

std::optional<ApprovalBody> read_approval(Body& body) {
  std::optional<ApprovalBody> read;
  read_within(body, "approval", [&read](Body& approval) {
    read.emplace();
    read->timeout = read_duration(approval, "timeout");
    if (approval.take("before") != nullptr) read->before = approval.percent("before");
  });
  return read;
}

PlanBody read_plan(Body& body) {
  PlanBody plan;
  read_holds(body, plan);
  read_within(body, "gate",
              [&plan](Body& gate) { plan.gate_timeout = read_duration(gate, "timeout"); });
  plan.approval = read_approval(body);
  plan.when_quiet = body.line("when_quiet", 16);
  if (body.take("when_quiet") != nullptr && plan.when_quiet != "hold" &&
      plan.when_quiet != "advance" && plan.when_quiet != "revert")
    body.fault("when_quiet", R"(must be "hold", "advance" or "revert")");
  return plan;
}

void read_plan_or_name(Body& body, StartBody& start) {
  const auto* plan = body.take("plan");
  if (plan == nullptr) return;
  if (plan->is_string()) {
    start.plan_name = body.line("plan", plan_name_bytes_max);
    if (plan->as_string().empty()) body.fault("plan", "must not be empty");
    return;
  }
  if (!plan->is_object()) return body.fault("plan", "must be a plan's name or a plan");
  Body within{plan->as_object(), body.pointer("plan")};
  auto read = within.finish(read_plan(within));
  if (!read) return body.adopt(std::move(read.error()));
  start.plan = std::move(*read);
}

std::string read_version(Body& body, bool any, bool needed) {
  const auto* value = needed ? body.need("version", version_shape) : body.take("version");
  if (value == nullptr) return {};
  std::string version = body.line("version", version_bytes_max);
  if (value->is_string() && !any && !is_version(version))
    body.fault("version", "must be " + std::string(version_shape) + ", got " +
                              quoted(std::string_view(version).substr(0, version_bytes_max)));
  return version;
}

void read_committed(Body& body, StartBody& start) {
  const auto* value = body.take("committed");
  if (value == nullptr) return;
  if (value->is_string()) start.committed = parse_time(value->as_string());
  if (!start.committed) body.fault("committed", "must be a time like 2024-01-01T10:00:00Z");
}

json::object to_json(const ApprovalBody& approval) {
  json::object object;
  if (approval.before) object["before"] = *approval.before / 100.0;
  if (approval.timeout) object["timeout"] = seconds(*approval.timeout);
  return object;
}

json::object to_json(const PlanBody& plan) {
  json::array holds;
  for (const auto& each : plan.holds) {
    json::object hold{{"percent", each.weight / 100.0}, {"for", seconds(each.at_least)}};
    if (each.requests) hold["requests"] = *each.requests;
    holds.push_back(std::move(hold));
  }
  json::object object{{"holds", std::move(holds)}};
  if (plan.gate_timeout) object["gate"] = {{"timeout", seconds(*plan.gate_timeout)}};
  if (plan.approval) object["approval"] = to_json(*plan.approval);
  if (!plan.when_quiet.empty()) object["when_quiet"] = plan.when_quiet;
  return object;
}

template <class T>
json::object with_version(const T& body) {
  json::object object;
  if (!body.version.empty()) object["version"] = body.version;
  if (!body.reason.empty()) object["reason"] = body.reason;
  return object;
}

}  // namespace

Parsed<StartBody> parse_start(std::string_view text) {
  Body body{text};
  StartBody start{body.color()};
  start.any_version = body.flag("any_version");
  start.version = read_version(body, start.any_version, !start.any_version);
  read_plan_or_name(body, start);
  start.approval = read_approval(body);
  read_committed(body, start);
  start.reason = body.reason();
  return body.finish(std::move(start));
}

Parsed<PromoteBody> parse_promote(std::string_view text) {
  Body body{text.empty() ? "{}" : text};
  PromoteBody promote{body.line("version", version_bytes_max), body.reason()};
  return body.finish(std::move(promote));
}

Parsed<ApproveBody> parse_approve(std::string_view text) {
  Body body{text};
  const auto* version = body.need("version", "the version that you approve");
  ApproveBody approve{body.line("version", version_bytes_max), body.reason()};
  if (version != nullptr && version->is_string() && approve.version.empty())
    body.fault("version", "must not be empty");
  return body.finish(std::move(approve));
}

Parsed<PlanBody> parse_plan(std::string_view text) {
  Body body{text};
  PlanBody plan = read_plan(body);
  return body.finish(std::move(plan));
}

std::string encode(const StartBody& body) {
  json::object object = with_version(body);
  object["color"] = name(body.color);
  if (body.any_version) object["any_version"] = true;
  if (!body.plan_name.empty()) object["plan"] = body.plan_name;
  if (body.plan) object["plan"] = to_json(*body.plan);
  if (body.approval) object["approval"] = to_json(*body.approval);
  if (body.committed) object["committed"] = to_text(*body.committed);
  return json_text(object);
}

std::string encode(const PromoteBody& body) { return json_text(with_version(body)); }
std::string encode(const ApproveBody& body) { return json_text(with_version(body)); }
std::string encode(const PlanBody& body) { return json_text(to_json(body)); }

}  // namespace sy::api
