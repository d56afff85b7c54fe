// What one run of closedload is asked to do.
#pragma once
#include <netinet/in.h>

#include <cstddef>
#include <optional>
#include <string>

namespace sy::closedload {

struct Options {
  sockaddr_in address{};
  int connections = 32;  // one thread each, one request under way each
  double seconds = 3;    // no request begins later; those under way are finished
  bool tls = false;      // TLS 1.3, AES-128-GCM, X25519
  bool resume = false;   // every connection after the first resumes a session
  bool close = false;    // a new connection for every request
  std::string path = "/";
  std::size_t post_bytes = 0;  // 0: a GET
};

// Nothing when an argument is wrong; the reason is on stderr.
[[nodiscard]] std::optional<Options> parse(int argc, char** argv);

}  // namespace sy::closedload
