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
  watch,
  history,
  dora,
  rollout,
  promote,
  approve,
  pause,
  resume,
  abort,
};

// How far a rollout is followed before switchctl is content.
enum class Stage : std::uint8_t { accepted, shifting, approval, baking, completed };

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
  std::chrono::seconds timeout{30};             // for each answer
  std::optional<std::chrono::seconds> at_most;  // for following a rollout; none: to its end
  std::string plan;                             // a name, or a file of JSON
  std::string committed;                        // RFC 3339
  bool any_version = false;
  Stage wait_until = Stage::completed;
  std::optional<std::uint64_t> after;  // journal
  std::uint64_t limit = 20;            // journal
};

// The arguments, or nothing when all is said: help and version on `out` (status 0), mistakes on
// `err` (status 2). Reads SWITCHYARD_PROXY and SWITCHYARD_TOKEN.
[[nodiscard]] std::optional<Args> parse_args(int argc, const char* const* argv, std::ostream& out,
                                             std::ostream& err, int& status);

}  // namespace sy::control
