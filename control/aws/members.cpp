#include "control/aws/members.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <cmath>
#include <limits>

namespace sy::aws {
namespace {

namespace json = boost::json;

const json::value* there(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && !found->is_null() ? found : nullptr;
}

std::optional<double> real_of(const json::object& from, std::string_view key) {
  const auto* found = there(from, key);
  if (!found || !found->is_number()) return std::nullopt;
  return found->to_number<double>();
}

}  // namespace

std::string text_of(const json::object& from, std::string_view key) {
  const auto* found = there(from, key);
  return found && found->is_string() ? std::string{found->get_string()} : "";
}

std::optional<std::int64_t> number_of(const json::object& from, std::string_view key) {
  const auto* found = there(from, key);
  if (!found) return std::nullopt;
  if (const auto* whole = found->if_int64()) return *whole;
  const auto real = real_of(from, key);
  constexpr double most = 9'007'199'254'740'992.0;  // Above it a double skips numbers.
  if (!real || !(std::fabs(*real) <= most)) return std::nullopt;
  return std::llround(*real);
}

int count_of(const json::object& from, std::string_view key) {
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<std::int64_t>(number_of(from, key).value_or(0), -most, most));
}

bool flag_of(const json::object& from, std::string_view key) {
  const auto* found = there(from, key);
  return found && found->is_bool() && found->get_bool();
}

std::optional<Moment> moment_of(const json::object& from, std::string_view key) {
  const auto real = real_of(from, key);
  return real ? read_epoch(*real) : std::nullopt;
}

std::vector<const json::object*> objects_of(const json::object& from, std::string_view key) {
  std::vector<const json::object*> out;
  const auto* found = there(from, key);
  const auto* list = found ? found->if_array() : nullptr;
  if (!list) return out;
  for (const json::value& one : *list) {
    if (const auto* object = one.if_object()) out.push_back(object);
  }
  return out;
}

std::vector<std::string> texts_of(const json::object& from, std::string_view key) {
  std::vector<std::string> out;
  const auto* found = there(from, key);
  const auto* list = found ? found->if_array() : nullptr;
  if (!list) return out;
  for (const json::value& one : *list) {
    if (const auto* text = one.if_string()) out.emplace_back(*text);
  }
  return out;
}

const json::object& object_of(const json::object& from, std::string_view key) {
  static const json::object none;
  const auto* found = there(from, key);
  const auto* object = found ? found->if_object() : nullptr;
  return object ? *object : none;
}

}  // namespace sy::aws
