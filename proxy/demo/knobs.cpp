#include <boost/json.hpp>

#include "demo/toy_app.h"

namespace sy::demo {
namespace {

namespace json = boost::json;

Error refuse(std::string what) {
  return {.blame = Blame::client, .status = 422, .what = std::move(what)};
}

bool read(const json::value& value, bool& into) {
  if (!value.is_bool()) return false;
  into = value.get_bool();
  return true;
}

bool read(const json::value& value, double lowest, double highest, double& into) {
  boost::system::error_code error;
  const double number = value.to_number<double>(error);
  if (error || number < lowest || number > highest) return false;
  into = number;
  return true;
}

bool read(const json::value& value, int lowest, int highest, int& into) {
  boost::system::error_code error;
  const int number = value.to_number<int>(error);
  if (error || number < lowest || number > highest) return false;
  into = number;
  return true;
}

bool read(const json::value& value, std::string& into) {
  if (!value.is_string()) return false;
  into = value.get_string();
  return true;
}

bool is_path(std::string_view text) { return text.empty() || text.front() == '/'; }

bool is_field(std::string_view text) {
  const auto colon = text.find(':');
  return text.empty() || (colon != 0 && colon != std::string_view::npos);
}

bool turn_one(Knobs& knobs, std::string_view name, const json::value& value) {
  constexpr int minute = 60'000;
  bool now = false;
  if (name == "error_rate") return read(value, 0.0, 1.0, knobs.error_rate);
  if (name == "error_status") return read(value, 400, 599, knobs.error_status);
  if (name == "reset_rate") return read(value, 0.0, 1.0, knobs.reset_rate);
  if (name == "reset_early") return read(value, knobs.reset_early);
  if (name == "hang_rate") return read(value, 0.0, 1.0, knobs.hang_rate);
  if (name == "error_path") return read(value, knobs.error_path) && is_path(knobs.error_path);
  if (name == "error_field") return read(value, knobs.error_field) && is_field(knobs.error_field);
  if (name == "latency_ms") return read(value, 0, minute, knobs.latency_ms);
  if (name == "healthy") return read(value, knobs.healthy);
  if (name == "version") {
    return read(value, knobs.version) && (knobs.version.empty() || is_version(knobs.version));
  }
  if (!read(value, now)) return false;
  if (name == "crash") knobs.crashed = knobs.crashed || now;
  if (name == "revive") knobs.crashed = knobs.crashed && !now;
  return name == "crash" || name == "revive";
}

}  // namespace

Result<Knobs> turn(const Knobs& knobs, std::string_view text) {
  boost::system::error_code error;
  const json::value whole = json::parse(json::string_view{text.data(), text.size()}, error);
  if (error || !whole.is_object()) return refuse("a JSON object is needed");
  Knobs next = knobs;
  for (const auto& member : whole.get_object()) {
    const std::string name{member.key()};
    if (!turn_one(next, name, member.value()))
      return refuse(name + ": unknown, or a value out of range");
  }
  return next;
}

std::string to_json(const Knobs& knobs) {
  return json::serialize(json::object{{"error_rate", knobs.error_rate},
                                      {"error_status", knobs.error_status},
                                      {"reset_rate", knobs.reset_rate},
                                      {"reset_early", knobs.reset_early},
                                      {"hang_rate", knobs.hang_rate},
                                      {"error_path", knobs.error_path},
                                      {"error_field", knobs.error_field},
                                      {"latency_ms", knobs.latency_ms},
                                      {"healthy", knobs.healthy},
                                      {"crashed", knobs.crashed},
                                      {"version", knobs.version}});
}

}  // namespace sy::demo
