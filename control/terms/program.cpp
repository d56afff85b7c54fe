#include "control/terms/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <tuple>

namespace sy::control {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds look{20};  // between two looks at a child that says nothing
constexpr std::chrono::seconds mercy{2};

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_{number} {}
  Descriptor(Descriptor&& from) noexcept : number_{std::exchange(from.number_, -1)} {}
  Descriptor& operator=(Descriptor&& from) noexcept {
    std::swap(number_, from.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
  [[nodiscard]] bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return false;
    read = Descriptor{ends[0]};
    write = Descriptor{ends[1]};
    // The child's end blocks, as programs expect of their output.
    return ::fcntl(ends[1], F_SETFL, 0) == 0;
  }
};

// Our environment with the command's changes, as execve wants it.
class Surroundings {
 public:
  explicit Surroundings(const Command& command) {
    std::map<std::string, std::string> all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
      const std::string_view text{*entry};
      all.emplace(text.substr(0, text.find('=')), text);
    }
    for (const auto& [name, value] : command.environment) {
      all.erase(name);
      if (value) all.emplace(name, name + '=' + *value);
    }
    for (auto& [name, text] : all) entries_.push_back(std::move(text));
    for (std::string& text : entries_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  [[nodiscard]] char* const* pointers() const { return pointers_.data(); }

 private:
  std::vector<std::string> entries_;
  std::vector<char*> pointers_;
};

// 0, or an errno. The child's signals are as a fresh shell would have them.
int spawn(const Command& command, int out, int err, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  if (!command.folder.empty()) posix_spawn_file_actions_addchdir_np(&files, command.folder.c_str());
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
      &attributes,
      static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  std::vector<std::string> texts = command.words;
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  const Surroundings surroundings{command};
  const int failed = posix_spawnp(&child, arguments.front(), &files, &attributes, arguments.data(),
                                  surroundings.pointers());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return failed;
}

// The end of what a stream said.
struct Kept {
  Descriptor from;
  std::string& text;
  std::size_t bytes_max;
  bool& cut;
  bool ended = false;

  void drain() {
    std::array<char, 16'384> space;
    while (!ended) {
      const ssize_t got = ::read(from.number(), space.data(), space.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      ended = got <= 0;
      if (ended) return;
      text.append(space.data(), static_cast<std::size_t>(got));
      if (text.size() <= bytes_max * 2) continue;
      trim();
    }
  }
  void trim() {
    if (text.size() <= bytes_max) return;
    text.erase(0, text.size() - bytes_max);
    cut = true;
  }
};

class Child {
 public:
  Child(const Command& command, Ran& ran) : command_{command}, ran_{ran} {}

  // 0, or an errno.
  [[nodiscard]] int start() {
    Pipe out;
    Pipe err;
    if (!out.open() || (!command_.together && !err.open())) return errno;
    const int second = command_.together ? out.write.number() : err.write.number();
    if (const int failed = spawn(command_, out.write.number(), second, pid_)) return failed;
    streams_.push_back({std::move(out.read), ran_.out, command_.output_bytes_max, ran_.cut});
    if (!command_.together)
      streams_.push_back({std::move(err.read), ran_.err, command_.output_bytes_max, ran_.cut});
    return 0;
  }

  // Reads what there is, waiting for it a moment; true when the program has ended.
  [[nodiscard]] bool look_once() {
    std::vector<pollfd> wanted;
    for (const Kept& kept : streams_)
      if (!kept.ended) wanted.push_back({kept.from.number(), POLLIN, 0});
    std::ignore = ::poll(wanted.data(), wanted.size(), static_cast<int>(look.count()));
    int how = 0;
    const pid_t gone = ::waitpid(pid_, &how, WNOHANG);
    // After its end, not before, or its last words would be lost.
    for (Kept& kept : streams_) kept.drain();
    if (gone != pid_) return false;
    if (WIFEXITED(how)) ran_.status = WEXITSTATUS(how);
    if (WIFSIGNALED(how)) ran_.signal = WTERMSIG(how);
    for (Kept& kept : streams_) kept.trim();
    return true;
  }

  void kill() {
    const SystemTime time;
    ::kill(-pid_, SIGTERM);
    const Instant end = time.now() + mercy;
    while (!look_once()) {
      if (time.now() < end) continue;
      ::kill(-pid_, SIGKILL);
      ::kill(pid_, SIGKILL);
    }
    ::kill(-pid_, SIGKILL);  // What it left behind; nobody else can have this group.
  }

 private:
  const Command& command_;
  Ran& ran_;
  pid_t pid_ = -1;
  std::vector<Kept> streams_;
};

bool secret_name(std::string_view name) {
  for (const std::string_view part : {"TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"})
    if (name.find(part) != std::string_view::npos) return true;
  return name.ends_with("_KEY");
}

}  // namespace

std::string words(const Ran& ran, Duration timeout) {
  using std::chrono::duration_cast;
  if (ran.timed_out) {
    const auto whole = duration_cast<milliseconds>(timeout).count();
    if (whole < 1000) return "took longer than " + std::to_string(whole) + "ms";
    if (whole < 60'000) return "took longer than " + std::to_string(whole / 1000) + "s";
    return "took longer than " + std::to_string(whole / 60'000) + "m " +
           std::to_string(whole / 1000 % 60) + "s";
  }
  if (ran.signal != 0)
    return "was killed by signal " + std::to_string(ran.signal) + " (" + strsignal(ran.signal) +
           ")";
  return "ended with status " + std::to_string(ran.status);
}

std::vector<std::string> last_lines(std::string_view text, std::size_t lines_max) {
  constexpr std::size_t line_bytes_max = 300;
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < lines_max) {
    const std::size_t end = text.find_last_of("\n\r");
    const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
    std::string line{text.substr(begin)};
    text = end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
    std::replace_if(
        line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    while (!line.empty() && line.back() == ' ') line.pop_back();
    if (line.empty()) continue;
    if (line.size() > line_bytes_max) line = line.substr(0, line_bytes_max) + "…";
    lines.push_back(std::move(line));
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> secrets_of_environment() {
  std::vector<std::string> found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !secret_name(text.substr(0, equals))) continue;
    found.emplace_back(text.substr(equals + 1));
  }
  return found;
}

std::string without(const std::vector<std::string>& secrets, std::string_view text) {
  constexpr std::size_t bytes_min = 6;  // shorter ones would tear holes into words
  std::vector<std::string> longest = secrets;
  std::sort(longest.begin(), longest.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::string out{text};
  for (const std::string& secret : longest) {
    if (secret.size() < bytes_min) break;
    for (std::size_t at = 0; (at = out.find(secret, at)) != std::string::npos; at += 3)
      out.replace(at, secret.size(), "***");
  }
  return out;
}

Try<Ran> SystemPrograms::run(const Command& command, Pace* pace) {
  if (command.words.empty() || command.words.front().empty())
    return Failure{ExitCode::usage, "A program to run has no name."};
  const SystemTime time;
  Ran ran;
  Child child{command, ran};
  if (const int failed = child.start(); failed != 0) {
    return Failure{ExitCode::failed,
                   command.words.front() + " cannot be started: " + std::strerror(failed) + ".",
                   "See that it is installed and may be run."};
  }
  const Instant end = time.now() + command.timeout;
  while (!child.look_once()) {
    if (pace != nullptr && !pace->wait(Duration::zero())) {
      child.kill();
      return Failure{ExitCode::interrupted, command.words.front() + " was interrupted."};
    }
    if (time.now() < end) continue;
    child.kill();
    ran.timed_out = true;
    break;
  }
  return ran;
}

}  // namespace sy::control
