// One service of the toy application as a program of its own, for tests, rehearsals and the bench.
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "demo/ask.h"
#include "demo/toy_app.h"

namespace {

// Threads started later inherit the mask, so the signals wait for sigwait().
sigset_t block_end_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  return ends;
}

int run(const sy::demo::AppOptions& options) {
  const sigset_t ends = block_end_signals();
  const sy::demo::ToyApp app{options};
  std::printf(R"({"service":"%s","color":"%s","port":%u,"url":"%s","knobs":"%s"})"
              "\n",
              options.service.c_str(), std::string{sy::name(options.color)}.c_str(),
              static_cast<unsigned>(app.port()), app.url().c_str(), app.knobs_url().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}

int ask(const sy::demo::AppOptions& options) {
  const auto said = sy::demo::ask_health(options);
  if (said) return 0;
  std::fprintf(stderr, "switchyard-toy: %s\n", said.error().what.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  sy::demo::AppOptions options;
  std::string color = "blue";
  std::string knobs = "{}";
  bool asks = false;
  CLI::App arguments{"One service of the toy application. In a container, from the environment."};
  arguments.add_option("--service", options.service)
      ->check(CLI::IsMember({"backend", "frontend"}))
      ->envname("TOY_SERVICE");
  arguments.add_option("--color", color)
      ->check(CLI::IsMember({"blue", "green"}))
      ->envname("TOY_COLOR");
  arguments.add_option("--version", options.version)->envname("VERSION");
  arguments.add_option("--git-sha", options.git_sha)->envname("GIT_SHA");
  arguments.add_option("--environment", options.environment)->envname("ENVIRONMENT");
  arguments.add_option("--build-time", options.build_time)->envname("BUILD_TIME");
  arguments.add_option("--address", options.address, "To listen on; 0.0.0.0 in a container")
      ->check(CLI::ValidIPV4)
      ->envname("TOY_ADDRESS");
  arguments.add_option("--port", options.port, "0: the kernel chooses")->envname("TOY_PORT");
  arguments.add_option("--knobs-port", options.knobs_port, "0: the kernel chooses");
  arguments
      .add_option("--knobs", knobs, "How it begins, as PUT /_demo/knobs: {\"error_rate\":0.2}")
      ->envname("TOY_KNOBS");
  arguments.add_flag("--ask", asks,
                     "Ask the one that runs here for its health; exit 1 if it is ill");
  CLI11_PARSE(arguments, argc, argv);
  options.color = *sy::parse_color(color);
  if (asks) return ask(options);
  const auto turned = sy::demo::turn(options.knobs, knobs);
  if (!turned) {
    std::fprintf(stderr, "switchyard-toy: --knobs: %s\n", turned.error().what.c_str());
    return 2;
  }
  options.knobs = *turned;
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "switchyard-toy: %s\n", error.what());
    return 1;
  }
}
