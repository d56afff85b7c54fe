// Runs a program without a shell, bounded in time and in what is kept of its output. It gets a
// process group of its own, so that the terminal's SIGINT to us does not kill it half-way.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "control/terms/failure.h"
#include "control/terms/pace.h"

namespace sy::control {

struct Command {
  std::vector<std::string> words{};  // the first is looked up in PATH when it holds no slash
  // Beside ours, and before ours; without a value: not passed on.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment{};
  std::string folder{};  // where it runs; empty: where we do
  Duration timeout = std::chrono::minutes{1};
  std::size_t output_bytes_max = std::size_t{64} * 1024;  // kept of each stream: its end
  bool together = false;                                  // stderr goes into `out`, as it comes
};

struct Ran {
  int status = 0;          // as it ended by itself
  int signal = 0;          // it was killed by this; 0: it was not
  bool timed_out = false;  // and was therefore killed
  std::string out{};
  std::string err{};
  bool cut = false;  // output was longer than what was kept
  [[nodiscard]] bool good() const { return status == 0 && signal == 0 && !timed_out; }
};

// "ended with status 3", "was killed by signal 9 (Killed)", "took longer than 5m 0s".
[[nodiscard]] std::string words(const Ran& ran, Duration timeout);

// The last `lines_max` lines that are not empty, without control characters, each at most 300
// bytes.
[[nodiscard]] std::vector<std::string> last_lines(std::string_view text, std::size_t lines_max);

// Values of our environment that are secrets by their names (…TOKEN…, …SECRET…, …PASSWORD…,
// …_KEY): whoever shows output of programs hides them.
[[nodiscard]] std::vector<std::string> secrets_of_environment();
// Each of the secrets of six bytes or more as "***", wherever it stands.
[[nodiscard]] std::string without(const std::vector<std::string>& secrets, std::string_view text);

class Programs {
 public:
  virtual ~Programs() = default;
  // With a pace, a signal ends it: the program is killed (SIGTERM, two seconds, SIGKILL, its whole
  // group) and the failure has code `interrupted`. Other failures: it could not be started.
  [[nodiscard]] virtual Try<Ran> run(const Command& command, Pace* pace) = 0;
};

class SystemPrograms final : public Programs {
 public:
  [[nodiscard]] Try<Ran> run(const Command& command, Pace* pace) override;
};

}  // namespace sy::control
