// The platform of one machine: a docker compose project with a service for each color, whose
// image's tag is a variable of the compose file (docs/compose.md). What runs there is kept in the
// `.env` file beside it, so that a later `docker-compose up` by hand changes nothing.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "control/platform/compose_calls.h"
#include "control/platform/options.h"
#include "control/platform/platform.h"

namespace sy::control::platform {

class ComposePlatform final : public Platform {
 public:
  struct Setup {
    std::string app{};
    std::string environment{};
    std::string folder{};  // what `options.file` is relative to; empty: where we run
    ComposeOptions options{};
    Services services{};
  };

  // `programs` outlives it.
  ComposePlatform(Setup setup, Programs& programs);

  Try<Caller> caller() override;
  Try<Observation> observe() override;
  Try<Artifact> find(const Version& version) override;
  // A definition is the image with its tag; "" before: `.env` did not name a version. Containers of
  // another image are removed first, since the color has no traffic.
  Try<> start(const Wanted& wanted, Started& started) override;
  Try<Progress> progress(const Started& started) override;
  Try<> restore(const Started& started) override;
  Try<> scale(const std::string& service, Color color, int count) override;
  // All containers of it end before the new ones begin.
  Try<Started> restart(const std::string& service, Color color) override;
  Try<std::vector<std::string>> events(const std::string& service, Color color) override;
  Try<std::vector<Line>> logs(const std::string& service, std::optional<Color> color,
                              WallTime since) override;
  [[nodiscard]] Duration poll() const override { return std::chrono::milliseconds{500}; }
  [[nodiscard]] std::string name() const override { return "compose"; }

 private:
  using Containers = std::vector<Container>;

  [[nodiscard]] std::string service_name(const std::string& service, Color color) const;
  [[nodiscard]] std::string variable(const std::string& service, Color color) const;
  [[nodiscard]] std::string env_path() const;
  [[nodiscard]] Try<Containers> containers_of(const std::string& service, Color color);
  [[nodiscard]] Task task(const Container& container, const std::string& service) const;
  [[nodiscard]] Running running(const Containers& all, const std::string& service,
                                Color color) const;
  // The images of a version, by service; a failure when the compose file does not choose one of
  // them by its variable.
  [[nodiscard]] Try<std::map<std::string, std::string>> images_of(
      const std::vector<std::string>& services, Color color, const Version& version);
  [[nodiscard]] Try<> note_before(const Wanted& wanted, Started& started);
  [[nodiscard]] Try<> write_versions(const Started& started, bool before);
  [[nodiscard]] Try<> bring(const std::string& service, Color color, const Started::Service& to,
                            const std::string& git_sha);

  Setup setup_;
  ComposeCalls calls_;
};

}  // namespace sy::control::platform
