// Replaces a file at once: who reads it sees the old text or the new one, after a crash too.
#pragma once
#include <string>
#include <string_view>

#include "control/terms/failure.h"

namespace sy::control::platform {

// Empty when there is no such file.
[[nodiscard]] Try<std::string> read_file(const std::string& path);

// Mode and, where we may, owner stay; a link stays one and its file is replaced. A new file is 0644
// less the umask.
[[nodiscard]] Try<> write_file(const std::string& path, std::string_view text);

}  // namespace sy::control::platform
