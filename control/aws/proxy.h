// Whether a call goes through a proxy, and which: HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "control/aws/error.h"
#include "control/aws/profile.h"

namespace sy::aws {

struct Proxy {
  std::string host;
  std::string port;
  std::string authorization;  // "Basic …" for Proxy-Authorization; never signed, never sent further
  bool operator==(const Proxy&) const = default;
};

// Nothing: straight there. Addresses of this machine and link-local ones, where credentials come
// from, are never asked for through a proxy.
[[nodiscard]] Result<std::optional<Proxy>> proxy_for(std::string_view url,
                                                     const Environment& environment);

}  // namespace sy::aws
