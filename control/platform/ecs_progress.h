// Whether a deployment of one ECS service is up, will never be, or is still on its way. Judged by
// the id of the deployment, never by "the service is stable": a service that was rolled back is
// stable too. Pure; what is looked at comes in, and what must be remembered between two looks is a
// value.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "control/aws/ecs.h"
#include "control/platform/definition.h"
#include "control/platform/platform.h"

namespace sy::control::platform {

// What is waited for, in one service.
struct Goal {
  std::string service{};  // its name in ECS
  Started::Service started{};
  Facts facts{};  // of the definition that was started
  int failed_tasks_max = 3;
};

// One look at it.
struct Look {
  std::optional<aws::EcsService> service{};  // empty: ECS has none of that name
  std::vector<aws::EcsTask> tasks{};         // of the deployment, that are to run
  std::vector<aws::EcsTask> stopped{};       // of the deployment
};

// Between looks at the same deployment; a fresh one is right in a new process.
struct Memory {
  std::optional<aws::Moment> created{};  // of the deployment, once known
  bool seen = false;                     // it has been PRIMARY
  int good = 0;                          // looks in a row that found it up
  int absent = 0;                        // looks in a row that did not find it
  int small = 0;                         // looks in a row that found too few tasks wanted
  // Tasks that failed before the first look, when the deployment is older than what we wait for.
  std::set<std::string> failed_before{};
  int failed_count_before = 0;
  bool begun = false;
};

enum class Stage { going, up, failed };

struct Judgement {
  Stage stage = Stage::going;
  ExitCode code = ExitCode::failed;  // when it failed
  std::string words{};               // one line, without the name of the service
  int running = 0;
  int desired = 0;
};

// A look may be older than what was done, so "it is not there" counts only after some looks in a
// row, and "it is up" only after two.
[[nodiscard]] Judgement judge(const Goal& goal, const Look& look, Memory& memory);

// The id of the deployment that is waited for: what was started, or the present one when nothing
// was to be done. Empty: it cannot be told.
[[nodiscard]] std::string deployment_of(const Goal& goal, const aws::EcsService& service);

// A task that ended in a way that is the version's fault.
[[nodiscard]] bool failed_by_itself(const aws::EcsTask& task);

// A task that answers, as far as ECS knows.
[[nodiscard]] bool is_up(const aws::EcsTask& task, bool checked);

// Why it does not get on: ECS's own reason, the last stopped tasks with exit codes and the names of
// their log streams, the last events; one a line. Newer than the deployment only.
[[nodiscard]] std::vector<std::string> reasons(const Goal& goal, const Look& look,
                                               const Memory& memory);

// "task 0f3a…: EssentialContainerExited: Essential container in task exited; app: exit code 1; log
// stream ecs/app/0f3a…".
[[nodiscard]] std::string describe(const aws::EcsTask& task, const Facts& facts);

}  // namespace sy::control::platform
