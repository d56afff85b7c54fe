// The PROXY protocol, versions 1 and 2, as a pure function of the first bytes of a connection
// (haproxy.org, proxy-protocol.txt). Whether to believe the peer is the caller's question.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/cidr.h"

namespace sy::net {

inline constexpr std::size_t proxy_v1_bytes_max = 107;   // section 2.1
inline constexpr std::size_t proxy_v2_bytes_max = 4096;  // 16 + 216 and room for TLVs

struct ProxyHeader {
  enum class Found : std::uint8_t {
    more,     // so far so good, and not whole
    bad,      // close the connection: `why`
    local,    // whole, but speaks of no client: the real addresses hold
    proxied,  // whole: `source` and `destination`
  };
  Found found = Found::more;
  std::size_t size = 0;  // bytes to drop before the request, when whole
  std::string_view why{};
  Address source{};
  Address destination{};
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  bool operator==(const ProxyHeader&) const = default;
};

// REQUIRES: `bytes` are all that arrived since the connection began.
[[nodiscard]] ProxyHeader parse_proxy_header(std::string_view bytes);

}  // namespace sy::net
