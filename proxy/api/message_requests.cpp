#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <set>

#include "api/json_text.h"
#include "api/message.h"

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

std::string quoted(std::string_view text) { return json::serialize(json::string(text)); }

// Reads the members of one body, collecting every fault.
class Body {
 public:
  explicit Body(std::string_view text) { read(text); }

  void read(std::string_view text) {
    json::basic_parser<Repeats> names{json::parse_options{}};
    json::error_code failed;
    names.write_some(false, text.data(), text.size(), failed);
    json::error_code unreadable;
    json::value value = json::parse(text, unreadable);
    if (failed || unreadable)
      return fault("", "the body is not JSON: " + (unreadable ? unreadable : failed).message());
    if (!names.handler().repeated.empty())
      return fault("", "member " + quoted(names.handler().repeated) + " is there more than once");
    if (!value.is_object()) return fault("", "the body must be a JSON object");
    members_ = std::move(value.as_object());
  }

  // Null when absent. Each member is asked for once; finish() complains about those nobody asked
  // for.
  const json::value* take(std::string_view key) {
    asked_.insert(std::string(key));
    return members_.if_contains(key);
  }
  const json::value* need(std::string_view key, std::string_view what) {
    const auto* value = take(key);
    if (value == nullptr && faults_.empty())
      fault("/" + std::string(key), "is needed: " + std::string(what));
    return value;
  }
  bool flag(std::string_view key) {
    const auto* value = take(key);
    if (value == nullptr) return false;
    if (value->is_bool()) return value->as_bool();
    fault("/" + std::string(key), "must be true or false");
    return false;
  }
  std::string reason() {
    const auto* value = take("reason");
    if (value == nullptr) return {};
    if (!value->is_string()) return fault("/reason", "must be text"), std::string{};
    const std::string text{value->as_string()};
    if (text.size() > reason_bytes_max)
      fault("/reason", "must be at most " + std::to_string(reason_bytes_max) + " bytes");
    for (const char c : text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        return fault("/reason", "must be one line without control characters"), std::string{};
    return text;
  }
  void fault(std::string pointer, std::string detail) {
    faults_.push_back({std::move(pointer), std::move(detail)});
  }
  template <class T>
  Parsed<T> finish(T body) {
    for (const auto& member : members_)
      if (!asked_.contains(std::string(member.key())))
        fault(step(member.key()), "is not a member of this request");
    if (!faults_.empty()) return std::move(faults_);
    return body;
  }

 private:
  json::object members_;
  std::set<std::string> asked_;
  std::vector<Fault> faults_;
};

int read_percent(Body& body, std::string_view key) {
  const auto* value = body.need(key, "a percent number from 0 to 100");
  if (value == nullptr) return -1;
  const std::string pointer = "/" + std::string(key);
  if (!value->is_number()) return body.fault(pointer, "must be a percent number, like 12.5"), -1;
  const double percent = value->to_number<double>();
  if (!(percent >= 0 && percent <= 100)) return body.fault(pointer, "must be from 0 to 100"), -1;
  const double steps = std::round(percent * 100);
  if (std::abs(percent * 100 - steps) > 1e-6)
    return body.fault(pointer, "must have at most two decimals"), -1;
  return static_cast<int>(steps);
}

Color read_color(Body& body) {
  const auto* value = body.need("color", R"("blue" or "green")");
  if (value == nullptr) return Color::blue;
  const auto color = value->is_string() ? parse_color(value->as_string()) : std::nullopt;
  if (!color) body.fault("/color", R"(must be "blue" or "green")");
  return color.value_or(Color::blue);
}

std::vector<std::string> read_urls(Body& body, const std::string& pointer,
                                   const json::value& value) {
  std::vector<std::string> urls;
  if (!value.is_array()) return body.fault(pointer, "must be a list of urls"), urls;
  if (value.as_array().size() > endpoints_max)
    return body.fault(pointer, "must have at most " + std::to_string(endpoints_max) + " urls"),
           urls;
  for (const auto& url : value.as_array()) {
    const std::string at = pointer + "/" + std::to_string(urls.size());
    if (!url.is_string()) return body.fault(at, "must be a url"), urls;
    urls.emplace_back(url.as_string());
    if (urls.back().find("://") == std::string::npos)
      body.fault(at, "must be a url like http://127.0.0.1:9101, got " + quoted(urls.back()));
  }
  return urls;
}

template <class T>
json::object with_reason(const T& body) {
  json::object object;
  if (!body.reason.empty()) object["reason"] = body.reason;
  return object;
}

template <class T>
json::object with_force(const T& body) {
  json::object object = with_reason(body);
  if (body.force) object["force"] = true;
  return object;
}

}  // namespace

Parsed<WeightsBody> parse_weights(std::string_view text) {
  Body body{text};
  WeightsBody weights{{read_percent(body, "blue"), read_percent(body, "green")}};
  const auto& weight = weights.weight;
  if (weight.blue >= 0 && weight.green >= 0 && weight.blue + weight.green != 10'000)
    body.fault("",
               "blue and green must sum to 100, got " + percent_text(weight.blue + weight.green));
  weights.force = body.flag("force");
  weights.reason = body.reason();
  return body.finish(std::move(weights));
}

Parsed<SwitchBody> parse_switch(std::string_view text) {
  Body body{text};
  SwitchBody wanted{read_color(body)};
  wanted.force = body.flag("force");
  wanted.reason = body.reason();
  return body.finish(std::move(wanted));
}

Parsed<RollbackBody> parse_rollback(std::string_view text) {
  Body body{text.empty() ? "{}" : text};
  RollbackBody wanted{body.reason()};
  return body.finish(std::move(wanted));
}

Parsed<MaintenanceBody> parse_maintenance(std::string_view text) {
  Body body{text};
  std::ignore = body.need("on", "true or false");  // its type is checked by flag()
  MaintenanceBody wanted{body.flag("on")};
  wanted.reason = body.reason();
  return body.finish(std::move(wanted));
}

Parsed<UpstreamsBody> parse_upstreams(std::string_view text) {
  Body body{text};
  UpstreamsBody wanted;
  const auto* services = body.need("endpoints", "an object of service names and lists of urls");
  if (services != nullptr && !services->is_object())
    body.fault("/endpoints", "must be an object of service names and lists of urls");
  if (services != nullptr && services->is_object()) {
    if (services->as_object().empty()) body.fault("/endpoints", "must name at least one service");
    for (const auto& [service, urls] : services->as_object())
      wanted.endpoints[std::string(service)] = read_urls(body, "/endpoints" + step(service), urls);
  }
  wanted.force = body.flag("force");
  wanted.reason = body.reason();
  return body.finish(std::move(wanted));
}

std::string encode(const WeightsBody& body) {
  json::object object = with_force(body);
  object["blue"] = body.weight.blue / 100.0;
  object["green"] = body.weight.green / 100.0;
  return json_text(object);
}

std::string encode(const SwitchBody& body) {
  json::object object = with_force(body);
  object["color"] = name(body.color);
  return json_text(object);
}

std::string encode(const RollbackBody& body) { return json_text(with_reason(body)); }

std::string encode(const MaintenanceBody& body) {
  json::object object = with_reason(body);
  object["on"] = body.on;
  return json_text(object);
}

std::string encode(const UpstreamsBody& body) {
  json::object object = with_force(body);
  json::object services;
  for (const auto& [service, urls] : body.endpoints)
    services[service] = json::array(urls.begin(), urls.end());
  object["endpoints"] = std::move(services);
  return json_text(object);
}

std::string percent_text(int weight) {
  std::string text = std::to_string(weight / 100);
  const int rest = weight % 100;
  if (rest == 0) return text;
  text += rest < 10 ? ".0" : ".";
  text += std::to_string(rest % 10 == 0 ? rest / 10 : rest);
  return text;
}

std::optional<int> parse_percent(std::string_view text) {
  const auto dot = text.find('.');
  const auto before = text.substr(0, dot);
  const auto after = dot == text.npos ? std::string_view{} : text.substr(dot + 1);
  if (before.empty() || before.size() > 3 || after.size() > 2) return std::nullopt;
  if (dot != text.npos && after.empty()) return std::nullopt;
  int weight = 0;
  for (const char c : std::string(before) + std::string(after)) {
    if (c < '0' || c > '9') return std::nullopt;
    weight = weight * 10 + (c - '0');
  }
  for (std::size_t i = after.size(); i < 2; ++i) weight *= 10;
  if (weight > 10'000) return std::nullopt;
  return weight;
}

}  // namespace sy::api
