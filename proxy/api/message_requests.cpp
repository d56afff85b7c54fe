#include <boost/json.hpp>

#include "api/body.h"
#include "api/json_text.h"
#include "api/message.h"

namespace sy::api {
namespace {

namespace json = boost::json;

std::vector<std::string> read_urls(Body& services, std::string_view service,
                                   const json::value& value) {
  std::vector<std::string> urls;
  if (!value.is_array()) return services.fault(service, "must be a list of urls"), urls;
  if (value.as_array().size() > endpoints_max)
    return services.fault(service, "must have at most " + std::to_string(endpoints_max) + " urls"),
           urls;
  for (const auto& url : value.as_array()) {
    const std::string at = services.pointer(service) + "/" + std::to_string(urls.size());
    if (!url.is_string()) return services.adopt({{at, "must be a url"}}), urls;
    urls.emplace_back(url.as_string());
    if (urls.back().find("://") == std::string::npos)
      services.adopt(
          {{at, "must be a url like http://127.0.0.1:9101, got " + quoted(urls.back())}});
  }
  return urls;
}

Parsed<Endpoints> read_endpoints(Body& body) {
  const auto* value = body.need("endpoints", "an object of service names and lists of urls");
  if (value == nullptr) return Endpoints{};
  if (!value->is_object()) {
    body.fault("endpoints", "must be an object of service names and lists of urls");
    return Endpoints{};
  }
  if (value->as_object().empty()) body.fault("endpoints", "must name at least one service");
  Body services{value->as_object(), body.pointer("endpoints")};
  Endpoints endpoints;
  for (const auto& [service, urls] : value->as_object())
    endpoints[std::string(service)] = read_urls(services, service, *services.take(service));
  return services.finish(std::move(endpoints));
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
  WeightsBody weights{{body.percent("blue"), body.percent("green")}};
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
  SwitchBody wanted{body.color()};
  wanted.force = body.flag("force");
  wanted.reason = body.reason();
  return body.finish(std::move(wanted));
}

Parsed<ReasonBody> parse_reason(std::string_view text) {
  Body body{text.empty() ? "{}" : text};
  ReasonBody wanted{body.reason()};
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
  auto endpoints = read_endpoints(body);
  if (endpoints) wanted.endpoints = std::move(*endpoints);
  if (!endpoints) body.adopt(std::move(endpoints.error()));
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

std::string encode(const ReasonBody& body) { return json_text(with_reason(body)); }

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

}  // namespace sy::api
