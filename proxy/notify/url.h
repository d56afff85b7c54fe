// Where a notice is posted to. Never printed: path and query may be secrets.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace sy::notify {

struct Url {
  bool tls = false;
  std::string host;  // without brackets
  std::uint16_t port = 0;
  std::string authority;  // as the Host field has it, without the scheme's own port
  std::string path;       // and query; starts with "/"
  bool operator==(const Url&) const = default;
};

// "https://a.test/x?y"; no user, no fragment. The error does not repeat the text.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace sy::notify
