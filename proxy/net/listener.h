// Listening sockets: one per address and worker, bound before any thread starts.
#pragma once
#include <cstdint>
#include <string>

#include "base/error.h"

namespace sy::net {

struct Listener {
  int fd = -1;             // non-blocking; owned by whoever takes it over
  std::uint16_t port = 0;  // as bound
};

// A TCP socket bound to a numeric address and listening, with SO_REUSEPORT so that each worker has
// its own accept queue. Port 0: the kernel chooses.
[[nodiscard]] Result<Listener> listen(const std::string& address, std::uint16_t port);

// "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string to_text(const std::string& address, std::uint16_t port);

}  // namespace sy::net
