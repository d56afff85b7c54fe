#include "control/platform/here.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace sy::control::platform {

std::string user_at_host() {
  std::array<char, 4'096> space{};
  passwd entry{};
  passwd* found = nullptr;
  std::string name = std::to_string(::geteuid());
  if (::getpwuid_r(::geteuid(), &entry, space.data(), space.size(), &found) == 0 &&
      found != nullptr)
    name = found->pw_name;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return name;
  return name + '@' + host.data();
}

}  // namespace sy::control::platform
