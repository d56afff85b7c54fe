#include <algorithm>

#include "config/address.h"
#include "config/control_sections.h"
#include "config/text.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;
using control::platform::ServiceOptions;

constexpr std::size_t services_max = 64;
constexpr std::size_t proxies_max = 64;
constexpr std::size_t words_max = 64;
constexpr std::size_t token_bytes_max = 4'096;
constexpr std::size_t parameter_bytes_max = 900;  // SSM: 1011 with our own names behind it

Fault decode_url(std::string_view text, std::string& out) {
  std::string url;
  if (text.starts_with("dns://") || decode_endpoint(text, url))
    return "must be a url such as https://edge.example.com:9900, got \"" + shown(text) + '"';
  out = url;
  return std::nullopt;
}

Fault decode_aws_url(std::string_view text, std::string& out) {
  if (!text.empty() && decode_url(text, out))
    return "must be a url such as https://ecs.us-east-1.amazonaws.com, got \"" + shown(text) + '"';
  return std::nullopt;
}

// It goes into a header. The value is not repeated.
Fault decode_token(std::string_view text, std::string& out) {
  const bool sound =
      text.size() <= token_bytes_max &&
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!sound) return "must be printable characters without spaces";
  out = text;
  return std::nullopt;
}

// A repository: registry and path, no tag and no digest.
Fault check_image(const std::string& value) {
  if (auto fault = check_template(value, {"app", "env", "service"})) return fault;
  const std::string_view name = std::string_view{value}.substr(value.rfind('/') + 1);
  if (name.find_first_of(":@") == std::string_view::npos) return std::nullopt;
  return "must not have a tag or a digest: the version is the tag, got \"" + shown(value) + '"';
}

Fault check_account(const std::string& value) {
  const bool digits =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && (value.empty() || value.size() == 12)) return std::nullopt;
  return "must be the 12 digits of an AWS account (in quotes), got \"" + shown(value) + '"';
}

Fault check_region(const std::string& value) {
  std::string name;
  if (!value.empty() && decode_name(value, name))
    return "must be a region such as us-east-1, got \"" + shown(value) + '"';
  return std::nullopt;
}

Fault check_role(const std::string& value) {
  const bool sound =
      value.empty() || (value.starts_with("arn:aws") && value.find(":iam::") != std::string::npos);
  if (sound) return std::nullopt;
  return "must be the ARN of a role such as arn:aws:iam::123456789012:role/deploy, got \"" +
         shown(value) + '"';
}

// What SSM takes as the path of a parameter.
Fault check_parameter(const std::string& value) {
  const bool allowed = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || c == '/' || c == '{' || c == '}';
  });
  const bool sound = value.size() > 1 && value.size() <= parameter_bytes_max &&
                     value.front() == '/' && value.back() != '/' && allowed &&
                     value.find("//") == std::string::npos;
  if (!sound) return "must be a path such as /{app}/{env}, got \"" + shown(value) + '"';
  if (value.starts_with("/aws") || value.starts_with("/ssm"))
    return "must not begin with /aws or /ssm: SSM keeps those";
  return std::nullopt;
}

void expect_https(Reader& in, const ControlEnvironment& to) {
  if (to.insecure || !in.good("proxies")) return;
  if (to.edge.token.empty() && to.token_file.empty()) return;
  for (const auto& url : to.edge.urls)
    in.expect(!is_overheard(url), "proxies",
              url +
                  " is neither https nor loopback, and the token would be overheard "
                  "(or insecure: true)");
}

void read_token(Reader& in, ControlEnvironment& to, const Setting& setting) {
  in.read_with("token", decode_token, to.edge.token);
  in.read("token_file", to.token_file, not_empty());
  in.expect(!in.has("token") || !in.has("token_file"), "token_file",
            "stands beside token: give one of them");
  warn_of_literal(in, "token", to.edge.token, setting);
  if (const auto wins = setting.variables("SWITCHYARD_TOKEN"); wins && !wins->empty()) {
    to.edge.token = *wins;
    to.token_file.clear();
  }
  to.token_file = beside(setting, to.token_file);
}

}  // namespace

control::platform::Services read_control_services(Reader& in) {
  control::platform::Services services;
  for (auto& [name, item] : in.named("services", services_max)) {
    ServiceOptions service;
    item.read("image", service.image, check_image);
    item.read("container", service.container, is_template({"app", "env", "service"}));
    item.read_with("health", decode_path, service.health_path);
    item.read("version_field", service.version_field, not_empty());
    item.read("port", service.port, between(0, 65'535));
    item.finish();
    services.insert_or_assign(name, std::move(service));
  }
  return services;
}

void read_edge(Reader& in, ControlEnvironment& to, const Setting& setting) {
  in.require("proxies");
  in.read_list("proxies", decode_url, to.edge.urls, proxies_max);
  in.expect(!in.has("proxies") || !to.edge.urls.empty(), "proxies", "must name at least one");
  in.read("ca", to.edge.ca, not_empty());
  in.read_with("traffic", decode_url, to.edge.traffic);
  in.read("traffic_ca", to.edge.traffic_ca, not_empty());
  to.edge.ca = beside(setting, to.edge.ca);
  to.edge.traffic_ca = beside(setting, to.edge.traffic_ca);
  read_token(in, to, setting);
  in.read_with("preview_token", decode_token, to.edge.preview_token);
  warn_of_literal(in, "preview_token", to.edge.preview_token, setting);
  in.read("insecure", to.insecure);
  in.read_with("endpoints", one_of<bool>({{"proxy", false}, {"push", true}}), to.edge.push);
  in.expect(!to.edge.push || to.platform != PlatformKind::static_ || !in.good("platform"),
            "endpoints",
            "push needs platform ecs or compose: a static one has no tasks to tell of");
  expect_https(in, to);
}

void read_ecs(Reader in, ControlEnvironment& to, const Setting& setting) {
  auto& ecs = to.ecs;
  in.read("cluster", ecs.cluster, not_empty(), is_template({"app", "env"}));
  const auto service = is_template({"app", "env", "service", "color"});
  in.read("service_blue", ecs.service_blue, not_empty(), service);
  in.read("service_green", ecs.service_green, not_empty(), service);
  in.expect(ecs.service_blue != ecs.service_green ||
                ecs.service_blue.find("{color}") != std::string::npos,
            "service_green", "must differ from service_blue");
  in.read("log_group", ecs.log_group, service);
  in.read("region", ecs.region, check_region);
  in.read("profile", ecs.profile);
  in.read("role_arn", ecs.role_arn, check_role);
  in.read_with("endpoint_url", decode_aws_url, ecs.endpoint_url);
  in.read("ca_bundle", ecs.ca_bundle);
  ecs.ca_bundle = beside(setting, ecs.ca_bundle);
  in.read("expect_account", ecs.expect_account, check_account);
  in.read("fips", ecs.fips);
  in.read("insecure_endpoint", ecs.insecure_endpoint);
  in.read("failed_tasks", ecs.failed_tasks_max, between(1, 1'000));
  in.read("poll", ecs.poll, between(Duration{10ms}, 10min));
  in.finish();
}

void read_compose(Reader in, ControlEnvironment& to, const Setting& setting) {
  auto& compose = to.compose;
  in.read("file", compose.file, not_empty());
  compose.file = beside(setting, compose.file);
  in.read("project", compose.project, is_template({"app", "env"}));
  const std::vector<std::string_view> known{"app", "env", "service", "color", "SERVICE", "COLOR"};
  in.read("service", compose.service, is_template(known, {"service", "color"}));
  in.read("variable", compose.variable, is_template(known, {"COLOR"}));
  in.read_words("command", compose.command, words_max);
  in.expect(!in.has("command") || !compose.command.empty(), "command", "must name a program");
  in.finish();
}

void read_record(Reader in, ControlEnvironment& to, const Setting& setting) {
  auto& records = to.records;
  std::string path = "/{app}/{env}";
  in.read("path", path, is_template({"app", "env"}), check_parameter);
  in.read("kms_key_id", records.kms_key_id);
  in.read("file", records.file, not_empty(), is_template({"app", "env"}));
  in.expect(!in.has("file") || !in.has("path"), "file", "stands beside path: give one of them");
  in.expect(!in.has("file") || !in.has("kms_key_id"), "kms_key_id",
            "is of no use to a file: it is for SSM");
  const bool local = to.platform != PlatformKind::ecs && !in.has("path");
  if (local && records.file.empty()) records.file = ".switchctl/{env}.sqlite";
  records.file = beside(setting, filled(records.file, to));
  records.path = filled(path, to);
  in.finish();
}

}  // namespace sy::config
