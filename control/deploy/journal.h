// How far an operation has come, as the text that its claim carries: enough for another process to
// carry on or to take it back. Pure.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/color.h"
#include "base/time.h"
#include "base/version.h"
#include "control/edge/edge.h"
#include "control/platform/platform.h"
#include "control/terms/failure.h"

namespace sy::control::deploy {

enum class Step : std::uint8_t {
  preflight,
  claim,
  start,
  up,
  versions,
  gate,
  smoke,
  rollout,
  health,
  record,
  notify,
  warm,
  retire,
};
[[nodiscard]] std::string_view name(Step step);
[[nodiscard]] std::optional<Step> parse_step(std::string_view text);

struct Journal {
  std::string key{};  // names the operation to the proxies (Idempotency-Key), whoever carries it on
  std::string op{};   // "deploy", "rollback"
  Version version{};
  std::string git_sha{};
  Color color = Color::green;           // where the version goes
  Color live = Color::blue;             // where traffic was before, and returns to
  Step step = Step::claim;              // under way
  bool traffic = false;                 // traffic may have been moved
  bool gradual = true;                  // by a rollout; else all at once
  std::uint32_t planned = 0;            // the steps of the plan, a bit for each
  std::map<std::string, int> counts{};  // tasks wanted, by service
  platform::Started started{};
  edge::Rollouts rollouts{};
  bool operator==(const Journal&) const = default;
};

[[nodiscard]] std::string encode(const Journal& journal);
[[nodiscard]] Try<Journal> decode_journal(std::string_view text);

}  // namespace sy::control::deploy
