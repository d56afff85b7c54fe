// What one probe found.
#pragma once
#include <string>

#include "base/time.h"
#include "base/version.h"

namespace sy::health {

// The identity a `/healthz` body reports (mission guide, "Health Endpoints"); empty members were
// absent.
struct Identity {
  Version version;
  std::string git_sha;
  std::string environment;
  std::string build_time;
  std::string service;
  bool operator==(const Identity&) const = default;
};

struct ProbeResult {
  bool good = false;
  std::string reason;  // in words (health/words.h): "503 after 12 ms", "connect refused"
  int status = 0;      // 0: no response
  Duration took{};
  Identity identity;
  WallTime at{};
  bool operator==(const ProbeResult&) const = default;
};

}  // namespace sy::health
