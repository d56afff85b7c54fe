// Test D: the candidate refuses or resets connections, several in a row.
#pragma once
#include <cstdint>

namespace sy::verdict {

class Hard {
 public:
  static constexpr std::uint64_t enough = 3;

  void candidate_failed() { ++in_a_row_; }
  void live_failed() { live_ += in_a_row_ > 0 ? 1 : 0; }
  void candidate_answered() { *this = {}; }
  [[nodiscard]] std::uint64_t in_a_row() const { return in_a_row_; }
  // Each such failure of live meanwhile asks for as many again: a network cut fails both.
  [[nodiscard]] bool tripped() const { return in_a_row_ >= enough * (1 + live_); }

 private:
  std::uint64_t in_a_row_ = 0;
  std::uint64_t live_ = 0;
};

}  // namespace sy::verdict
