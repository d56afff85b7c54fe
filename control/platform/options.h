// Where versions run and how they are found there. "{app}", "{env}", "{service}" and "{color}" in
// templates are filled in by the platform.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/time.h"

namespace sy::control::platform {

struct ServiceOptions {
  std::string image{};      // repository without a tag; templates
  std::string container{};  // in the task definition; empty: the only one, or the one of that image
  std::string health_path = "/healthz";
  std::string version_field{};  // of the health answer; empty: it reports no version
  int port = 0;                 // of a task; 0: the container's first port mapping
  bool operator==(const ServiceOptions&) const = default;
};
using Services = std::map<std::string, ServiceOptions>;

struct EcsOptions {
  std::string cluster = "{app}-{env}";
  std::string service_blue = "{app}-{service}-{env}-blue";
  std::string service_green = "{app}-{service}-{env}-green";
  std::string log_group = "/ecs/{app}-{service}-{env}";
  std::string region{};   // empty: as AWS tools find it
  std::string profile{};  // likewise
  std::string role_arn{};
  std::string endpoint_url{};
  std::string ca_bundle{};
  std::string expect_account{};  // empty: any
  bool fips = false;
  bool insecure_endpoint = false;
  int failed_tasks_max = 3;  // of the deployment, then it has failed
  Duration poll = std::chrono::seconds{5};
  bool operator==(const EcsOptions&) const = default;
};

struct ComposeOptions {
  std::string file = "docker-compose.yml";
  std::string project{};  // empty: compose's own choice
  std::string service = "{service}-{color}";
  // The variable of the compose file that holds a color's version: BACKEND_BLUE_VERSION.
  std::string variable = "{SERVICE}_{COLOR}_VERSION";
  std::vector<std::string> command{};  // empty: "docker compose", else "docker-compose", as found
  bool operator==(const ComposeOptions&) const = default;
};

}  // namespace sy::control::platform
