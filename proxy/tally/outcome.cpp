#include "tally/outcome.h"

namespace sy::tally {

Summary& Summary::operator+=(const Summary& more) {
  for (std::size_t i = 0; i < by_class.size(); ++i) by_class[i] += more.by_class[i];
  for (std::size_t i = 0; i < failures.size(); ++i) failures[i] += more.failures[i];
  latency += more.latency;
  bytes_in += more.bytes_in;
  bytes_out += more.bytes_out;
  retries += more.retries;
  connects += more.connects;
  connect_failures += more.connect_failures;
  reuses += more.reuses;
  tunnels += more.tunnels;
  replays += more.replays;
  in_flight += more.in_flight;
  open_tunnels += more.open_tunnels;
  pooled += more.pooled;
  return *this;
}

Summary Summary::since(const Summary& earlier) const {
  Summary difference = *this;
  for (std::size_t i = 0; i < by_class.size(); ++i) difference.by_class[i] -= earlier.by_class[i];
  for (std::size_t i = 0; i < failures.size(); ++i) difference.failures[i] -= earlier.failures[i];
  difference.latency -= earlier.latency;
  difference.bytes_in -= earlier.bytes_in;
  difference.bytes_out -= earlier.bytes_out;
  difference.retries -= earlier.retries;
  difference.connects -= earlier.connects;
  difference.connect_failures -= earlier.connect_failures;
  difference.reuses -= earlier.reuses;
  difference.tunnels -= earlier.tunnels;
  difference.replays -= earlier.replays;
  return difference;
}

std::uint64_t Summary::requests() const {
  std::uint64_t all = 0;
  for (const auto n : by_class) all += n;
  return all;
}

}  // namespace sy::tally
