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

bool turn_one(Knobs& knobs, std::string_view name, const json::value& value) {
  constexpr int minute = 60'000;
  bool now = false;
  if (name == "error_rate") return read(value, 0.0, 1.0, knobs.error_rate);
  if (name == "error_status") return read(value, 400, 599, knobs.error_status);
  if (name == "latency_ms") return read(value, 0, minute, knobs.latency_ms);
  if (name == "healthy") return read(value, knobs.healthy);
  if (name == "version") {
    if (!value.is_string()) return false;
    knobs.version = value.get_string();
    return knobs.version.empty() || is_version(knobs.version);
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
                                      {"latency_ms", knobs.latency_ms},
                                      {"healthy", knobs.healthy},
                                      {"crashed", knobs.crashed},
                                      {"version", knobs.version}});
}

}  // namespace sy::demo
