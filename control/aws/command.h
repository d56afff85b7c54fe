// Runs the program of a profile's credential_process, without a shell, bounded in time and output.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "control/aws/error.h"
#include "control/aws/profile.h"

namespace sy::aws {

// Split as a POSIX shell splits words: white space, '…', "…" and \; nothing is expanded.
[[nodiscard]] Result<std::vector<std::string>> split_words(std::string_view line);

struct CommandLimits {
  std::chrono::milliseconds time{60'000};
  std::size_t output_bytes_max = 64 * 1024;
  std::function<bool()> stopped = [] { return false; };  // whether we are to stop
};

// What it wrote to its standard output. An error says what it wrote to the other, secrets taken
// out: Kind::auth when it failed, Kind::unavailable when its time was over,
// Kind::interrupted when we were told to stop first.
[[nodiscard]] Result<std::string> run_command(const std::vector<std::string>& words,
                                              const Environment& environment,
                                              const CommandLimits& limits = {});

}  // namespace sy::aws
