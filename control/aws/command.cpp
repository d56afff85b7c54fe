#include "control/aws/command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>

#include "control/aws/redact.h"
#include "control/aws/text.h"

namespace sy::aws {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;
using namespace std::chrono_literals;

Error failed(Kind kind, std::string what) { return Error{kind, "", std::move(what), 0, ""}; }

// Both ends of a pipe, closed with it; the child gets only what is dup'ed for it.
struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(std::size_t which) {
    if (ends[which] >= 0) close(ends[which]);
    ends[which] = -1;
  }
  int release(std::size_t which) { return std::exchange(ends[which], -1); }
};

// Reads until the end or `most` octets; the rest is thrown away, so that the child is not stopped.
struct Reader {
  Descriptor from;
  std::size_t most;
  std::string text{};
  bool over = false;
  std::array<char, 4096> space{};

  Reader(asio::io_context& io, int descriptor, std::size_t bytes_max)
      : from{io, descriptor}, most{bytes_max} {
    next();
  }
  void next() {
    from.async_read_some(asio::buffer(space),
                         [this](const boost::system::error_code& error, std::size_t size) {
                           if (error) return;
                           const auto room = most - text.size();
                           over = over || size > room;
                           text.append(space.data(), std::min(size, room));
                           next();
                         });
  }
};

struct Words {
  std::vector<std::string> texts;
  std::vector<char*> pointers;
  explicit Words(std::vector<std::string> all) : texts{std::move(all)} {
    for (std::string& one : texts) pointers.push_back(one.data());
    pointers.push_back(nullptr);
  }
};

std::vector<std::string> variables(const Environment& environment) {
  std::vector<std::string> out;
  for (const auto& [name, value] : environment) out.push_back(name + '=' + value);
  return out;
}

// 0 or an errno.
int start(pid_t& child, Words& words, Words& environment, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
  // In a group of its own, so that what it started ends with it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Signals that we take for ourselves are its own business.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  const int error = posix_spawnp(&child, words.pointers[0], &actions, &attributes,
                                 words.pointers.data(), environment.pointers.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Its exit status as of waitpid; nothing when it does not end in time. `io` waits, for there is
// nothing else that may.
std::optional<int> ended(pid_t child, asio::io_context& io, std::chrono::milliseconds left) {
  constexpr auto slice = 10ms;
  int status = 0;
  for (;; left -= slice) {
    const pid_t found = waitpid(child, &status, WNOHANG);
    if (found == child) return status;
    if (found < 0 && errno != EINTR) return std::nullopt;
    if (left <= 0ms) return std::nullopt;
    io.restart();
    const auto busy = asio::make_work_guard(io);
    io.run_for(slice);
  }
}

void kill_group(pid_t child) {
  kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size() &&
                         (quote == 0 || line[i + 1] == '"' || line[i + 1] == '\\');
    if (escapes) {
      word += line[++i];
      inside = true;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      inside = true;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && is_space(c)) {
      if (inside) out.push_back(std::move(word));
      word.clear();
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (quote != 0) return mistake("credential_process has a quote that is not closed");
  if (inside) out.push_back(std::move(word));
  if (out.empty()) return mistake("credential_process names no program");
  return out;
}

Result<std::string> run_command(const std::vector<std::string>& words,
                                const Environment& environment, const CommandLimits& limits) {
  Pipe out;
  Pipe err;
  if (out.ends[0] < 0 || err.ends[0] < 0)
    return failed(Kind::unavailable, "no pipe for credential_process");
  Words arguments{words};
  Words variables_of{variables(environment)};
  pid_t child = 0;
  const int error = start(child, arguments, variables_of, out, err);
  if (error != 0)
    return failed(Kind::auth, "credential_process " + words.front() +
                                  " could not be started: " + std::strerror(error));
  out.close_end(1);
  err.close_end(1);
  asio::io_context io{1};
  Reader printed{io, out.release(0), limits.output_bytes_max};
  Reader complained{io, err.release(0), limits.output_bytes_max};
  constexpr auto slice = 100ms;
  bool told = false;
  for (auto left = limits.time; left > 0ms && !told && !io.stopped(); left -= slice) {
    io.run_for(std::min<std::chrono::milliseconds>(slice, left));
    told = !io.stopped() && limits.stopped();
  }
  const bool quiet = io.stopped();  // Both pipes have ended.
  const auto status = quiet ? ended(child, io, limits.time) : std::nullopt;
  if (!status) {
    kill_group(child);
    if (told) return failed(Kind::interrupted, "interrupted");
    return failed(Kind::unavailable,
                  "credential_process " + words.front() + " did not end in time");
  }
  const std::string said = one_line(redacted(complained.text), 300);
  if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0)
    return failed(Kind::auth, "credential_process " + words.front() + " failed" +
                                  (said.empty() ? "" : ": " + said));
  if (printed.over)
    return failed(Kind::auth, "credential_process " + words.front() + " printed too much");
  return std::move(printed.text);
}

}  // namespace sy::aws
