// Runs an App to its end; what `run` and `demo` have in common.
#pragma once
#include <functional>

#include "app/app.h"

namespace sy::app {

// The exit code. `announce` is called once requests are answered.
[[nodiscard]] int serve(config::ProxyConfig config, App::Reload reload,
                        const std::function<void(const Running&)>& announce);

}  // namespace sy::app
