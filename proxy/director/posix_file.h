// A file descriptor that closes itself, and errors of the system in words. Private to this folder.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace sy::director {

class File {
 public:
  File() = default;
  explicit File(int fd) : fd_{fd} {}
  File(File&& from) noexcept : fd_{std::exchange(from.fd_, -1)} {}
  File& operator=(File&& from) noexcept {
    std::swap(fd_, from.fd_);
    return *this;
  }
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// "open /var/lib/switchyard/journal: permission denied", from errno.
[[nodiscard]] inline Error system_failure(const std::string& what) {
  std::string why = std::generic_category().message(errno);
  if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z') why[0] = static_cast<char>(why[0] + 32);
  return Error{Blame::self, true, 503, what + ": " + why};
}

// False with errno set when not all of it could be written.
[[nodiscard]] inline bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// How many bytes were read, fewer than `size` only at the end of the file; negative with errno set.
[[nodiscard]] inline ssize_t read_some(int fd, char* to, std::size_t size) {
  for (;;) {
    const auto got = ::read(fd, to, size);
    if (got >= 0 || errno != EINTR) return got;
  }
}

}  // namespace sy::director
