// How a version is brought in: plan, checks, patience.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace sy::control::deploy {

struct HttpCheck {  // against the candidate, through the preview header
  std::string method = "GET";
  std::string path = "/";
  std::string host{};  // empty: that of the traffic URL
  int status = 200;
  std::string contains{};  // text the body must hold; empty: any body
  Duration timeout = std::chrono::seconds{5};
  bool operator==(const HttpCheck&) const = default;
};

struct Program {  // run without a shell; 0 is passed
  std::vector<std::string> command{};
  Duration timeout = std::chrono::minutes{5};
  bool operator==(const Program&) const = default;
};

struct Smoke {
  std::vector<HttpCheck> checks{};
  std::vector<Program> programs{};
  bool operator==(const Smoke&) const = default;
};

struct Health {  // extended checks, once all traffic is on the new version
  Duration for_ = std::chrono::seconds{60};
  Duration interval = std::chrono::seconds{2};
  int failures_max = 2;  // in a row
  bool operator==(const Health&) const = default;
};

struct Approval {
  int before = 10'000;  // 0.01 %: holds of this weight, or more, need one
  Duration timeout = std::chrono::hours{24};
  bool operator==(const Approval&) const = default;
};

struct Notice {  // whom switchctl tells how an operation ended
  std::string name{};
  std::string url{};     // a secret
  std::string secret{};  // signs what is sent; empty: kind slack
  bool slack = false;
  bool operator==(const Notice&) const = default;
};

struct Options {
  std::string plan{};                  // of the proxy's plans; empty: its standard one
  std::string plan_json{};             // a plan as JSON, instead of a name
  std::optional<Approval> approval{};  // set: nobody deploys here without an approver
  Smoke smoke{};
  Health health{};
  Duration start_timeout = std::chrono::minutes{10};  // until all tasks are up
  Duration gate_timeout = std::chrono::minutes{5};    // until every proxy sees them
  Duration keep_warm = std::chrono::minutes{15};      // the old color, after a deploy
  int idle_tasks = 0;                                 // of the old color after that
  std::vector<Notice> notify{};
  bool operator==(const Options&) const = default;
};

}  // namespace sy::control::deploy
