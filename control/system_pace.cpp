#include "control/system_pace.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "base/check.h"

namespace sy::control {
namespace {

sigset_t both() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

SystemPace::SystemPace(bool signals) {
  if (!signals) return;
  const sigset_t set = both();
  SY_CHECK(::pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  SY_CHECK(signals_ >= 0);
}

SystemPace::~SystemPace() {
  if (signals_ < 0) return;
  while (take(Duration::zero())) {  // what came is known, and must not end us now
  }
  ::close(signals_);
  const sigset_t set = both();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool SystemPace::wait(Duration duration) {
  const Instant until = time_.now() + std::max(duration, Duration::zero());
  do {
    if (!came_ && take(std::max(until - time_.now(), Duration::zero()))) came_ = true;
  } while (!came_ && time_.now() < until);
  return !came_;
}

void SystemPace::forgive() { came_ = false; }

bool SystemPace::take(Duration within) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(within);
  const timespec limit{static_cast<time_t>(seconds.count()),
                       static_cast<long>((within - seconds).count())};
  pollfd look{signals_, POLLIN, 0};
  const int ready = ::ppoll(&look, 1, &limit, nullptr);
  if (ready <= 0 || signals_ < 0) return false;
  signalfd_siginfo ignored{};
  return ::read(signals_, &ignored, sizeof ignored) == sizeof ignored;
}

}  // namespace sy::control
