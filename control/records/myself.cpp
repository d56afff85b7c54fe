#include "control/records/myself.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <limits>
#include <random>
#include <utility>

namespace sy::control::records {
namespace {

constexpr std::size_t boot_id_length = 36;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

std::string boot_id() {
  std::ifstream file{"/proc/sys/kernel/random/boot_id"};
  std::string id;
  std::getline(file, id);
  return id.size() == boot_id_length ? id : "";
}

// "pid:[4026531836]": numbers of processes mean something only within one of these.
std::string pid_namespace() {
  std::array<char, 64> target{};
  const auto length = ::readlink("/proc/self/ns/pid", target.data(), target.size());
  return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : "";
}

}  // namespace

Self myself(std::string run) {
  Self self{"", ::getpid(), std::move(run)};
  const std::string boot = boot_id();
  const std::string space = pid_namespace();
  if (!boot.empty() && !space.empty()) self.host = host_name() + " " + boot + " " + space;
  return self;
}

bool alive(std::int64_t pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return false;
  return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

std::string fresh_nonce() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string nonce;
  for (int i = 0; i < 4; ++i) {
    const auto bits = random();
    for (int shift = 28; shift >= 0; shift -= 4) nonce += digits[(bits >> shift) & 0xf];
  }
  return nonce;
}

}  // namespace sy::control::records
