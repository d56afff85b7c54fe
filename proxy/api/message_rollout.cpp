// What a status says of rollouts, as JSON and back.
#include "api/json_read.h"
#include "api/json_text.h"

namespace sy::api {
namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}
json::value time_or_null(const std::optional<WallTime>& at) {
  return at ? json::value(to_text(*at)) : json::value(nullptr);
}

json::object to_json(const HoldView& hold) {
  return {{"percent", percent_number(hold.weight)},
          {"for_seconds", rounded(hold.for_seconds)},
          {"requests", hold.requests}};
}

json::value to_json(const std::optional<ApprovalView>& approval) {
  if (!approval) return nullptr;
  return {{"before", percent_number(approval->before)},
          {"timeout_seconds", rounded(approval->timeout_seconds)},
          {"approved_by", text_or_null(approval->approved_by)},
          {"approved_until", time_or_null(approval->approved_until)}};
}

json::value to_json(const std::optional<RolloutView>& rollout) {
  if (!rollout) return nullptr;
  json::array holds;
  for (const auto& hold : rollout->holds) holds.emplace_back(to_json(hold));
  return {{"id", rollout->id},
          {"color", name(rollout->color)},
          {"version", rollout->version},
          {"plan", rollout->plan},
          {"phase", rollout->phase},
          {"hold", rollout->hold},
          {"holds", std::move(holds)},
          {"percent", percent_number(rollout->weight)},
          {"held_seconds", rounded(rollout->held_seconds)},
          {"left_seconds", rounded(rollout->left_seconds)},
          {"requests", rollout->requests},
          {"requests_needed", rollout->requests_needed},
          {"paused", rollout->paused},
          {"standing", rollout->standing},
          {"started", to_text(rollout->started)},
          {"actor", rollout->actor},
          {"reason", rollout->reason},
          {"approval", to_json(rollout->approval)}};
}

json::value to_json(const std::optional<EndedView>& ended) {
  if (!ended) return nullptr;
  return {{"id", ended->id},           {"color", name(ended->color)}, {"version", ended->version},
          {"outcome", ended->outcome}, {"why", ended->why},           {"at", to_text(ended->at)}};
}

json::value to_json(const VerdictView& verdict) {
  return {{"kind", verdict.kind},
          {"words", verdict.words},
          {"test", verdict.test},
          {"requests", verdict.requests},
          {"failures", verdict.failures},
          {"charged", verdict.charged},
          {"needed", verdict.needed},
          {"absolute", rounded(verdict.absolute)},
          {"relative", rounded(verdict.relative)},
          {"slower", rounded(verdict.slower)},
          {"pairs_for", verdict.pairs_for},
          {"pairs_against", verdict.pairs_against},
          {"hard_in_a_row", verdict.hard_in_a_row},
          {"tolerated_percent", rounded(verdict.tolerated_percent)},
          {"live_alarming", verdict.live_alarming}};
}

json::value to_json(const BaselineView& baseline) {
  return {{"requests", rounded(baseline.requests)},
          {"failures", rounded(baseline.failures)},
          {"upper_percent", rounded(baseline.upper_percent)},
          {"learned", time_or_null(baseline.learned)}};
}

std::optional<WallTime> time_if(const json::object& object, std::string_view key) {
  if (object.at(key).is_null()) return std::nullopt;
  return time_at(object, key);
}

ApprovalView approval_from(const json::object& object) {
  ApprovalView approval{weight_of(object.at("before")), real_at(object, "timeout_seconds")};
  if (!object.at("approved_by").is_null()) approval.approved_by = text_at(object, "approved_by");
  approval.approved_until = time_if(object, "approved_until");
  return approval;
}

std::optional<RolloutView> rollout_from(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  const auto& object = value.as_object();
  RolloutView rollout{text_at(object, "id"), color_at(object, "color"), text_at(object, "version"),
                      text_at(object, "plan"), text_at(object, "phase")};
  rollout.hold = number_at(object, "hold");
  for (const auto& hold : object.at("holds").as_array())
    rollout.holds.push_back({weight_of(hold.at("percent")),
                             real_at(hold.as_object(), "for_seconds"),
                             number_at(hold.as_object(), "requests")});
  rollout.weight = weight_of(object.at("percent"));
  rollout.held_seconds = real_at(object, "held_seconds");
  rollout.left_seconds = real_at(object, "left_seconds");
  rollout.requests = number_at(object, "requests");
  rollout.requests_needed = number_at(object, "requests_needed");
  rollout.paused = object.at("paused").as_bool();
  rollout.standing = text_at(object, "standing");
  rollout.started = time_at(object, "started");
  rollout.actor = text_at(object, "actor");
  rollout.reason = text_at(object, "reason");
  if (const auto& approval = object.at("approval"); !approval.is_null())
    rollout.approval = approval_from(approval.as_object());
  return rollout;
}

std::optional<EndedView> ended_from(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  const auto& object = value.as_object();
  return EndedView{text_at(object, "id"),      color_at(object, "color"),
                   text_at(object, "version"), text_at(object, "outcome"),
                   text_at(object, "why"),     time_at(object, "at")};
}

VerdictView verdict_from(const json::object& object) {
  VerdictView verdict{text_at(object, "kind"), text_at(object, "words"), text_at(object, "test")};
  verdict.requests = number_at(object, "requests");
  verdict.failures = number_at(object, "failures");
  verdict.charged = number_at(object, "charged");
  verdict.needed = number_at(object, "needed");
  verdict.absolute = real_at(object, "absolute");
  verdict.relative = real_at(object, "relative");
  verdict.slower = real_at(object, "slower");
  verdict.pairs_for = number_at(object, "pairs_for");
  verdict.pairs_against = number_at(object, "pairs_against");
  verdict.hard_in_a_row = number_at(object, "hard_in_a_row");
  verdict.tolerated_percent = real_at(object, "tolerated_percent");
  verdict.live_alarming = object.at("live_alarming").as_bool();
  return verdict;
}

BaselineView baseline_from(const json::object& object) {
  return {real_at(object, "requests"), real_at(object, "failures"),
          real_at(object, "upper_percent"), time_if(object, "learned")};
}

}  // namespace

void add_rollout(json::object& object, const StatusView& status) {
  object["rollout"] = to_json(status.rollout);
  object["last_rollout"] = to_json(status.last_rollout);
  object["verdict"] = to_json(status.verdict);
  object["baseline"] = to_json(status.baseline);
  object["guarded"] = status.guarded;
}

void read_rollout(const json::object& object, StatusView& status) {
  status.rollout = rollout_from(object.at("rollout"));
  status.last_rollout = ended_from(object.at("last_rollout"));
  status.verdict = verdict_from(object.at("verdict").as_object());
  status.baseline = baseline_from(object.at("baseline").as_object());
  status.guarded = object.at("guarded").as_bool();
}

std::string encode(const RolloutsView& rollouts) {
  return json_text(json::object{{"rollout", to_json(rollouts.rollout)},
                                {"last_rollout", to_json(rollouts.last_rollout)},
                                {"verdict", to_json(rollouts.verdict)}});
}

Result<RolloutsView> decode_rollouts(std::string_view text) {
  return decode<RolloutsView>(text, "a rollout", [](const json::object& object) {
    return RolloutsView{rollout_from(object.at("rollout")), ended_from(object.at("last_rollout")),
                        verdict_from(object.at("verdict").as_object())};
  });
}

}  // namespace sy::api
