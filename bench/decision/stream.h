// Simulated traffic of two colors: only failures are drawn one by one, the requests between them
// are skipped. What happens depends on the seed alone.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/color.h"
#include "random.h"

namespace sy::decision {

enum class Texture : std::uint8_t {
  independent,  // each request by a client of its own, failing on its own
  bursty,       // two states a color: half the mean, and 8 times the mean for 20 requests
  correlated,   // 50 clients at a time; one that failed fails again 4 times of 5, on one route
};

// Errors of both colors until a time.
struct Stretch {
  double until = 0;  // seconds
  PerColor<double> errors{};
};

struct Setting {
  double rate = 10;                // requests a second, both colors
  double share = 0.1;              // of green, the candidate
  std::vector<Stretch> stretches;  // at least one, by time
  Texture texture = Texture::independent;
  double replayed = 0.8;     // of the candidate's failures
  std::uint64_t poison = 0;  // calls of one client to one route, on green, that nothing can answer
  bool poison_replayed = false;
};

struct Failed {
  double at = 0;
  Color color = Color::green;
  std::uint64_t index = 0;  // of the request among those of its color, from 1
  std::uint64_t client = 0;
  std::uint64_t route = 0;
  bool poison = false;           // not counted in the index
  std::optional<bool> replay{};  // how the replay went
};

// The failures of one color.
class Lane {
 public:
  Lane(const Setting& setting, Color color, Random& random);
  // The next failure, or none before the end.
  std::optional<Failed> next();
  [[nodiscard]] std::uint64_t requests(double at) const;

 private:
  struct Client {
    std::uint64_t key = 0;
    std::uint64_t route = 0;
  };
  void enter(std::size_t stretch);
  [[nodiscard]] double chance_of_event() const;
  bool event(Failed& failed);
  void choose(Failed& failed);

  const Setting* setting_;
  Random* random_;
  Color color_;
  double rate_ = 0;
  double phase_ = 0;
  std::uint64_t index_ = 0;
  std::size_t stretch_ = 0;
  std::uint64_t stretch_end_ = 0;
  double error_ = 0;
  bool burst_ = false;
  double burst_error_ = 0, quiet_error_ = 0, burst_begins_ = 0;
  std::vector<Client> failing_;
};

// Both colors, by time.
class Stream {
 public:
  Stream(const Setting& setting, std::uint64_t seed);
  std::optional<Failed> next();
  [[nodiscard]] std::uint64_t requests(Color color, double at) const;
  [[nodiscard]] double end() const { return setting_.stretches.back().until; }

 private:
  std::optional<Failed> poison();
  void replay(Failed& failed);

  Setting setting_;
  Random random_;
  PerColor<std::optional<Lane>> lanes_;
  PerColor<std::optional<Failed>> ahead_;
  std::optional<Failed> poison_ahead_;
  std::uint64_t poisoned_ = 0;
};

}  // namespace sy::decision
