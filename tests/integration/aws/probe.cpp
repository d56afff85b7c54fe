// A client of AWS on a line: reads one JSON object a line from standard input, performs it, and
// prints what came of it. The first line opens the client. For the tests beside it, which play AWS;
// waits are noted and not waited for.
#include <openssl/rand.h>

#include <boost/json.hpp>
#include <chrono>
#include <iostream>

#include "control/aws/client.h"
#include "control/aws/ecr.h"
#include "control/aws/ecs.h"
#include "control/aws/logs.h"
#include "control/aws/ssm.h"
#include "control/aws/sts.h"

extern char** environ;

namespace {

namespace json = boost::json;
using namespace sy::aws;

std::string text(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_string() ? std::string{found->get_string()} : "";
}
std::int64_t number(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_int64() ? found->get_int64() : 0;
}
bool flag(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_bool() && found->get_bool();
}
std::vector<std::string> texts(const json::object& from, std::string_view key) {
  std::vector<std::string> out;
  if (const auto* found = from.if_contains(key)) {
    for (const auto& one : found->as_array()) out.emplace_back(one.as_string());
  }
  return out;
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::auth: return "auth";
    case Kind::denied: return "denied";
    case Kind::not_found: return "not_found";
    case Kind::invalid: return "invalid";
    case Kind::conflict: return "conflict";
    case Kind::unavailable: return "unavailable";
    case Kind::skewed: return "skewed";
    case Kind::interrupted: return "interrupted";
  }
  return "";
}

json::object said(const Error& error) {
  return {{"kind", word_of(error.kind)},
          {"code", error.code},
          {"what", error.what},
          {"status", error.status},
          {"maybe_done", error.maybe_done},
          {"request_id", error.request_id},
          {"sentence", sentence(error)}};
}

json::value shown(const std::optional<Moment>& at) {
  if (!at) return nullptr;
  return at->time_since_epoch().count();
}
json::array shown(const std::vector<std::string>& all) {
  return json::array(all.begin(), all.end());
}
json::object shown(const SsmParameter& one) {
  return {{"name", one.name},
          {"type", one.type},
          {"value", one.type == "SecureString" ? "(hidden)" : one.value},
          {"version", one.version},
          {"at", shown(one.modified_at)},
          {"by", one.modified_by}};
}
json::value shown(const std::vector<SsmParameter>& all) {
  json::array out;
  for (const auto& one : all) out.push_back(shown(one));
  return out;
}
json::object shown(const EcsService& one) {
  json::array deployments;
  for (const auto& each : one.deployments)
    deployments.push_back({{"id", each.id},
                           {"status", each.status},
                           {"task_definition", each.task_definition},
                           {"rollout_state", each.rollout_state},
                           {"running", each.running},
                           {"created_at", shown(each.created_at)}});
  return {{"arn", one.arn},
          {"name", one.name},
          {"status", one.status},
          {"desired", one.desired},
          {"running", one.running},
          {"task_definition", one.task_definition},
          {"deployments", deployments},
          {"events", one.events.size()},
          {"current_service_deployment", one.current_service_deployment},
          {"circuit_breaker", one.circuit_breaker}};
}
json::value shown(const EcsServices& all) {
  json::array services;
  for (const auto& one : all.services) services.push_back(shown(one));
  json::array failures;
  for (const auto& one : all.failures)
    failures.push_back({{"arn", one.arn}, {"reason", one.reason}});
  return json::object{{"services", services}, {"failures", failures}};
}
json::value shown(const EcsTaskDefinition& one) {
  return json::object{{"arn", one.arn},
                      {"family", one.family},
                      {"revision", one.revision},
                      {"status", one.status},
                      {"definition", one.definition},
                      {"tags", one.tags},
                      {"registrable", registrable(one)}};
}
json::value shown(const EcsTasks& all) {
  json::array tasks;
  for (const auto& one : all.tasks) {
    json::array containers;
    for (const auto& each : one.containers)
      containers.push_back({{"name", each.name},
                            {"image", each.image},
                            {"digest", each.image_digest},
                            {"health", each.health}});
    tasks.push_back({{"id", one.id},
                     {"last_status", one.last_status},
                     {"started_by", one.started_by},
                     {"group", one.group},
                     {"addresses", shown(one.addresses)},
                     {"containers", containers}});
  }
  return json::object{{"tasks", tasks}, {"failures", all.failures.size()}};
}
json::object shown(const EcsServiceDeployment& one) {
  return {{"arn", one.arn},
          {"status", one.status},
          {"reason", one.status_reason},
          {"created_at", shown(one.created_at)},
          {"breaker", one.breaker_status}};
}
template <class T>
json::value shown(const std::optional<T>& one) {
  if (!one) return nullptr;
  return shown(*one);
}
json::object shown(const EcrImage& one) {
  return {{"digest", one.digest}, {"tags", shown(one.tags)}, {"pushed_at", shown(one.pushed_at)}};
}
json::value shown(const std::vector<EcrImage>& all) {
  json::array out;
  for (const auto& one : all) out.push_back(shown(one));
  return out;
}
json::value shown(const LogPage& page) {
  json::array events;
  for (const auto& one : page.events)
    events.push_back({{"id", one.id}, {"at", shown(one.at)}, {"message", one.message}});
  return json::object{{"events", events}, {"next", page.next_token}};
}
json::value shown(const Identity& one) {
  return json::object{{"account", one.account}, {"arn", one.arn}};
}
json::value shown(const Standing& one) {
  return json::object{{"source", one.source},
                      {"expires", shown(one.expires)},
                      {"renewable", one.renewable},
                      {"expiry_known", one.expiry_known}};
}

struct Outcome {
  json::object line;
  template <class T>
  void take(const Result<T>& got) {
    if (!got) {
      line["error"] = said(got.error());
    } else if constexpr (std::is_void_v<T>) {
      line["value"] = nullptr;
    } else if constexpr (std::is_arithmetic_v<T>) {
      line["value"] = *got;
    } else {
      line["value"] = shown(*got);
    }
  }
};

bool perform_ecs(const std::string& name, Ecs& ecs, const json::object& in, Outcome& out) {
  const std::string service = text(in, "service");
  if (name == "describe_services")
    out.take(ecs.describe_services(texts(in, "services")));
  else if (name == "describe_service")
    out.take(ecs.describe_service(service));
  else if (name == "update_service") {
    EcsUpdate update{.service = service, .task_definition = {}, .desired_count = {}};
    if (in.contains("task_definition")) update.task_definition = text(in, "task_definition");
    if (in.contains("desired")) update.desired_count = static_cast<int>(number(in, "desired"));
    update.force_new_deployment = flag(in, "force");
    out.take(ecs.update_service(update));
  } else if (name == "describe_task_definition") {
    out.take(ecs.describe_task_definition(text(in, "name")));
  } else if (name == "register_task_definition") {
    out.take(ecs.register_task_definition(in.at("definition").as_object()));
  } else if (name == "list_tasks") {
    const auto got = ecs.list_tasks({service, text(in, "started_by"), text(in, "status")});
    if (got)
      out.line["value"] = shown(*got);
    else
      out.take(got);
  } else if (name == "describe_tasks")
    out.take(ecs.describe_tasks(texts(in, "tasks")));
  else if (name == "describe_service_deployment")
    out.take(ecs.describe_service_deployment(text(in, "arn")));
  else
    return false;
  return true;
}

bool perform_other(const std::string& name, Client& client, const json::object& in, Outcome& out) {
  Ssm ssm{client};
  Ecr ecr{client};
  const std::string parameter = text(in, "name");
  if (name == "put_parameter") {
    SsmPut put{.name = parameter, .value = text(in, "value"), .overwrite = flag(in, "overwrite")};
    if (in.contains("type")) put.type = text(in, "type");
    put.key_id = text(in, "key");
    if (in.contains("tag")) put.tags = {{"tag", text(in, "tag")}};
    out.take(ssm.put_parameter(put));
  } else if (name == "get_parameter")
    out.take(ssm.get_parameter(parameter));
  else if (name == "get_parameters_by_path")
    out.take(ssm.get_parameters_by_path(parameter));
  else if (name == "get_parameter_history")
    out.take(ssm.get_parameter_history(parameter));
  else if (name == "delete_parameter")
    out.take(ssm.delete_parameter(parameter));
  else if (name == "describe_image")
    out.take(ecr.describe_image(text(in, "repository"), text(in, "tag")));
  else if (name == "describe_digest")
    out.take(ecr.describe_digest(text(in, "repository"), text(in, "digest")));
  else if (name == "describe_images")
    out.take(ecr.describe_images(text(in, "repository")));
  else if (name == "filter_log_events")
    out.take(filter_log_events(client, {.group = text(in, "group"),
                                        .start = {},
                                        .streams = {},
                                        .stream_prefix = text(in, "prefix"),
                                        .pattern = "",
                                        .limit = static_cast<int>(number(in, "limit")),
                                        .next_token = text(in, "next")}));
  else if (name == "get_caller_identity")
    out.take(get_caller_identity(client));
  else if (name == "standing")
    out.take(client.standing());
  else
    return false;
  return true;
}

struct Surroundings {
  std::chrono::seconds clock_off{0};
  std::int64_t waits_left = 1'000'000;  // then: interrupted
  json::array waits;
  json::array notices;

  Hooks hooks() {
    return {
        [this] {
          return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
                 clock_off;
        },
        [this](Retry::Delay delay) {
          if (delay == Retry::Delay::zero()) return true;
          waits.push_back(delay.count());
          return waits_left-- > 0;
        },
        [this](const Notice& notice) {
          notices.push_back({{"operation", notice.operation},
                             {"attempt", notice.attempt},
                             {"code", notice.error.code},
                             {"what", notice.error.what}});
        }};
  }
};

ClientOptions options_of(const json::object& in) {
  ClientOptions out;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view pair{*one};
    out.environment[std::string{pair.substr(0, pair.find('='))}] = pair.substr(pair.find('=') + 1);
  }
  out.profile = text(in, "profile");
  out.region = text(in, "region");
  out.role_arn = text(in, "role_arn");
  out.endpoint_url = text(in, "endpoint_url");
  out.fips = flag(in, "fips");
  out.ca_bundle = text(in, "ca_bundle");
  out.insecure_endpoint = flag(in, "insecure");
  out.attempts_max = static_cast<int>(number(in, "attempts"));
  out.keys_expire = text(in, "keys_expire");
  if (in.contains("timeout_ms"))
    out.exchange_timeout = std::chrono::milliseconds{number(in, "timeout_ms")};
  if (in.contains("connect_ms"))
    out.connect_timeout = std::chrono::milliseconds{number(in, "connect_ms")};
  return out;
}

void print(const json::object& line) { std::cout << json::serialize(line) << std::endl; }

}  // namespace

int main() {
  std::string line;
  if (!std::getline(std::cin, line)) return 2;
  const json::object first = json::parse(line).as_object();
  Surroundings around;
  around.clock_off = std::chrono::seconds{number(first, "clock_off")};
  if (first.contains("waits")) around.waits_left = number(first, "waits");
  const auto client = Client::open(options_of(first), around.hooks());
  if (!client) {
    print({{"error", said(client.error())}});
    return 1;
  }
  print({{"region", (*client)->region()}});
  while (std::getline(std::cin, line)) {
    const json::object in = json::parse(line).as_object();
    Ecs ecs{**client, text(in, "cluster")};
    Outcome out;
    around.waits.clear();
    around.notices.clear();
    if (in.contains("clock_off")) around.clock_off = std::chrono::seconds{number(in, "clock_off")};
    const std::string name = text(in, "call");
    if (!perform_ecs(name, ecs, in, out) && !perform_other(name, **client, in, out)) return 2;
    out.line["waits"] = around.waits;
    out.line["notices"] = around.notices;
    print(out.line);
  }
  return 0;
}
