// What several verbs do: explain, ask every proxy, change every proxy.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "control/commands/commands.h"
#include "control/edge/edge.h"
#include "control/terms/failure.h"

namespace sy::control {

// Prints a mistake in the arguments.
ExitCode usage(const Terminal& terminal, std::string_view what);
// Prints why it did not come to what was wanted, and what to do; with --json as an object, too.
ExitCode explain(const Args& args, const Failure& failure, const Terminal& terminal);

struct Told {  // by one proxy
  std::string proxy;
  Try<std::string> body;
};
// GET of every proxy.
[[nodiscard]] std::vector<Told> ask_all(const edge::Edge& edge, const std::string& target);
// The first failure of all, or nothing: every proxy answered.
[[nodiscard]] std::optional<Failure> first_failure(const std::vector<Told>& told);

// A change of all proxies, and what came of it.
ExitCode change(const Args& args, Site& site, const Terminal& terminal, edge::Call call);

// What lock and unlock came to.
ExitCode print_lock(const Args& args, const Terminal& terminal, const std::string& op,
                    const std::string& what);

// Names this invocation, so that a change that was answered but not heard is not made twice.
[[nodiscard]] std::string new_key();

}  // namespace sy::control
