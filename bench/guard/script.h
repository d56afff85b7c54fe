// What the clients ask and the upstreams answer, by name. Fixed: a changed byte changes what is
// counted.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sy::guard {

struct Script {
  std::string request;        // head and body
  std::size_t body_sent = 0;  // bytes of it behind the head
  std::string answer;         // of the upstream, head and body
  std::size_t body_back = 0;  // bytes behind the head, as the client is sent them
  bool log = false;           // the access log is written, to /dev/null
  bool tls = false;           // clients speak TLS
  bool anew = false;          // a connection for each request
};

[[nodiscard]] std::optional<Script> script_named(std::string_view name);

}  // namespace sy::guard
