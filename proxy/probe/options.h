// How the prober behaves towards all its targets.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace sy::probe {

struct Options {
  std::size_t in_flight_max = 64;  // probes at once; the others wait for their turn
  std::string version = "dev";     // of this program: User-Agent "switchyard-probe/<version>"
  std::uint32_t seed = 1;          // of the jitter; different in each process
  bool operator==(const Options&) const = default;
};

}  // namespace sy::probe
