// The command line as values, or what is wrong with it.
#pragma once
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace sy::control {

enum class Verb : std::uint8_t {
  status,
  weights,
  switch_,
  rollback,
  maintenance,
  upstreams,
  journal,
  events,
  history,
  dora,
};

struct Args {
  Verb verb = Verb::status;
  std::string environment = "local";
  std::vector<std::string> words;    // after the environment, as the verb takes them
  std::vector<std::string> proxies;  // urls; empty: those of the environment
  std::string token;
  std::string ca;  // PEM file that https proxies are verified with; empty: the system's
  std::string reason;
  bool json = false;
  bool dry_run = false;
  bool force = false;
  std::chrono::seconds timeout{30};
  std::optional<std::uint64_t> after;  // journal
  std::uint64_t limit = 20;            // journal
};

// The arguments, or nothing when all is said: help and version on `out` (status 0), mistakes on
// `err` (status 2). Reads SWITCHYARD_PROXY and SWITCHYARD_TOKEN.
[[nodiscard]] std::optional<Args> parse_args(int argc, const char* const* argv, std::ostream& out,
                                             std::ostream& err, int& status);

}  // namespace sy::control
