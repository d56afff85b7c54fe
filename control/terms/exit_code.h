// What switchctl's exit status means; scripts rely on it.
#pragma once

namespace sy::control {

enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  rolled_back = 3,
  refused = 4,  // by a gate, or in conflict with the present state
  locked = 5,
  forbidden = 6,
  timed_out = 7,  // it may still happen
  inconclusive = 8,
  interrupted = 130,  // by a signal; a rollout goes on
};

}  // namespace sy::control
