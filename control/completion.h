// Scripts that complete switchctl's command line in a shell, made of the same table that it is
// parsed by. Names of environments and services are asked of switchctl when they are needed.
#pragma once
#include <string>
#include <string_view>

#include "config/control_config.h"
#include "control/args.h"

namespace sy::control {

// REQUIRES: `shell` is bash, zsh or fish.
[[nodiscard]] std::string completion_script(std::string_view shell);

// The names that scripts ask for, one a line. `what`: "environments" or "services". A file with
// problems has the names that could be read.
[[nodiscard]] std::string completion_names(std::string_view what,
                                           const config::LoadedControl& configured);

// The verb: a script, or the names that one asked for.
[[nodiscard]] std::string complete(const Args& args, const config::Environment& environment);

}  // namespace sy::control
