#include "demo/faults.h"

#include <boost/json.hpp>

namespace sy::demo {
namespace {

namespace json = boost::json;

bool due(double& sum, double rate) {
  sum += rate;
  // A little under one: ten times 0.1 is not 1.0 in binary.
  if (sum < 1 - 1e-9) return false;
  sum -= 1;
  return true;
}

json::value nanoseconds(const std::optional<Instant>& at) {
  if (!at) return nullptr;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at->time_since_epoch()).count();
}

}  // namespace

Fault Faults::next(const Knobs& knobs) {
  if (due(error_sum_, knobs.error_rate)) return Fault::error;
  if (due(reset_sum_, knobs.reset_rate)) return Fault::reset;
  if (due(hang_sum_, knobs.hang_rate)) return Fault::hang;
  return Fault::none;
}

bool aims_at(const Knobs& knobs, std::string_view path) {
  return path.starts_with(knobs.error_path);
}

std::optional<FieldAim> field_aim(const Knobs& knobs) {
  const std::string_view text = knobs.error_field;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto value = text.find_first_not_of(' ', colon + 1);
  return FieldAim{
      .name = text.substr(0, colon),
      .value = value == std::string_view::npos ? std::string_view{} : text.substr(value)};
}

std::string to_json(const Counts& counts) {
  json::value first_wall = nullptr;
  if (counts.first_failure) first_wall = counts.first_failure_wall.time_since_epoch().count();
  return json::serialize(json::object{{"requests", counts.requests},
                                      {"failures", counts.failures},
                                      {"delayed", counts.delayed},
                                      {"turned_ns", nanoseconds(counts.turned)},
                                      {"first_failure_ns", nanoseconds(counts.first_failure)},
                                      {"first_failure_unix_ms", first_wall},
                                      {"last_failure_ns", nanoseconds(counts.last_failure)},
                                      {"first_delayed_ns", nanoseconds(counts.first_delayed)}});
}

}  // namespace sy::demo
