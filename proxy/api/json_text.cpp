#include "api/json_text.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

namespace sy::api {
namespace {

std::string number(double value) {
  if (!std::isfinite(value)) return "0";
  std::array<char, 512> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

}  // namespace

std::string json_text(const boost::json::value& value) {
  if (value.is_double()) return number(value.get_double());
  std::string text;
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) text += (text.empty() ? "" : ",") + json_text(element);
    return "[" + text + "]";
  }
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object)
      text += (text.empty() ? "" : ",") + boost::json::serialize(key) + ":" + json_text(member);
    return "{" + text + "}";
  }
  return boost::json::serialize(value);
}

}  // namespace sy::api
