#include "api/body.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>

namespace sy::api {
namespace {

namespace json = boost::json;

// Sees only member names: finds the first that an object repeats, which json::parse would let the
// last one win silently.
struct Repeats {
  static constexpr std::size_t max_object_size = 4'096;
  static constexpr std::size_t max_array_size = 4'096;
  static constexpr std::size_t max_key_size = 4'096;
  static constexpr std::size_t max_string_size = 65'536;

  std::vector<std::set<std::string>> open;
  std::string key;
  std::string repeated;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    open.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    if (!open.back().insert(key).second && repeated.empty()) repeated = key;
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

// One step of a JSON Pointer: "~" and "/" escaped (RFC 6901 section 3).
std::string step(std::string_view key) {
  std::string pointer = "/";
  for (const char c : key) {
    if (c == '~') pointer += "~0";
    if (c == '/') pointer += "~1";
    if (c != '~' && c != '/') pointer += c;
  }
  return pointer;
}

}  // namespace

void Body::read(std::string_view text) {
  json::basic_parser<Repeats> names{json::parse_options{}};
  json::error_code failed;
  names.write_some(false, text.data(), text.size(), failed);
  json::error_code unreadable;
  json::value value = json::parse(text, unreadable);
  unreadable_ = true;
  if (failed || unreadable)
    return fault("", "the body is not JSON: " + (unreadable ? unreadable : failed).message());
  if (!names.handler().repeated.empty())
    return fault("", "member " + quoted(names.handler().repeated) + " is there more than once");
  if (!value.is_object()) return fault("", "the body must be a JSON object");
  unreadable_ = false;
  members_ = std::move(value.as_object());
}

const json::value* Body::take(std::string_view key) {
  asked_.insert(std::string(key));
  return members_.if_contains(key);
}

const json::value* Body::need(std::string_view key, std::string_view what) {
  const auto* value = take(key);
  if (value == nullptr && !unreadable_) fault(key, "is needed: " + std::string(what));
  return value;
}

bool Body::flag(std::string_view key) {
  const auto* value = take(key);
  if (value == nullptr) return false;
  if (value->is_bool()) return value->as_bool();
  fault(key, "must be true or false");
  return false;
}

std::string Body::line(std::string_view key, std::size_t bytes_max) {
  const auto* value = take(key);
  if (value == nullptr) return {};
  if (!value->is_string()) return fault(key, "must be text"), std::string{};
  const std::string text{value->as_string()};
  if (text.size() > bytes_max)
    fault(key, "must be at most " + std::to_string(bytes_max) + " bytes");
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return fault(key, "must be one line without control characters"), std::string{};
  return text;
}

Color Body::color() {
  const auto* value = need("color", R"("blue" or "green")");
  if (value == nullptr) return Color::blue;
  const auto color = value->is_string() ? parse_color(value->as_string()) : std::nullopt;
  if (!color) fault("color", R"(must be "blue" or "green")");
  return color.value_or(Color::blue);
}

int Body::percent(std::string_view key) {
  const auto* value = need(key, "a percent number from 0 to 100");
  if (value == nullptr) return -1;
  if (!value->is_number()) return fault(key, "must be a percent number, like 12.5"), -1;
  const double percent = value->to_number<double>();
  if (!(percent >= 0 && percent <= 100)) return fault(key, "must be from 0 to 100"), -1;
  const double steps = std::round(percent * 100);
  if (std::abs(percent * 100 - steps) > 1e-6)
    return fault(key, "must have at most two decimals"), -1;
  return static_cast<int>(steps);
}

void Body::fault(std::string_view key, std::string detail) {
  faults_.push_back({pointer(key), std::move(detail)});
}

void Body::adopt(std::vector<Fault> faults) {
  for (auto& fault : faults) faults_.push_back(std::move(fault));
}

std::string Body::pointer(std::string_view key) const {
  return key.empty() ? pointer_ : pointer_ + step(key);
}

void Body::complain_of_strangers() {
  for (const auto& member : members_)
    if (!asked_.contains(std::string(member.key())))
      fault(member.key(), "is not a member of this request");
}

std::string quoted(std::string_view text) { return json::serialize(json::string(text)); }

}  // namespace sy::api
