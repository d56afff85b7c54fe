#include "control/platform/definition.h"

#include <algorithm>
#include <vector>

#include "control/aws/members.h"

namespace sy::control::platform {
namespace {

namespace json = boost::json;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

Failure unclear(const aws::EcsTaskDefinition& from, const std::string& what) {
  return Failure{ExitCode::usage, "the task definition " + from.arn + " " + what,
                 "Name the container of the service in switchctl.yaml (services: container)."};
}

// Of "/pms-backend" the registry is not known.
bool is_of(std::string_view repository, std::string_view wanted) {
  if (wanted.starts_with('/')) return repository.ends_with(wanted);
  return repository == wanted;
}

// Docker's health check of the image is not seen by ECS; only this is.
bool has_health_check(const json::object& definition) {
  const auto all = aws::objects_of(definition, "containerDefinitions");
  return std::any_of(all.begin(), all.end(), [](const json::object* one) {
    return !aws::object_of(*one, "healthCheck").empty();
  });
}

}  // namespace

std::string short_name(std::string_view arn) { return std::string{arn.substr(arn.rfind('/') + 1)}; }

std::string repository_of(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  const auto colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  return std::string{image.substr(0, colon)};
}

Try<std::string> container_of(const aws::EcsTaskDefinition& from, const Chosen& chosen) {
  std::vector<std::string> names;
  std::vector<std::string> of_image;
  for (const auto* one : aws::objects_of(from.definition, "containerDefinitions")) {
    names.push_back(aws::text_of(*one, "name"));
    if (is_of(repository_of(aws::text_of(*one, "image")), chosen.repository))
      of_image.push_back(names.back());
  }
  if (names.empty()) return unclear(from, "has no containers");
  if (!chosen.container.empty()) {
    if (std::find(names.begin(), names.end(), chosen.container) != names.end())
      return chosen.container;
    return unclear(from, "has no container " + chosen.container + ", but " + joined(names));
  }
  if (names.size() == 1) return names.front();
  if (of_image.size() == 1) return of_image.front();
  if (of_image.empty())
    return unclear(from, "has the containers " + joined(names) +
                             " and none of them has the image " + chosen.repository);
  return unclear(from, "has the containers " + joined(names) + ", and the image " +
                           chosen.repository + " in more than one: " + joined(of_image));
}

Try<Facts> facts_of(const aws::EcsTaskDefinition& from, const Chosen& chosen) {
  const auto name = container_of(from, chosen);
  if (!name) return name.error();
  const json::object& container = *find_container(from.definition, *name);
  Facts out;
  out.definition = short_name(from.arn);
  out.container = *name;
  out.image = aws::text_of(container, "image");
  out.version = variable_of(container, "VERSION");
  const auto ports = aws::objects_of(container, "portMappings");
  if (!ports.empty()) out.port = aws::count_of(*ports.front(), "containerPort");
  out.checked = has_health_check(from.definition);
  const json::object& log = aws::object_of(container, "logConfiguration");
  if (aws::text_of(log, "logDriver") == "awslogs") {
    const json::object& options = aws::object_of(log, "options");
    out.log_group = aws::text_of(options, "awslogs-group");
    out.log_prefix = aws::text_of(options, "awslogs-stream-prefix");
  }
  return out;
}

const json::object* find_container(const json::object& definition, std::string_view name) {
  for (const auto* one : aws::objects_of(definition, "containerDefinitions")) {
    if (aws::text_of(*one, "name") == name) return one;
  }
  return nullptr;
}

std::string variable_of(const json::object& container, std::string_view name) {
  for (const auto* one : aws::objects_of(container, "environment")) {
    if (aws::text_of(*one, "name") == name) return aws::text_of(*one, "value");
  }
  return "";
}

}  // namespace sy::control::platform
