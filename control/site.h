// One environment opened for use: what switchctl.yaml and the flags say of it, and what is needed
// to act on it. It decides nothing; the verbs and deploy/ do.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/control_config.h"
#include "control/args.h"
#include "control/platform/platform.h"
#include "control/records/ledger.h"
#include "control/terms/failure.h"
#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::aws {
class Client;
}
namespace sy::control::edge {
class Edge;
}

namespace sy::control {

// Given to a Site, and outlives it.
struct Surroundings {
  Pace& pace;
  Teller& teller;
  const config::Environment& environment;  // variables of the process
};

// The environment of `args`, the flags laid over what is configured. A failure (usage): there is
// none of that name; with --proxy any name will do, and without switchctl.yaml "local" and "demo".
[[nodiscard]] Try<config::ControlEnvironment> choose_environment(const config::LoadedControl& all,
                                                                 const Args& args);
// That one, or all that are configured, for verbs that take none.
[[nodiscard]] Try<std::vector<config::ControlEnvironment>> choose_environments(
    const config::LoadedControl& all, const Args& args);

class Site {
 public:
  Site(config::ControlEnvironment configured, Surroundings around, Duration answer_timeout);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  virtual ~Site();

  // Everything that is configured: name, app, services, deploy options.
  [[nodiscard]] const config::ControlEnvironment& configured() const { return configured_; }
  [[nodiscard]] const std::string& name() const { return configured_.name; }
  [[nodiscard]] Pace& pace() const { return around_.pace; }
  [[nodiscard]] Teller& teller() const { return around_.teller; }
  [[nodiscard]] const config::Environment& environment() const { return around_.environment; }

  // Each is made when it is first asked for, and kept; never null. So a verb that needs no AWS
  // asks for no credentials. Virtual for tests.
  [[nodiscard]] virtual Try<const edge::Edge*> edge();
  [[nodiscard]] virtual Try<platform::Platform*> platform();
  [[nodiscard]] virtual Try<records::Ledger*> ledger();
  [[nodiscard]] Try<aws::Client*> aws();  // one for platform and ledger

 private:
  struct Parts;

  [[nodiscard]] Try<std::unique_ptr<aws::Client>> open_aws(const std::string& region) const;
  [[nodiscard]] Try<> open_ecs();

  config::ControlEnvironment configured_;
  Surroundings around_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sy::control
