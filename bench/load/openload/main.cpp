#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "load.h"

namespace {

volatile std::sig_atomic_t stop = 0;

void end_early(int) { stop = 1; }

}  // namespace

int main(int argc, char** argv) {
  using namespace sy::openload;
  const auto options = parse(argc, argv);
  if (!options) return 2;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  std::signal(SIGTERM, end_early);
  std::signal(SIGINT, end_early);
  Report report;
  const auto began = Clock::now();
  Load{*options, report}.run(stop);
  const std::chrono::duration<double> took = Clock::now() - began;
  std::puts(report.json(took.count()).c_str());
  return report.failures() == 0 ? 0 : 1;
}
