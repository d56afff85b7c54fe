// A new task definition made of an old one: only the image of one container and its VERSION and
// GIT_SHA are changed, and everything else stays, known or not, as ECS gave it. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/version.h"
#include "control/aws/ecs.h"
#include "control/platform/definition.h"
#include "control/terms/failure.h"

namespace sy::control::platform {

// What a service was before an operation changed it.
struct Before {
  std::string definition{};  // short name; empty: not known
  int desired = 0;
  bool operator==(const Before&) const = default;
};

struct Change {
  Chosen chosen{};
  std::string image{};  // repository@digest, or repository:tag
  Version version{};
  std::string git_sha{};  // empty: not known, and GIT_SHA is taken out
  std::string op{};       // names the operation that made the revision, in its tags
  Before before{};        // likewise: for whoever carries on when that operation was killed
};

// What to register. Its tags: those of before without AWS's own, and switchctl:version,
// switchctl:git-sha, switchctl:op, switchctl:before.
[[nodiscard]] Try<boost::json::object> revised(const aws::EcsTaskDefinition& from,
                                               const Change& change);

// Whether `there` would run just as `wanted` does: the same but for tags, and for the order of
// variables, which ECS does not promise. Then there is no reason for another revision.
[[nodiscard]] bool runs_alike(const aws::EcsTaskDefinition& there,
                              const boost::json::object& wanted);

// What the service was before `op` made this revision; nothing when another operation made it.
[[nodiscard]] std::optional<Before> before_of(const aws::EcsTaskDefinition& made,
                                              std::string_view op);

}  // namespace sy::control::platform
