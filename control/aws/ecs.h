// The calls to ECS that a deployment needs, as plain values; unknown members of answers are
// ignored, and null is absent. Nothing is decided here.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/aws/caller.h"
#include "control/aws/dates.h"

namespace sy::aws {

struct EcsDeployment {
  std::string id{};      // "ecs-svc/1234"; equals startedBy of its tasks
  std::string status{};  // PRIMARY, ACTIVE, INACTIVE
  std::string task_definition{};
  int desired = 0;
  int running = 0;
  int pending = 0;
  int failed = 0;
  std::optional<Moment> created_at{};
  std::optional<Moment> updated_at{};
  std::string rollout_state{};  // COMPLETED, FAILED, IN_PROGRESS; empty: ECS does not say
  std::string rollout_state_reason{};
  bool operator==(const EcsDeployment&) const = default;
};

struct EcsEvent {
  std::string id{};
  std::optional<Moment> created_at{};
  std::string message{};  // free text: for people, never for decisions
  bool operator==(const EcsEvent&) const = default;
};

struct EcsService {
  std::string arn{};
  std::string name{};
  std::string status{};  // ACTIVE, DRAINING, INACTIVE
  int desired = 0;
  int running = 0;
  int pending = 0;
  std::string task_definition{};
  std::vector<EcsDeployment> deployments{};  // in no promised order
  std::vector<EcsEvent> events{};            // newest first
  std::string current_service_deployment{};  // ARN; empty where accounts have no such thing
  std::string deployment_controller{};       // ECS, CODE_DEPLOY, EXTERNAL; empty: ECS
  bool circuit_breaker = false;
  bool circuit_breaker_rollback = false;
  bool operator==(const EcsService&) const = default;

  // The deployment whose status is PRIMARY, or null.
  [[nodiscard]] const EcsDeployment* primary() const;
  [[nodiscard]] const EcsDeployment* deployment(std::string_view id) const;
};

// What was asked for and is not in the answer.
struct EcsFailure {
  std::string arn{};
  std::string reason{};  // MISSING, …
  std::string detail{};
  bool operator==(const EcsFailure&) const = default;
};

struct EcsServices {
  std::vector<EcsService> services{};
  std::vector<EcsFailure> failures{};
};

// Only what is given is changed.
struct EcsUpdate {
  std::string service{};
  std::optional<std::string> task_definition{};
  std::optional<int> desired_count{};
  bool force_new_deployment = false;
};

// All of a definition as AWS gave it, so that nothing is lost on the way to the next revision.
struct EcsTaskDefinition {
  std::string arn{};
  std::string family{};
  int revision = 0;
  std::string status{};              // ACTIVE, INACTIVE, DELETE_IN_PROGRESS
  boost::json::object definition{};  // "taskDefinition", raw
  boost::json::array tags{};         // [{key, value}]; they come beside the definition
};

struct EcsContainer {
  std::string name{};
  std::string image{};
  std::string image_digest{};
  std::string last_status{};
  std::optional<int> exit_code{};
  std::string reason{};
  std::string health{};                  // HEALTHY, UNHEALTHY, UNKNOWN
  std::vector<std::string> addresses{};  // private IPv4
  bool operator==(const EcsContainer&) const = default;
};

struct EcsTask {
  std::string arn{};
  std::string id{};  // the last part of the arn, as in names of log streams
  std::string task_definition{};
  std::string last_status{};  // PROVISIONING … RUNNING … STOPPED
  std::string desired_status{};
  std::string health{};      // HEALTHY, UNHEALTHY, UNKNOWN
  std::string started_by{};  // the id of a deployment
  std::string group{};       // "service:NAME"
  std::string stop_code{};   // TaskFailedToStart, EssentialContainerExited, …
  std::string stopped_reason{};
  std::optional<Moment> created_at{};
  std::optional<Moment> started_at{};
  std::optional<Moment> stopped_at{};
  std::vector<EcsContainer> containers{};
  std::vector<std::string>
      addresses;  // private IPv4, of the task's interface, else its containers'
  bool operator==(const EcsTask&) const = default;
};

struct EcsTasks {
  std::vector<EcsTask> tasks{};
  std::vector<EcsFailure> failures{};
};

struct EcsTaskFilter {
  std::string service{};         // empty: not by service
  std::string started_by{};      // must be the only filter, says ECS
  std::string desired_status{};  // RUNNING, PENDING, STOPPED; empty: RUNNING
};

struct EcsServiceDeployment {
  std::string arn{};
  std::string service_arn{};
  // PENDING, SUCCESSFUL, STOPPED, STOP_REQUESTED, IN_PROGRESS, ROLLBACK_REQUESTED,
  // ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED
  std::string status{};
  std::string status_reason{};
  std::string target_revision{};  // ARN of a service revision
  std::optional<Moment> created_at{};
  std::optional<Moment> finished_at{};
  std::string rollback_reason{};  // the rest only from describe_service_deployment
  std::string breaker_status{};   // TRIGGERED, MONITORING, MONITORING_COMPLETE, DISABLED
  int breaker_failures = 0;
  int breaker_threshold = 0;
  bool operator==(const EcsServiceDeployment&) const = default;
};

// One cluster; an empty name is the account's default cluster.
class Ecs {
 public:
  // REQUIRES: `caller` outlives this.
  explicit Ecs(Caller& caller, std::string cluster = "")
      : caller_{caller}, cluster_{std::move(cluster)} {}

  // DescribeServices, ten a call. A service that is missing is one of the failures.
  [[nodiscard]] Result<EcsServices> describe_services(const std::vector<std::string>& names);
  // One of them; Kind::not_found when it is missing. DRAINING and INACTIVE ones are answers.
  [[nodiscard]] Result<EcsService> describe_service(const std::string& name);

  // UpdateService. With force_new_deployment it is made at most once: an error with maybe_done says
  // to look for a deployment of after the start.
  [[nodiscard]] Result<EcsService> update_service(const EcsUpdate& update);

  // `name`: family, family:revision or ARN. Kind::not_found when there is none.
  [[nodiscard]] Result<EcsTaskDefinition> describe_task_definition(const std::string& name);
  // `definition` as of registrable(). A lost answer may leave one revision more than meant.
  [[nodiscard]] Result<EcsTaskDefinition> register_task_definition(
      const boost::json::object& definition);

  // ListTasks, all pages: ARNs.
  [[nodiscard]] Result<std::vector<std::string>> list_tasks(const EcsTaskFilter& filter);
  // DescribeTasks, a hundred a call. Tasks that ECS has forgotten are failures.
  [[nodiscard]] Result<EcsTasks> describe_tasks(const std::vector<std::string>& arns);

  // Where the account, the region or the policy does not have service deployments, the answer is
  // nothing, which is not an error.
  [[nodiscard]] Result<std::optional<EcsServiceDeployment>> describe_service_deployment(
      const std::string& arn);

 private:
  [[nodiscard]] Result<boost::json::object> call(std::string_view target,
                                                 boost::json::object input);
  Caller& caller_;
  std::string cluster_;
};

// What RegisterTaskDefinition takes of what DescribeTaskDefinition gave: everything but the members
// that are for reading only and the tags that are AWS's own; tags inside.
[[nodiscard]] boost::json::object registrable(const EcsTaskDefinition& from);

// Decoders, apart so that they can be fuzzed and tested.
[[nodiscard]] EcsService read_ecs_service(const boost::json::object& service);
[[nodiscard]] EcsTask read_ecs_task(const boost::json::object& task);
[[nodiscard]] EcsServiceDeployment read_ecs_service_deployment(const boost::json::object& one);

}  // namespace sy::aws
