// Time as text.
#pragma once
#include <string>

#include "base/time.h"

namespace sy {

// "2024-01-01T10:00:00.000Z" (RFC 3339), for the years 0 to 9999.
[[nodiscard]] std::string iso(WallTime at);

}  // namespace sy
