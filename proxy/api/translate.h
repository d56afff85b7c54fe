// The director's values as the API's.
#pragma once
#include "api/message.h"
#include "director/director.h"

namespace sy::api {

[[nodiscard]] StatusView view(const director::Status& status);
[[nodiscard]] EntryView view(const director::Entry& entry);
[[nodiscard]] AppliedView view(const director::Applied& applied);

// A change as asked for: which call it is, and what its body says.
enum class Change : std::uint8_t {
  weights,
  switch_,
  rollback,
  maintenance,
  upstreams,
  start,
  promote,
  approve,
  pause,
  resume,
  abort,
};

struct Wanted {
  rollout::Command command;
  std::string reason;
};

// `color` matters to upstreams only.
[[nodiscard]] Parsed<Wanted> parse(Change change, Color color, std::string_view body);
// Commands that keep who gave them, or what that one may do, say so.
void sign(rollout::Command& command, const director::Intent& intent);

}  // namespace sy::api
