// What GitHub Actions is told: workflow commands on standard output, and the files of outputs and
// of the summary. Nothing that a value holds can become a command or another output.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.h"

namespace sy::control::github {

// Whether we run in a workflow (GITHUB_ACTIONS=true), where such lines are understood.
[[nodiscard]] bool is_workflow(const config::Environment& environment);

// "::error title=…::…" and a line end; without a title when that is empty. `name`: "error",
// "warning", "notice", "group".
[[nodiscard]] std::string command(std::string_view name, std::string_view title,
                                  std::string_view message);
// A line of log that is no command, whatever it holds.
[[nodiscard]] std::string plain(std::string_view line);

// One entry of $GITHUB_OUTPUT. REQUIRES: `name` is letters, digits and _; `delimiter` stands on no
// line of the value.
[[nodiscard]] std::string output(std::string_view name, std::string_view value,
                                 std::string_view delimiter);

// A text as part of a Markdown table, or of a sentence.
[[nodiscard]] std::string markdown(std::string_view text);

using Outputs = std::vector<std::pair<std::string, std::string>>;
// Appends to the files that GITHUB_OUTPUT and GITHUB_STEP_SUMMARY name, where they are set. Why one
// could not be written, or nothing.
[[nodiscard]] std::optional<std::string> write(const config::Environment& environment,
                                               const Outputs& outputs, std::string_view summary);

}  // namespace sy::control::github
