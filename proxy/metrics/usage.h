// What this program uses of the machine, from /proc/self.
#pragma once
#include <cstdint>

namespace sy::metrics {

struct Usage {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t open_files_max = 0;
  std::uint64_t threads = 0;
  double cpu_seconds = 0;
  double start_seconds = 0;  // since 1970
};

// Members that cannot be read stay zero.
[[nodiscard]] Usage read_usage();

}  // namespace sy::metrics
