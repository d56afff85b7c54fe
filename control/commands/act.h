// What restart and scale share: an act on one service in one color, followed to its end and
// recorded.
#pragma once
#include <functional>
#include <string>

#include "control/commands/claiming.h"
#include "control/commands/commands.h"

namespace sy::control {

struct Act {
  std::string op{};  // "restart", "scale"
  std::string service{};
  Color color = Color::blue;
  std::string words{};  // "2 tasks of backend in blue": what the end is told as
  // Does it. Then `look` is asked until it is up, has failed, or time is up.
  std::function<Try<>()> perform{};
  std::function<Try<platform::Progress>()> look{};
  std::function<void(Claiming&)> recorded{};  // on success, before it is recorded
};

// Claims, performs, waits, records, and prints how it ended.
ExitCode act(const Args& args, Site& site, const Terminal& terminal, const Act& act);

// The service in that color as it runs now; a failure names the services there are.
[[nodiscard]] Try<platform::Running> running_service(Site& site, const std::string& service,
                                                     Color color);

// What a dry run prints, and the end of an act.
void print_result(const Args& args, const Terminal& terminal, const Act& act, ExitCode code,
                  const std::string& reason);

}  // namespace sy::control
