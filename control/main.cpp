// switchctl: argv → one verb on one or more proxies.
#include <unistd.h>

#include <iostream>

#include "args.h"
#include "commands/commands.h"

int main(int argc, char** argv) {
  int status = 2;
  const auto args = sy::control::parse_args(argc, argv, std::cout, std::cerr, status);
  if (!args) return status;
  const sy::control::Terminal terminal{std::cout, std::cerr, ::isatty(1) == 1};
  return static_cast<int>(sy::control::run(*args, terminal));
}
