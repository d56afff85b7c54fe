// Tells people and programs how an operation ended. What comes of it changes nothing; urls and
// secrets are never shown.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "control/deploy/options.h"
#include "control/terms/exit_code.h"
#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::control::deploy {

struct Ending {
  std::string id{};         // of the operation; the same when it is told again
  std::string operation{};  // "deploy", "rollback", "drill"
  std::string outcome{};    // "completed", "rolled_back", "failed", "interrupted"
  WallTime at{};
  std::string app{};
  std::string environment{};
  std::string color{};
  std::string version{};
  std::string previous{};
  std::string what{};  // one sentence
  std::string actor{};
  std::string reason{};
  ExitCode exit = ExitCode::done;
};

struct Told {
  std::string name;  // of the target
  bool delivered = false;
  std::string why{};  // in words, without the url; empty when delivered
  bool operator==(const Told&) const = default;
};

// Each target in turn, each tried three times at most; one that could not be told is a warning of
// the step "notify". A signal ends it: forgive() an earlier one first.
std::vector<Told> tell_all(const std::vector<Notice>& targets, const Ending& ending, Pace& pace,
                           Teller& teller);

// What is sent: one JSON object, or Slack's {"text": …}.
[[nodiscard]] std::string json_body(const Ending& ending);
[[nodiscard]] std::string slack_body(const Ending& ending);
// As docs/configuration.md says of the proxy's webhooks: "t=…,v1=…".
[[nodiscard]] std::string signature(std::string_view secret, std::chrono::sys_seconds at,
                                    std::string_view body);

}  // namespace sy::control::deploy
