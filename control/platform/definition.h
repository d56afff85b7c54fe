// What a task definition says about the one container that is the application's. Pure; the raw JSON
// of AWS is read, and nothing in it is changed here.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "control/aws/ecs.h"
#include "control/terms/failure.h"

namespace sy::control::platform {

// Which container is meant.
struct Chosen {
  std::string container{};   // by name; empty: the only one, or that of `repository`
  std::string repository{};  // of its image, without tag and digest
};

struct Facts {
  std::string definition{};  // short name
  std::string container{};
  std::string image{};
  std::string version{};  // VERSION of its environment
  int port = 0;           // its first port mapping; 0: it maps none
  bool checked = false;   // some container of the task has a health check, so ECS knows its health
  std::string log_group{};
  std::string log_prefix{};  // of streams: "prefix/container/task"
  bool operator==(const Facts&) const = default;
};

// "pms-backend-production-green:12" of its ARN; a name that is short already stays.
[[nodiscard]] std::string short_name(std::string_view arn);

// "repository" of "repository:tag@digest".
[[nodiscard]] std::string repository_of(std::string_view image);

// The name of the container; an error when it is not there, or when several could be meant.
[[nodiscard]] Try<std::string> container_of(const aws::EcsTaskDefinition& from,
                                            const Chosen& chosen);

[[nodiscard]] Try<Facts> facts_of(const aws::EcsTaskDefinition& from, const Chosen& chosen);

// The raw container of that name, or null.
[[nodiscard]] const boost::json::object* find_container(const boost::json::object& definition,
                                                        std::string_view name);

// A variable of its environment; empty when there is none.
[[nodiscard]] std::string variable_of(const boost::json::object& container, std::string_view name);

}  // namespace sy::control::platform
