// Who we are on this machine, for platforms that know no other identity.
#pragma once
#include <string>

namespace sy::control::platform {

[[nodiscard]] std::string user_at_host();  // "ada@laptop"

}  // namespace sy::control::platform
