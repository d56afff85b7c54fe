// Where versions run, as deploys need it. Three of them: ECS, docker compose, and static, where
// every version is there already. One call is one look or one act; waiting is the caller's.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/color.h"
#include "base/time.h"
#include "base/version.h"
#include "control/terms/failure.h"

namespace sy::control::platform {

struct Caller {                       // who we are there
  std::string name{};                 // ARN, or user@host
  std::string account{};              // AWS; else empty
  std::optional<WallTime> expires{};  // of credentials that cannot be refreshed
};

struct Task {
  std::string id{};
  std::string url{};      // "http://10.0.3.7:8080"; empty: no address yet
  std::string state{};    // "RUNNING HEALTHY", in the platform's own words
  std::string version{};  // as its definition says; empty: not known
  bool up = false;
};

struct Running {  // one service in one color
  bool exists = false;
  int desired = 0;
  int running = 0;
  std::string definition{};
  std::string digest{};
  std::string version{};  // as the definition says
  std::string state{};    // "steady", "deployment ecs-svc/1 IN_PROGRESS": for people
  std::vector<Task> tasks{};
};
using Observation = std::map<std::string, PerColor<Running>>;  // by service

struct Image {
  std::string reference{};  // repository@digest, or repository:tag
  std::string digest{};
};
struct Artifact {
  Version version{};
  std::string git_sha{};
  std::map<std::string, Image> images{};  // by service
  // Definitions of before that must be used as they are (rollback to a recorded release); empty:
  // new ones are made.
  std::map<std::string, std::string> definitions{};
};

struct Wanted {
  Color color = Color::green;
  Artifact artifact{};
  std::map<std::string, int> counts{};  // by service, at least 1
  std::string op{};                     // names this operation on what it creates
};

// What start() did, kept in the journal so that another process can wait for it or take it back.
struct Started {
  struct Service {
    std::string definition{};
    std::string deployment{};  // ECS: id of the deployment; empty: nothing was to be done
    std::string definition_before{};
    int desired_before = 0;
    int count = 0;
    bool operator==(const Service&) const = default;
  };
  Color color = Color::green;
  std::map<std::string, Service> services{};
  bool operator==(const Started&) const = default;
};

struct Progress {
  bool up = false;                  // all of it runs as wanted
  std::optional<Failure> failed{};  // it will not: why, with events and stop reasons in `what`
  int running = 0;
  int desired = 0;
  std::string words{};  // one line
};

struct Line {  // of a log
  WallTime at{};
  std::string source{};  // task or container
  std::string text{};
};

class Platform {
 public:
  virtual ~Platform() = default;
  [[nodiscard]] virtual Try<Caller> caller() = 0;
  [[nodiscard]] virtual Try<Observation> observe() = 0;
  // The version's images; a failure names the one that is missing.
  [[nodiscard]] virtual Try<Artifact> find(const Version& version) = 0;
  // Starts the version in a color. Safe to repeat: what is as wanted is left alone. `started` is
  // filled in as far as it came, also when it fails.
  [[nodiscard]] virtual Try<> start(const Wanted& wanted, Started& started) = 0;
  [[nodiscard]] virtual Try<Progress> progress(const Started& started) = 0;
  // Takes start() back: definition and count of before, also where `definition` is empty: the
  // process died while it started. REQUIRES: the color has no traffic.
  [[nodiscard]] virtual Try<> restore(const Started& started) = 0;
  // Sets how many tasks a service has in a color.
  [[nodiscard]] virtual Try<> scale(const std::string& service, Color color, int count) = 0;
  // New tasks of the same definition.
  [[nodiscard]] virtual Try<Started> restart(const std::string& service, Color color) = 0;
  // Why it does not get on: events, stop reasons, newest first, one a line.
  [[nodiscard]] virtual Try<std::vector<std::string>> events(const std::string& service,
                                                             Color color) = 0;
  // Lines since `since`.
  [[nodiscard]] virtual Try<std::vector<Line>> logs(const std::string& service,
                                                    std::optional<Color> color, WallTime since) = 0;
  // How often progress() is worth asking.
  [[nodiscard]] virtual Duration poll() const = 0;
  [[nodiscard]] virtual std::string name() const = 0;  // "ecs", "compose", "static"
};

}  // namespace sy::control::platform
