#include "control/platform/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <tuple>

namespace sy::control::platform {
namespace {

constexpr std::size_t bytes_max = std::size_t{1024} * 1024;

Failure trouble(const std::string& path, const std::string& deed, int error) {
  return Failure{error == EACCES || error == EPERM ? ExitCode::forbidden : ExitCode::failed,
                 path + " cannot be " + deed + ": " + std::strerror(error) + ".",
                 "Mend that, then run this again."};
}

class Open {
 public:
  explicit Open(int number) : number_{number} {}
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  ~Open() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(file, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return ::fsync(file) == 0;
}

}  // namespace

Try<std::string> read_file(const std::string& path) {
  const Open file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0 && errno == ENOENT) return std::string{};
  if (file.number() < 0) return trouble(path, "read", errno);
  std::string text;
  std::array<char, 16'384> space;
  for (;;) {
    const ssize_t got = ::read(file.number(), space.data(), space.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(path, "read", errno);
    if (got == 0) return text;
    text.append(space.data(), static_cast<std::size_t>(got));
    if (text.size() > bytes_max) return trouble(path, "read", EFBIG);
  }
}

Try<> write_file(const std::string& path, std::string_view text) {
  std::error_code none;
  const auto real = std::filesystem::canonical(path, none);
  const std::string target = none ? path : real.string();
  struct stat before {};
  const bool exists = ::stat(target.c_str(), &before) == 0;
  const std::string fresh = target + ".switchctl-new";
  ::unlink(fresh.c_str());  // What a crash left.
  {
    const mode_t mode = exists ? before.st_mode & 07777U : 0644U;
    const Open file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (file.number() < 0) return trouble(target, "written", errno);
    if (exists) {
      // Only root may give files away; as anybody else it becomes ours, as with any editor.
      std::ignore = ::fchown(file.number(), before.st_uid, before.st_gid);
      std::ignore = ::fchmod(file.number(), mode);
    }
    if (!write_all(file.number(), text)) {
      const int error = errno;
      ::unlink(fresh.c_str());
      return trouble(target, "written", error);
    }
  }
  if (::rename(fresh.c_str(), target.c_str()) != 0) {
    const int error = errno;
    ::unlink(fresh.c_str());
    return trouble(target, "written", error);
  }
  // The rename too must outlive a crash; where a folder cannot be synced it is not lost either.
  const std::string folder = std::filesystem::path{target}.parent_path().string();
  const Open opened{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC)};
  if (opened.number() >= 0) std::ignore = ::fsync(opened.number());
  return {};
}

}  // namespace sy::control::platform
