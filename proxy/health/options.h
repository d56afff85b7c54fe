// How one service is probed.
#pragma once
#include <chrono>
#include <string>

#include "base/time.h"

namespace sy::health {

struct Options {
  std::string path = "/healthz";
  std::string host;  // Host field of the probe; empty: the endpoint's authority
  Duration interval = std::chrono::seconds{1};        // jittered by 10 % either way
  Duration timeout = std::chrono::milliseconds{800};  // connect to last byte; shorter than interval
  int rise = 2;  // good probes in a row that open the gate, 1 to 100
  int fall = 3;  // bad ones that shut it, 1 to 100
  // JSON member that holds the version; empty: the body is not read as JSON.
  std::string version_field;
  bool operator==(const Options&) const = default;
};

}  // namespace sy::health
