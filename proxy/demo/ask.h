// Asks a toy application that runs on this machine for its health, as the health check of its image
// does: `switchyard-toy --ask`. Knows no time-out; who runs it has one.
#pragma once
#include "demo/toy_app.h"

namespace sy::demo {

// What it answered, the status line; an error when it does not listen or answers with no HTTP.
[[nodiscard]] Result<std::string> ask_health(const AppOptions& options);

}  // namespace sy::demo
