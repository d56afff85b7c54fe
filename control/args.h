// The command line as values, or what is wrong with it. It knows no configuration: whether an
// environment exists is asked of Site.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "base/version.h"
#include "config/document.h"

namespace sy::control {

enum class Verb : std::uint8_t {
  deploy,
  rollback,
  versions,
  drill,
  verify,
  diff,
  status,
  watch,
  events,
  doctor,
  logs,
  history,
  dora,
  journal,
  rollout,
  promote,
  approve,
  pause,
  resume,
  abort,
  weights,
  switch_,
  maintenance,
  upstreams,
  restart,
  scale,
  lock,
  unlock,
  completion,
};

// How far a rollout is followed before switchctl is content.
enum class Stage : std::uint8_t { accepted, shifting, approval, baking, completed };

// How far a deploy goes on before switchctl is content; from `rollout` on the version has traffic.
enum class DeployStage : std::uint8_t { started, gate, rollout, recorded, done };

struct Args {
  Verb verb = Verb::status;
  std::string environment = "local";
  bool environment_given = false;    // status, watch, events: none means all that are configured
  std::vector<std::string> words{};  // after the environment, as they were written

  // Of the words and flags, by meaning; only those that the verb takes are set.
  Version version{};  // deploy (also from VERSION), rollback, drill, diff
  std::string service{};
  int count = 0;                 // scale
  std::optional<Color> color{};  // restart, scale, logs: --color; none: the live one

  // Everywhere.
  std::string config{};                // switchctl.yaml; empty: where it is usually found
  std::vector<std::string> proxies{};  // urls; empty: those of the environment
  std::string token{};                 // a secret, from SWITCHYARD_TOKEN
  std::string ca{};  // PEM file that https proxies are verified with; empty: as configured
  std::string reason{};
  bool json = false;
  bool dry_run = false;
  bool force = false;
  bool yes = false;                               // asks nothing
  std::chrono::seconds timeout{30};               // for each answer
  std::optional<std::chrono::seconds> at_most{};  // for the whole of a deploy, rollback, drill,
                                                  // rollout, restart or scale; none: to its end
  std::string plan{};                             // deploy, rollout: a name, or a file of JSON
  std::string committed{};                        // deploy, rollout: RFC 3339
  bool any_version = false;                       // the version may have any form
  Stage wait_until = Stage::completed;            // rollout
  DeployStage deploy_until = DeployStage::done;   // deploy
  std::string git_sha{};                          // deploy; also from GIT_SHA
  Version approve{};                              // deploy: this version is approved beforehand
  std::optional<Duration> keep_warm{};            // deploy; none: as configured
  bool fast = false;                              // rollback: no gate but the proxy's own
  bool import_ = false;                           // versions: takes a foreign record over
  bool follow = false;                            // logs
  Duration since = std::chrono::minutes{10};      // logs: this far back
  bool verify = false;                            // journal: checks the chain of hashes
  std::optional<std::uint64_t> after{};           // journal
  std::uint64_t limit = 20;                       // journal
};

struct Parsed {
  std::optional<Args> args{};  // none: all is said
  int status = 0;              // what to exit with then: 0 after help, 2 after a mistake
  std::string out{};           // help, for standard output
  std::string err{};           // one line that names the mistake and what to do
};

// `words` without the program's name. Reads SWITCHYARD_PROXY and SWITCHYARD_TOKEN of `environment`,
// and for deploy ENVIRONMENT, VERSION and GIT_SHA, each in place of what is not given.
[[nodiscard]] Parsed parse_args(const std::vector<std::string>& words,
                                const config::Environment& environment);

}  // namespace sy::control
