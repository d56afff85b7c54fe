// switchctl: argv → one verb on one or more proxies.
#include <unistd.h>

#include <iostream>

#include "args.h"
#include "commands/commands.h"
#include "control/completion.h"

int main(int argc, char** argv) {
  const auto parsed =
      sy::control::parse_args({argv + 1, argv + argc}, sy::config::system_environment());
  std::cout << parsed.out << std::flush;
  std::cerr << parsed.err;
  if (!parsed.args) return parsed.status;
  if (parsed.args->verb == sy::control::Verb::completion) {
    std::cout << sy::control::complete(*parsed.args, sy::config::system_environment());
    return 0;
  }
  const sy::control::Terminal terminal{std::cout, std::cerr, ::isatty(1) == 1};
  return static_cast<int>(sy::control::run(*parsed.args, terminal));
}
