// SY_CHECK: a broken promise of our own code ends the process in every build. Never for what a
// peer, a disk or an operator can cause.
#pragma once
#include <cstdio>
#include <cstdlib>

namespace sy::detail {

[[noreturn]] inline void check_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, what);
  std::abort();
}

}  // namespace sy::detail

#define SY_CHECK(condition) \
  ((condition) ? void() : ::sy::detail::check_failed(#condition, __FILE__, __LINE__))
