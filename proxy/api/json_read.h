// Members of JSON objects as values, and values as JSON. Each throws on what is not there; decode()
// makes that one Error. Private to this folder.
#pragma once
#include <boost/json.hpp>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "api/message.h"

namespace sy::api {

namespace json = boost::json;

inline double percent_number(int weight) { return weight / 100.0; }
inline double rounded(double value) { return std::round(value * 1000) / 1000; }
inline int weight_of(const json::value& value) {
  const double percent = value.to_number<double>();
  if (!(percent >= 0 && percent <= 100)) throw std::invalid_argument("a weight is no percentage");
  return static_cast<int>(std::lround(percent * 100));
}

inline std::string text_at(const json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}
inline std::uint64_t number_at(const json::object& object, std::string_view key) {
  return object.at(key).to_number<std::uint64_t>();
}
inline double real_at(const json::object& object, std::string_view key) {
  return object.at(key).to_number<double>();
}
inline WallTime time_at(const json::object& object, std::string_view key) {
  const auto at = parse_time(object.at(key).as_string());
  if (!at) throw std::invalid_argument(std::string(key) + " is not a time");
  return *at;
}
inline Color color_at(const json::object& object, std::string_view key) {
  const auto color = parse_color(object.at(key).as_string());
  if (!color) throw std::invalid_argument(std::string(key) + " is not a color");
  return *color;
}

// Boost.JSON's checked accessors throw; an answer that is not what it should be is one Error here.
template <class T, class From>
Result<T> decode(std::string_view text, std::string_view what, From from) {
  try {
    return from(json::parse(text).as_object());
  } catch (const std::exception& error) {
    return Error{Blame::upstream, false, 502,
                 "the answer is not " + std::string(what) + ": " + error.what()};
  }
}

// Of message_rollout.cpp: what a status says of a rollout, into it and out of it.
void add_rollout(json::object& object, const StatusView& status);
void read_rollout(const json::object& object, StatusView& status);

}  // namespace sy::api
