// One HTTP/1.1 exchange on a connection of its own: plain or TLS, straight there or through a
// CONNECT proxy, everything bounded in time and size. It signs nothing and tries nothing again.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "control/aws/acquire.h"
#include "control/aws/error.h"
#include "control/aws/fields.h"
#include "control/aws/proxy.h"

namespace sy::aws {

struct TransportOptions {
  std::string ca_bundle;  // a file of certificates; empty: the system's
  std::chrono::milliseconds connect_timeout{5'000};
  std::size_t body_bytes_max = 32 * 1024 * 1024;
  // Whether we are to stop. An exchange that is under way then has a little time left to end well.
  std::function<bool()> stopped = [] { return false; };
};

class Transport {
 public:
  explicit Transport(TransportOptions options);
  ~Transport();

  // The whole of it, connecting included, takes at most call.timeout. The error says maybe_done
  // once a byte of the request was sent. Kind::unavailable: worth another attempt.
  [[nodiscard]] Result<Answer> exchange(const Call& call, const std::optional<Proxy>& proxy);

 private:
  struct Trust;
  [[nodiscard]] Result<> load_trust();
  TransportOptions options_;
  std::unique_ptr<Trust> trust_;  // made at the first exchange over TLS
};

// The head of a request as it goes on the wire, Content-Length included. Refuses octets that would
// begin another line. For tests, too.
[[nodiscard]] Result<std::string> head_of(const Request& request, std::string_view authority);

}  // namespace sy::aws
