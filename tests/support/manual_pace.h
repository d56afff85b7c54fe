// Time that moves only by waiting, with a signal at a moment of the test's choice, and a teller
// that remembers.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy {

struct ManualPace final : control::Pace {
  Duration passed{};
  int waits = 0;
  int waits_max = 1'000'000;     // then a signal comes
  std::function<void()> waited;  // after each wait
  std::vector<Duration> rests;   // waits of some length; the others only look for a signal

  [[nodiscard]] Instant now() const override { return Instant{} + passed; }
  [[nodiscard]] WallTime wall() const override {
    return WallTime{std::chrono::seconds{1'800'000'000}} +
           std::chrono::floor<std::chrono::milliseconds>(passed);
  }
  bool wait(Duration duration) override {
    if (waits >= waits_max) return false;
    ++waits;
    passed += duration;
    if (duration > Duration::zero()) rests.push_back(duration);
    if (waited) waited();
    return true;
  }
  void forgive() override { waits_max = 1'000'000; }
};

struct RecordingTeller final : control::Teller {
  std::vector<control::Note> notes;
  void tell(const control::Note& note) override { notes.push_back(note); }
  // "smoke: GET / failed", of one kind.
  [[nodiscard]] std::vector<std::string> words(control::Note::Kind kind) const {
    std::vector<std::string> found;
    for (const control::Note& note : notes)
      if (note.kind == kind) found.push_back(note.step + ": " + note.what);
    return found;
  }
};

}  // namespace sy
