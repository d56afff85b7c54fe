#include <sys/resource.h>

#include <cstdio>

#include "load.h"

int main(int argc, char** argv) {
  using namespace sy::openload;
  const auto options = parse(argc, argv);
  if (!options) return 2;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  Report report;
  const auto began = Clock::now();
  Load{*options, report}.run();
  const std::chrono::duration<double> took = Clock::now() - began;
  std::puts(report.json(took.count()).c_str());
  return report.failures() == 0 ? 0 : 1;
}
