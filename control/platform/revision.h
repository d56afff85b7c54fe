// A new task definition made of an old one: only the image of one container and its VERSION and
// GIT_SHA are changed, and everything else stays, known or not, as ECS gave it. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <string>

#include "base/version.h"
#include "control/aws/ecs.h"
#include "control/platform/definition.h"
#include "control/terms/failure.h"

namespace sy::control::platform {

struct Change {
  Chosen chosen{};
  std::string image{};  // repository@digest, or repository:tag
  Version version{};
  std::string git_sha{};  // empty: not known, and GIT_SHA is taken out
  std::string op{};       // names the operation that made the revision, in its tags
};

// What to register. Its tags: those of before without AWS's own, and switchctl:version,
// switchctl:git-sha, switchctl:op.
[[nodiscard]] Try<boost::json::object> revised(const aws::EcsTaskDefinition& from,
                                               const Change& change);

// Whether `there` would run just as `wanted` does: the same but for tags, and for the order of
// variables, which ECS does not promise. Then there is no reason for another revision.
[[nodiscard]] bool runs_alike(const aws::EcsTaskDefinition& there,
                              const boost::json::object& wanted);

}  // namespace sy::control::platform
