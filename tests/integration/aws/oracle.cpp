// The pure half of control/aws on a line: reads one JSON object a line, and prints what it makes of
// it, so that another implementation can be asked the same.
#include <boost/json.hpp>
#include <iostream>

#include "control/aws/endpoint.h"
#include "control/aws/sigv4.h"
#include "control/aws/wire.h"

namespace {

namespace json = boost::json;
using namespace sy::aws;

std::string text(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_string() ? std::string{found->get_string()} : "";
}
bool flag(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_bool() && found->get_bool();
}

Fields fields_of(const json::object& in) {
  Fields out;
  for (const auto& pair : in.at("fields").as_array())
    out.push_back({std::string{pair.at(0).as_string()}, std::string{pair.at(1).as_string()}});
  return out;
}

json::object signed_as(const json::object& in) {
  const Request request{text(in, "method"), text(in, "target"), fields_of(in), text(in, "body")};
  const Credentials keys{text(in, "id"), text(in, "secret"), text(in, "token"), "", std::nullopt};
  const Seconds now{std::chrono::seconds{in.at("now").as_int64()}};
  json::object out;
  for (const Field& field : sign(request, keys, {text(in, "region"), text(in, "service")}, now))
    out[lowered(field.name)] = field.value;
  return out;
}

const Service* service_of(std::string_view id) {
  for (const Service* one : {&ecs, &ssm, &sts, &ecr, &logs, &service_discovery}) {
    if (one->signing_name == id) return one;
  }
  return nullptr;
}

json::object endpoint_as(const json::object& in) {
  const Service* service = service_of(text(in, "service"));
  const Place place{text(in, "region"), flag(in, "fips"), flag(in, "dual_stack"),
                    text(in, "custom")};
  const auto got = endpoint_of(*service, place);
  if (!got) return {{"error", got.error().what}};
  return {{"url", got->url}, {"region", got->signing_region}};
}

json::object error_as(const json::object& in) {
  const Answer answer{static_cast<int>(in.at("status").as_int64()), fields_of(in),
                      text(in, "body")};
  const Error error = flag(in, "query") ? query_error(answer) : json_error(answer);
  return {{"code", error.code}, {"message", error.what}};
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const json::object in = json::parse(line).as_object();
    const std::string asked = text(in, "ask");
    const json::object out = asked == "sign"       ? signed_as(in)
                             : asked == "endpoint" ? endpoint_as(in)
                                                   : error_as(in);
    std::cout << json::serialize(out) << '\n';
  }
  return 0;
}
