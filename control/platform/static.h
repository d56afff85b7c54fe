// The platform where every version is there already: somebody else put it into a color, and only
// traffic moves. It starts and stops nothing, so a plan for it has no steps that scale.
#pragma once
#include <functional>
#include <string>

#include "control/platform/options.h"
#include "control/platform/platform.h"

namespace sy::control::platform {

class StaticPlatform final : public Platform {
 public:
  // What the proxies say is there, by service: versions that gates saw, endpoints as tasks.
  using Look = std::function<Try<Observation>()>;

  // Without services, it is about those that the proxies name.
  StaticPlatform(Services services, Look look);

  Try<Caller> caller() override;
  Try<Observation> observe() override;
  Try<Artifact> find(const Version& version) override;  // any
  // Nothing, when the color reports the version; services that report none are taken at their word.
  Try<> start(const Wanted& wanted, Started& started) override;
  Try<Progress> progress(const Started& started) override;
  Try<> restore(const Started& started) override;  // nothing
  // Nothing, when it is the count there is.
  Try<> scale(const std::string& service, Color color, int count) override;
  Try<Started> restart(const std::string& service, Color color) override;
  Try<std::vector<std::string>> events(const std::string& service, Color color) override;
  Try<std::vector<Line>> logs(const std::string& service, std::optional<Color> color,
                              WallTime since) override;
  [[nodiscard]] Duration poll() const override { return std::chrono::seconds{1}; }
  [[nodiscard]] std::string name() const override { return "static"; }

 private:
  Services services_;
  Look look_;
};

}  // namespace sy::control::platform
