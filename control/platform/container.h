// Pure: what docker and docker compose print, read into values, and what it means for a deploy. The
// texts are bounded by their caller and believed in nothing.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "control/platform/platform.h"
#include "control/terms/failure.h"

namespace sy::control::platform {

struct Container {
  std::string name{};
  std::string service{};    // compose's name of it: "backend-green"
  std::string image{};      // as the compose file has it: "pms-backend:v20240101-abc1234"
  std::string image_id{};   // "sha256:…"
  std::string status{};     // "running", "exited", "restarting", "created", …
  std::string health{};     // "healthy", "unhealthy", "starting"; empty: it has no health check
  std::string complaint{};  // the last line of its last failed health check
  std::string error{};      // why docker could not run it
  int exit_code = 0;
  int restarts = 0;
  bool out_of_memory = false;
  std::string version{};  // VERSION of its environment
  std::string git_sha{};  // GIT_SHA, likewise
  std::string address{};
  int port = 0;  // the only one it exposes; 0: none, or several
  bool operator==(const Container&) const = default;

  [[nodiscard]] bool up() const {
    return status == "running" && (health.empty() || health == "healthy");
  }
};

// `docker inspect` of containers; those that `docker-compose run` left are passed over. What it
// says otherwise than expected is left empty; a failure when it is no list at all.
[[nodiscard]] Try<std::vector<Container>> parse_containers(std::string_view text);

// `docker image inspect`: what is known of an image by its id and each of its names; the digest of
// its registry, or its id when it has been in none.
[[nodiscard]] std::map<std::string, std::string> parse_digests(std::string_view text);

// Images by service, from what `docker-compose config` prints.
[[nodiscard]] std::map<std::string, std::string> parse_images(std::string_view text);

// Lines of `docker logs --timestamps`, those without a time are passed over.
[[nodiscard]] std::vector<Line> parse_log(std::string_view text, const std::string& source);

// "pms-backend:v2" → "v2"; empty: no tag.
[[nodiscard]] std::string tag_of(std::string_view image);
// Whether docker takes it as a tag.
[[nodiscard]] bool is_tag(std::string_view text);

// "running healthy", "exited with status 137 (out of memory)".
[[nodiscard]] std::string in_words(const Container& container);

// Why a container that was started as `version` will not come up, or is the wrong one; nothing
// while it may still come.
[[nodiscard]] std::optional<Failure> against(const Container& container, const Version& version);

}  // namespace sy::control::platform
