// switchctl: argv → one verb on one or more proxies.
#include <unistd.h>

#include <iostream>

#include "args.h"
#include "commands/commands.h"

int main(int argc, char** argv) {
  const auto parsed =
      sy::control::parse_args({argv + 1, argv + argc}, sy::config::system_environment());
  std::cout << parsed.out << std::flush;
  std::cerr << parsed.err;
  if (!parsed.args) return parsed.status;
  const sy::control::Terminal terminal{std::cout, std::cerr, ::isatty(1) == 1};
  return static_cast<int>(sy::control::run(*parsed.args, terminal));
}
