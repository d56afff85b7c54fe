// Time that moves only by waiting, and a teller that remembers.
#pragma once
#include <vector>

#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy {

struct ManualPace final : control::Pace {
  Duration passed{};
  int waits = 0;
  int waits_max = 1'000'000;  // then a signal comes

  [[nodiscard]] Instant now() const override { return Instant{} + passed; }
  [[nodiscard]] WallTime wall() const override {
    return WallTime{std::chrono::seconds{1'800'000'000}} +
           std::chrono::floor<std::chrono::milliseconds>(passed);
  }
  bool wait(Duration duration) override {
    if (waits >= waits_max) return false;
    ++waits;
    passed += duration;
    return true;
  }
  void forgive() override { waits_max = 1'000'000; }
};

struct RecordingTeller final : control::Teller {
  std::vector<control::Note> notes;
  void tell(const control::Note& note) override { notes.push_back(note); }
};

}  // namespace sy
