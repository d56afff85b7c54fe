// What came of the requests: counts by reason, color and kind, and latencies from the moment each
// request was due, not from when it could be sent (so a stall is not hidden by the waiting).
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "options.h"

namespace sy::openload {

class Report {
 public:
  void sent() { ++sent_; }
  void answered(Kind kind, int status, std::string_view color, Clock::duration took);
  void failed(Kind kind, std::string_view reason);
  [[nodiscard]] std::uint64_t failures() const { return failed_; }
  [[nodiscard]] std::uint64_t finished() const { return ok_ + failed_; }
  // One JSON object, one line.
  [[nodiscard]] std::string json(double seconds);

 private:
  std::uint64_t sent_ = 0;
  std::uint64_t ok_ = 0;
  std::uint64_t failed_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> by_reason_;
  std::map<std::string, std::uint64_t, std::less<>> by_color_;
  PerKind<std::uint64_t> by_kind_{};
  std::vector<std::uint32_t> microseconds_;
};

}  // namespace sy::openload
