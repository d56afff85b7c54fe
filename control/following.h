// What following a rollout says, line by line, and when it is over. Pure: told what the proxy
// answers, it prints nothing and waits for nothing.
#pragma once
#include <optional>
#include <string>

#include "api/message.h"
#include "args.h"
#include "control/terms/exit_code.h"

namespace sy::control {

class Following {
 public:
  Following(std::string id, Stage until) : id_{std::move(id)}, until_{until} {}

  // A line for each change of phase, hold, pause, approval or verdict; empty: nothing new.
  [[nodiscard]] std::string news(const api::RolloutsView& now);
  // Set once there is nothing more to wait for.
  [[nodiscard]] std::optional<ExitCode> over() const { return over_; }
  // What to exit with when time is up, and what to say then.
  [[nodiscard]] ExitCode late() const;
  [[nodiscard]] std::string left_running() const;

 private:
  [[nodiscard]] std::string end(const api::RolloutsView& now);

  std::string id_;
  Stage until_;
  std::string told_;  // what made the last line
  std::string kind_;  // of the last verdict
  std::optional<ExitCode> over_;
};

// "[####------] 10 %  hold 2 of 4 at 10 %: 41 s to go · healthy, n=120": one line for a terminal.
[[nodiscard]] std::string progress(const api::RolloutsView& now);

}  // namespace sy::control
